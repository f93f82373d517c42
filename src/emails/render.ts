import type { MessageKind } from '../domain/messages/kinds.ts'
import type { MailFacts } from '../domain/messages/mail-facts.ts'
import { addressInvalid } from './address-invalid.ts'
import { cancellation } from './cancellation.ts'
import { cardExpiring } from './card-expiring.ts'
import { changeRequestAnswered } from './change-request-answered.ts'
import { changedByStaff } from './changed-by-staff.ts'
import { chargeFailed } from './charge-failed.ts'
import { oneLine } from './clean.ts'
import { confirmation } from './confirmation.ts'
import { finalizeNotice } from './finalize-notice.ts'
import { finalizeNoticeMoved } from './finalize-notice-moved.ts'
import { finalizeNoticeWithdrawn } from './finalize-notice-withdrawn.ts'
import { htmlOf } from './html.ts'
import { invitation } from './invitation.ts'
import type { Letter } from './letter.ts'
import { link } from './link.ts'
import { lockNotice } from './lock-notice.ts'
import { lockNoticeMoved } from './lock-notice-moved.ts'
import { lockNoticeWithdrawn } from './lock-notice-withdrawn.ts'
import { oweAgain } from './owe-again.ts'
import { paymentMethodNeeded } from './payment-method-needed.ts'
import { paymentReminder } from './payment-reminder.ts'
import { textOf } from './plain-text.ts'
import { priceChanged } from './price-changed.ts'
import { receipt } from './receipt.ts'
import { refunded } from './refunded.ts'
import { reminder } from './reminder.ts'
import { tracking } from './tracking.ts'
import { trackingCorrected } from './tracking-corrected.ts'

const LETTERS: Record<MessageKind, (facts: MailFacts) => Letter> = {
  invitation,
  reminder,
  confirmation,
  changed_by_staff: changedByStaff,
  lock_notice: lockNotice,
  lock_notice_moved: lockNoticeMoved,
  lock_notice_withdrawn: lockNoticeWithdrawn,
  owe_again: oweAgain,
  price_changed: priceChanged,
  cancellation,
  link,
  payment_method_needed: paymentMethodNeeded,
  card_expiring: cardExpiring,
  receipt,
  charge_failed: chargeFailed,
  payment_reminder: paymentReminder,
  finalize_notice: finalizeNotice,
  finalize_notice_moved: finalizeNoticeMoved,
  finalize_notice_withdrawn: finalizeNoticeWithdrawn,
  address_invalid: addressInvalid,
  change_request_answered: changeRequestAnswered,
  tracking,
  tracking_corrected: trackingCorrected,
  refunded,
}

export interface RenderedMail {
  subject: string
  text: string
  html: string
}

/** Writes a mail from its facts. `to_link` is the backer's secret link. */
export function renderMail(facts: MailFacts, to_link: string): RenderedMail {
  const letter = LETTERS[facts.kind](facts)
  const envelope = {
    campaign: facts.campaign.name,
    creator: facts.campaign.creator_name,
    support_email: facts.campaign.support_email,
    is_test: facts.campaign.mode === 'test',
    to_name: facts.backer.name,
    link: to_link,
  }
  const subject = oneLine(letter.subject)
  return { subject, text: textOf({ ...letter, subject }, envelope), html: htmlOf({ ...letter, subject }, envelope) }
}
