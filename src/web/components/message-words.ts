import type { MessageKind } from '../../domain/messages/kinds.ts'
import { hasReasonText, reasonSentence } from '../../lib/reason-text.ts'

/** What a mail is about, for lists. */
export const MESSAGE_LABEL: Record<MessageKind, string> = {
  invitation: 'Survey',
  reminder: 'Reminder',
  confirmation: 'Confirmation',
  changed_by_staff: 'Changed by you',
  lock_notice: 'Notice of the lock',
  lock_notice_moved: 'Notice moved',
  lock_notice_withdrawn: 'Notice withdrawn',
  owe_again: 'Something is owed again',
  price_changed: 'Price changed',
  cancellation: 'Canceled',
  link: 'Link sent again',
  payment_method_needed: 'Payment method needed',
  card_expiring: 'Card expires before the charge',
  receipt: 'Receipt',
  charge_failed: 'Charge failed',
  payment_reminder: 'Reminder to pay',
  finalize_notice: 'Notice of the final address',
  finalize_notice_moved: 'Notice of the final address moved',
  finalize_notice_withdrawn: 'Notice of the final address withdrawn',
  address_invalid: 'Address needs a look',
  change_request_answered: 'Change request answered',
  tracking: 'Tracking',
  tracking_corrected: 'Tracking taken back',
  refunded: 'Money given back',
}

export type ShownMessageState = 'queued' | 'sending' | 'sent' | 'failed' | 'bounced' | 'suppressed'

export const MESSAGE_STATE_LABEL: Record<ShownMessageState, string> = {
  queued: 'Waiting to leave',
  sending: 'Leaving now',
  sent: 'Sent',
  failed: 'Not sent',
  bounced: 'Came back',
  suppressed: 'Left out',
}

/** Why a mail did not leave: the sentence of a code, or the mail server's own words. */
export function messageError(error: string): string {
  return hasReasonText(error) || /^[a-z]+(_[a-z]+)+$/.test(error) ? reasonSentence(error) : error
}
