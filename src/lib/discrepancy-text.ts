/*
 * Where the payment gateway and the books differ, in words: the same on the desk and in the API's answer. Amounts come formatted.
 */

interface Words {
  /** what it is, as a title: "Refunded at the gateway" */
  title: string
  /** what the gateway says */
  gateway: string
  /** what the books say */
  books: string
  /** what to do about it */
  advice: string
}

/** What is told of a discrepancy; `asked`: what was asked for, formatted, where another amount was taken. */
export interface ToldDiscrepancy {
  kind: string
  amount: string
  asked: string | null
}

const WORDS: Readonly<Record<string, (told: ToldDiscrepancy) => Words>> = {
  paid_late: ({ amount }) => ({
    title: 'Charged after the order had moved on',
    gateway: `${amount} was charged.`,
    books: `${amount} is booked. The order did not wait for it, or owes another amount.`,
    advice: 'Is it right that it was charged? Then note it. If not, give it back on the order’s page first.',
  }),
  paid_other_amount: ({ amount, asked }) => ({
    title: 'Charged another amount than asked',
    gateway: `${amount} was charged.`,
    books: asked
      ? `${asked} was asked for. What was charged is booked.`
      : 'Another amount was asked for. What was charged is booked.',
    advice: 'Compare the two on the order’s page. Give back what is too much, then note it.',
  }),
  paid_other_currency: ({ amount }) => ({
    title: 'Charged in another currency',
    gateway: `${amount} was charged.`,
    books: 'Nothing is booked: the campaign has another currency.',
    advice: 'Give it back at the gateway, then note it here.',
  }),
  paid_unknown_order: ({ amount }) => ({
    title: 'Charged for an order that is not here',
    gateway: `${amount} was charged for an order of this campaign.`,
    books: 'There is no such order, so nothing is booked. A backup may have been restored from before the order was made.',
    advice: 'Find out at the gateway whose it is. Give it back there, then note it here.',
  }),
  refunded_elsewhere: ({ amount }) => ({
    title: 'Refunded at the gateway',
    gateway: `${amount} was given back there, not from here.`,
    books: 'The money is gone, and the balance of the order is as it was.',
    advice: 'Should the backer pay it again? Ask again. If it was meant to go back, settle it.',
  }),
  refund_failed: ({ amount }) => ({
    title: 'A refund came back',
    gateway: `${amount} did not reach the backer; the money is back.`,
    books: 'It was given back from here, so the backer is still owed it.',
    advice: 'Keep it as credit, which can be refunded once more from the order’s page. Or pay it in another way, then settle it.',
  }),
  disputed: ({ amount }) => ({
    title: 'Disputed by the holder of the card',
    gateway: `The backer’s bank asks about ${amount}. The money may be held until that is decided.`,
    books: 'The charge stands as it was; nothing else is booked before it is lost.',
    advice: 'Answer the dispute at the gateway before its deadline. Note it here once you have.',
  }),
  dispute_lost: ({ amount }) => ({
    title: 'A dispute was lost',
    gateway: `${amount} went back to the holder of the card.`,
    books: 'The money is gone, and the balance of the order is as it was.',
    advice: 'Should the backer pay it again? Ask again. If you let it rest, settle it.',
  }),
}

/** What a discrepancy is, what each side says, and what to do. One that has no words is told by its name. */
export function discrepancyText(told: ToldDiscrepancy): Words {
  const words = WORDS[told.kind]
  if (words) return words(told)
  const title = told.kind.replaceAll('_', ' ')
  return { title, gateway: `${told.amount} differs.`, books: 'They say something else.', advice: 'Compare the two.' }
}

/** The title alone: what a list is filtered by. */
export function discrepancyTitle(kind: string): string {
  return discrepancyText({ kind, amount: '', asked: null }).title
}

/** Whether a kind has its words; the test asks this for every kind there is. */
export function hasDiscrepancyText(kind: string): boolean {
  return Object.hasOwn(WORDS, kind)
}

interface DecisionWords {
  /** a button without its count: "Ask again" */
  verb: string
  /** what it does */
  help: string
  /** what was decided, in a list */
  done: string
}

const DECISIONS: Readonly<Record<string, DecisionWords>> = {
  ask_again: {
    verb: 'Ask again',
    help: 'The order owes the amount again. A paid order is locked down, its backer is mailed, and the next charge run takes it.',
    done: 'Owed again',
  },
  keep_as_credit: {
    verb: 'Keep as credit',
    help: 'The backer has the amount as credit. It can be refunded again from the order’s page.',
    done: 'Kept as credit',
  },
  settle: {
    verb: 'Settle',
    help: 'It is dealt with outside Afterfund. The balance of the order stays as it is, and nobody is mailed.',
    done: 'Settled outside',
  },
  noted: {
    verb: 'Note it',
    help: 'Nothing more is booked. The order goes on.',
    done: 'Noted',
  },
}

/** A decision as its button, its help and its result say it. */
export function decisionText(resolution: string): DecisionWords {
  const name = resolution.replaceAll('_', ' ')
  return DECISIONS[resolution] ?? { verb: name, help: '', done: name }
}
