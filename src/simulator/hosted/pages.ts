import { html, raw } from 'hono/html'
import { TEST_CARDS, type TestCard } from '../test-cards.ts'
import type { CardForm, FieldProblem } from './read-form.ts'
import { style } from './style.ts'

type Html = ReturnType<typeof html>

/** The page on which a card is entered. */
export function cardPage(input: { form: CardForm; problems: FieldProblem[]; cancelUrl: string | null }): Html {
  const { form, problems, cancelUrl } = input
  const problemOf = (field: FieldProblem['field']) => problems.find((problem) => problem.field === field)?.text
  return page(
    problems.length > 0 ? 'Card not saved' : 'Save a card',
    html`<h1>Save a card</h1>
      <p>Nothing is charged now.</p>
      ${problems.length > 0 ? summary(problems) : ''}
      <form method="post" novalidate>
        <div class="field">
          <label for="test_card">Use a test card</label>
          <p class="hint" id="test_card-hint">Each one does something different. The first one simply works.</p>
          ${problemOf('test_card') ? html`<p class="problem" id="test_card-problem">${problemOf('test_card')}</p>` : ''}
          <select
            id="test_card"
            name="test_card"
            aria-describedby="test_card-hint ${problemOf('test_card') ? 'test_card-problem' : ''}"
            ${problemOf('test_card') ? raw('aria-invalid="true"') : ''}
          >
            ${groups.map(([title, cards]) => html`<optgroup label="${title}">${cards.map((card) => option(card, form.test_card))}</optgroup>`)}
          </select>
        </div>
        ${field({
          name: 'number',
          label: 'Or enter the number of a test card',
          hint: 'Goes before the choice above. Real cards are refused.',
          autocomplete: 'cc-number',
          inputmode: 'numeric',
          problem: problemOf('number'),
        })}
        <div class="pair">
          ${field({
            name: 'expiry',
            label: 'Expiry (MM/YY)',
            value: form.expiry,
            autocomplete: 'cc-exp',
            problem: problemOf('expiry'),
          })}
          ${field({
            name: 'cvc',
            label: 'Security code',
            value: '123',
            autocomplete: 'cc-csc',
            inputmode: 'numeric',
            problem: problemOf('cvc'),
          })}
        </div>
        ${field({ name: 'name', label: 'Name on the card (optional)', value: form.name, autocomplete: 'cc-name' })}
        <div class="acts">
          <button type="submit">Save card</button>
          ${cancelUrl ? html`<a class="quiet" href="${cancelUrl}">Back without saving</a>` : ''}
        </div>
      </form>`,
  )
}

/** A page that only says something, with a way back where there is one. */
export function messagePage({ title, text, back }: { title: string; text: string; back?: string | null }): Html {
  return page(
    title,
    html`<h1>${title}</h1>
      <p>${text}</p>
      ${back ? html`<div class="acts"><a class="button" href="${back}">Back</a></div>` : html`<p>You can close this page.</p>`}`,
  )
}

/** The bank's question to the holder of a card. */
export function bankPage(input: { amount: string; last4: string; merchant: string }): Html {
  return page(
    'Your bank asks',
    html`<h1>Your bank asks</h1>
      <p>Do you want to pay <strong>${input.amount}</strong> to ${input.merchant} with the card that ends in ${input.last4}?</p>
      <form method="post">
        <div class="acts">
          <button type="submit" name="answer" value="yes">Yes, pay ${input.amount}</button>
          <button class="quiet" type="submit" name="answer" value="no">No, do not pay</button>
        </div>
      </form>`,
  )
}

const groups: [title: string, cards: TestCard[]][] = [
  ['Work', TEST_CARDS.filter((card) => !card.refused && card.charged.kind === 'succeed')],
  ['Are saved, and fail when charged', TEST_CARDS.filter((card) => ['decline', 'ask'].includes(card.charged.kind))],
  ['Work, and are trouble later', TEST_CARDS.filter((card) => ['refund_later', 'dispute'].includes(card.charged.kind))],
  [
    'Are saved, and take their time',
    TEST_CARDS.filter((card) => ['decline_once', 'hang_after', 'hang_before', 'process'].includes(card.charged.kind)),
  ],
  ['Are refused on this page', TEST_CARDS.filter((card) => card.refused)],
]

function option(card: TestCard, chosen: string): Html {
  return html`<option value="${card.name}" ${card.name === chosen ? raw('selected') : ''}>
    ${card.number.slice(-4)}: ${card.happens}
  </option>`
}

function summary(problems: FieldProblem[]): Html {
  return html`<div class="problems" role="alert">
    <h2>The card was not saved</h2>
    <ul>
      ${problems.map(({ field, text }) => html`<li><a href="#${field}">${text}</a></li>`)}
    </ul>
  </div>`
}

interface Field {
  name: string
  label: string
  hint?: string
  value?: string
  autocomplete: string
  inputmode?: string
  problem?: string | undefined
}

function field({ name, label, hint, value, autocomplete, inputmode, problem }: Field): Html {
  const described = [hint ? `${name}-hint` : '', problem ? `${name}-problem` : ''].filter(Boolean).join(' ')
  return html`<div class="field">
    <label for="${name}">${label}</label>
    ${hint ? html`<p class="hint" id="${name}-hint">${hint}</p>` : ''}
    ${problem ? html`<p class="problem" id="${name}-problem">${problem}</p>` : ''}
    <input
      id="${name}"
      name="${name}"
      value="${value ?? ''}"
      autocomplete="${autocomplete}"
      ${inputmode ? html`inputmode="${inputmode}"` : ''}
      ${described ? html`aria-describedby="${described}"` : ''}
      ${problem ? raw('aria-invalid="true"') : ''}
    />
  </div>`
}

function page(title: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} - test, no money moves</title>
        <style>${raw(style)}</style>
      </head>
      <body>
        <header>
          <p><strong>Test: no money moves</strong></p>
          <p>Afterfund gateway simulator, the stand-in for Stripe</p>
        </header>
        <main>${body}</main>
      </body>
    </html>`
}
