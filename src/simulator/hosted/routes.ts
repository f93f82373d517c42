import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import type Stripe from 'stripe'
import { findSession } from '../resources/sessions.ts'
import type { SimulatorParts } from '../serve-call.ts'
import type { Work } from '../work.ts'
import { cardPage, messagePage } from './pages.ts'
import { type CardForm, cardField, type FieldProblem, readCardForm } from './read-form.ts'
import { saveEnteredCard } from './save-entered-card.ts'
import { styleHash } from './style.ts'

type Page = ReturnType<typeof cardPage>

const blank: CardForm = { test_card: 'visa', expiry: '12/34', name: '' }

/** The hosted page: `/{session}`, with relative addresses only, so that it can be passed through under another origin and path. */
export function hostedRoutes(parts: SimulatorParts): Hono<{ Bindings: HttpBindings }> {
  const routes = new Hono<{ Bindings: HttpBindings }>()
  routes.get('/:id', (c) => {
    const work = beginWork(parts)
    const session = findSession(work, c.req.param('id'))
    parts.store.commit(work.puts)
    if (session?.status !== 'open') return closedPage(c, session)
    return show(c, cardPage({ form: blank, problems: [], cancelUrl: session.cancel_url }), 200, session)
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
    return show(c, cardPage({ form: keptOf(form), problems, cancelUrl: session.cancel_url }), 422, session)
  })
  return routes
}

function beginWork(parts: SimulatorParts): Work {
  return {
    store: parts.store,
    now: Math.floor(parts.knobs.now() / 1000),
    key: null,
    hostedUrl: parts.hostedUrl,
    puts: [],
    silence: null,
  }
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
    return show(c, messagePage({ title: 'There is no such page', text: 'Ask for the card page again where you came from.' }), 404)
  }
  const page =
    session.status === 'complete'
      ? messagePage({ title: 'The card is saved', text: 'This page has done its work.', back: returnAddress(session) })
      : messagePage({
          title: 'This page has expired',
          text: 'No card was saved. Go back, and ask for the card page again.',
          back: session.cancel_url,
        })
  return show(c, page, 200, session)
}

function show(c: Context, page: Page, status: 200 | 404 | 422, session?: Stripe.Checkout.Session): Response | Promise<Response> {
  // The answer to the form is a redirect back, which Chromium counts as a target of the form.
  const target = session?.success_url ? ` ${new URL(session.success_url).origin}` : ''
  c.header(
    'Content-Security-Policy',
    `default-src 'none'; style-src '${styleHash}'; form-action 'self'${target}; base-uri 'none'; frame-ancestors 'none'`,
  )
  c.header('Cache-Control', 'no-store')
  c.header('Referrer-Policy', 'no-referrer')
  c.header('X-Content-Type-Options', 'nosniff')
  c.header('X-Robots-Tag', 'noindex')
  return c.html(page, status)
}
