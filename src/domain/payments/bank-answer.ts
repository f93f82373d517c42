import type { Attempt } from './attempts.ts'
import { BANK_ASKS } from './bank-visits.ts'
import { NOT_ANSWERED, type NOT_ASKED, type QUESTION_CANCELED } from './declines.ts'
import type { ChargeAnswer, GatewayPayment } from './gateway.ts'

/** Nobody knows yet: the backer may still be at their bank. */
export const atBank: ChargeAnswer = { answer: 'unknown', code: BANK_ASKS, dead_key: false, slow_down: false }

/** The bank was not asked, or not in time: nothing was taken, and the same payment can be tried again. */
export function askedInVain(
  payment: string,
  code: typeof NOT_ANSWERED | typeof NOT_ASKED | typeof QUESTION_CANCELED,
): ChargeAnswer {
  return { answer: 'declined', payment, decline: { code, advice: null } }
}

/**
 * What a payment, as it was just read, says of its backer's visit to the bank. Money that was taken counts at any time; a no only where the
 * bank is known to have asked, since a confirmation whose answer was lost may still be on its way; a question is waited for until
 * `ask_until`. Where it ends without an answer the payment stays open: it is canceled before anything else is charged for its order.
 */
export function answerOfVisit(attempt: Pick<Attempt, 'ask_url' | 'ask_until'>, payment: GatewayPayment, now: Date): ChargeAnswer {
  const isOver = attempt.ask_until === null || attempt.ask_until <= now
  switch (payment.state) {
    case 'succeeded':
      return { answer: 'succeeded', payment: payment.id, amount: payment.amount }
    case 'canceled':
      return { answer: 'refused', code: 'payment_canceled', pauses: false }
    case 'processing':
      return atBank
    case 'asks':
      return isOver ? askedInVain(payment.id, NOT_ANSWERED) : atBank
    case 'declined':
    case 'unfinished':
      if (attempt.ask_url === null && !isOver) return atBank
      return payment.decline
        ? { answer: 'declined', payment: payment.id, decline: payment.decline }
        : askedInVain(payment.id, NOT_ANSWERED)
  }
}
