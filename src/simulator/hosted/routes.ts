import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import type Stripe from 'stripe'
import { findSession } from '../resources/sessions.ts'
import type { SimulatorParts } from '../serve-call.ts'
import { beginWork } from '../work.ts'
import { cardPage, messagePage } from './pages.ts'
import { type CardForm, cardField, type FieldProblem, readCardForm } from './read-form.ts'
import { saveEnteredCard } from './save-entered-card.ts'
import { showPage } from './show-page.ts'

const blank: CardForm = { test_card: 'visa', expiry: '12/34', name: '' }

/** The hosted page of a session: `/{session}`, with relative addresses only, so that it can be passed through under another origin and path. */
export function hostedRoutes(parts: SimulatorParts): Hono<{ Bindings: HttpBindings }> {
  const routes = new Hono<{ Bindings: HttpBindings }>()
  routes.get('/:id', (c) => {
    const work = beginWork(parts)
    const session = findSession(work, c.req.param('id'))
    parts.store.commit(work.puts)
    if (session?.status !== 'open') return closedPage(c, session)
    return showPage(c, cardPage({ form: blank, problems: [], cancelUrl: session.cancel_url }), 200, session.success_url)
  })
  routes.post('/:id', async (c) => {
    const form = new URLSearchParams(await c.req.text())
    const work = beginWork(parts)
    const session = findSession(work, c.req.param('id'))
    if (session?.status === 'complete') return c.redirect(returnAddress(session), 303)
    const entered = session?.status === 'open' ? readCardForm(form, new Date(parts.knobs.now())) : null
    const declined = session && entered?.ok ? saveEnteredCard(work, session, entered) : null
    parts.store.commit(work.puts)
    if (!session || !entered) return closedPage(c, session)
    if (entered.ok && !declined) return c.redirect(returnAddress(session), 303)
    const problems: FieldProblem[] = entered.ok
      ? [{ field: cardField(form), text: `${declined?.message ?? ''} It was not saved: choose another one.` }]
      : entered.problems
    return showPage(c, cardPage({ form: keptOf(form), problems, cancelUrl: session.cancel_url }), 422, session.success_url)
  })
  return routes
}

/** What is shown again after a problem: never the number. */
function keptOf(form: URLSearchParams): CardForm {
  return {
    test_card: form.get('test_card') ?? '',
    expiry: (form.get('expiry') ?? '').slice(0, 10),
    name: (form.get('name') ?? '').slice(0, 200),
  }
}

function returnAddress(session: Stripe.Checkout.Session): string {
  return (session.success_url ?? '').replaceAll('{CHECKOUT_SESSION_ID}', session.id)
}

function closedPage(c: Context, session: Stripe.Checkout.Session | null): Response | Promise<Response> {
  if (!session) {
    return showPage(
      c,
      messagePage({ title: 'There is no such page', text: 'Ask for the card page again where you came from.' }),
      404,
    )
  }
  const page =
    session.status === 'complete'
      ? messagePage({ title: 'The card is saved', text: 'This page has done its work.', back: returnAddress(session) })
      : messagePage({
          title: 'This page has expired',
          text: 'No card was saved. Go back, and ask for the card page again.',
          back: session.cancel_url,
        })
  return showPage(c, page, 200, session.success_url)
}
