/** The mails of Afterfund. Each has a file in src/emails/. All of these are about the backer's own pledge, so none is marketing. */
export const MESSAGE_KINDS = [
  'invitation',
  'reminder',
  'confirmation',
  'changed_by_staff',
  'lock_notice',
  'lock_notice_moved',
  'lock_notice_withdrawn',
  'owe_again',
  'price_changed',
  'cancellation',
  'link',
  'payment_method_needed',
] as const
export type MessageKind = (typeof MESSAGE_KINDS)[number]
