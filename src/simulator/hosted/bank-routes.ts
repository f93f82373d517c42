import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { formatMoney } from '../../lib/money.ts'
import { finishAsked, refuseAsked } from '../resources/charge-card.ts'
import type { SimulatorParts } from '../serve-call.ts'
import type { StoredPayment } from '../store.ts'
import { beginWork } from '../work.ts'
import { bankPage, messagePage } from './pages.ts'
import { showPage } from './show-page.ts'

/** The bank's question: `/{payment}/authenticate`. Whoever answered before is led back with what came of it. */
export function bankRoutes(parts: SimulatorParts): Hono<{ Bindings: HttpBindings }> {
  const routes = new Hono<{ Bindings: HttpBindings }>()
  routes.get('/:id/authenticate', (c) => {
    const payment = parts.store.find('payment_intent', c.req.param('id'))
    const url = payment ? returnUrlOf(payment) : null
    if (!payment || url === null) return showPage(c, gone, 404)
    const card = parts.store.find('payment_method', payment.payment_method ?? '')
    const amount = formatMoney(payment.amount, payment.currency.toUpperCase())
    const last4 = card?.object.card?.last4 ?? ''
    return showPage(c, bankPage({ amount, last4, merchant: payment.description ?? 'Afterfund' }), 200, url)
  })
  routes.post('/:id/authenticate', async (c) => {
    const form = new URLSearchParams(await c.req.text())
    const work = beginWork(parts)
    const payment = parts.store.find('payment_intent', c.req.param('id'))
    const url = payment ? returnUrlOf(payment) : null
    if (!payment || url === null) return showPage(c, gone, 404)
    const isYes = form.get('answer') === 'yes'
    const problem = isYes ? finishAsked(work, payment) : refuseAsked(work, payment)
    parts.store.commit(work.puts)
    return c.redirect(backWith(url, payment, isYes && problem === null ? 'succeeded' : 'failed'), 303)
  })
  return routes
}

const gone = messagePage({
  title: 'This question is answered',
  text: 'There is nothing to answer here any more. Go back to where you came from to see how the payment stands.',
})

/** Where a payment that waits for its holder leads back to. */
function returnUrlOf(payment: StoredPayment): string | null {
  return payment.status === 'requires_action' ? (payment.next_action?.redirect_to_url?.return_url ?? null) : null
}

function backWith(url: string, payment: StoredPayment, status: 'succeeded' | 'failed'): string {
  const back = new URL(url)
  back.searchParams.set('payment_intent', payment.id)
  back.searchParams.set('payment_intent_client_secret', payment.client_secret ?? '')
  back.searchParams.set('redirect_status', status)
  return back.href
}
