import type { Row } from '../../db/types.ts'
import { DomainError } from '../shared/errors.ts'

export const SMTP_MISSING =
  'Mails of a live campaign need a mail server. Set SMTP_URL and MAIL_FROM, start Afterfund again, then send.'

/** Refuses to send for a live campaign while there is no mail server (`smtp_missing`). A test campaign's mails stay in its mailbox. */
export function refuseWithoutSmtp(campaign: Pick<Row<'campaigns'>, 'mode'>, smtp: boolean): void {
  if (campaign.mode === 'live' && !smtp) throw new DomainError('smtp_missing', SMTP_MISSING)
}
