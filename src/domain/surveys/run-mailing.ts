import type { MoveResult } from '../operations/result.ts'
import type { Actor } from '../shared/actor.ts'
import type { Tx } from '../shared/tx.ts'
import { carryOutMailing, MAILING_KINDS, type Mailing, type MailingKind } from './mailing.ts'
import { askPaymentMethodMailing, remindMailing } from './remind-backers.ts'
import { sendSurveysMailing } from './send-surveys.ts'

const MAILINGS: Record<MailingKind, Mailing> = {
  send_surveys: sendSurveysMailing,
  remind_backers: remindMailing,
  ask_payment_method: askPaymentMethodMailing,
}

/** Whether an operation of this kind is a mailing. */
export function isMailing(kind: string): kind is MailingKind {
  return (MAILING_KINDS as readonly string[]).includes(kind)
}

/** Does the work of a queued mailing, in the caller's transaction. */
export async function runMailing(
  tx: Tx,
  actor: Actor,
  input: { campaign_id: string; operation_id: string; kind: MailingKind },
): Promise<MoveResult> {
  const { kind, ...ids } = input
  return await carryOutMailing(tx, actor, MAILINGS[kind], ids)
}
