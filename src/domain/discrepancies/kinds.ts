/** Where the gateway and the books can differ. One sentence for each in lib/discrepancy-text.ts. */
export const DISCREPANCY_KINDS = [
  /** taken and booked for an order in another status, or one that owes more than was taken */
  'paid_late',
  'paid_other_amount',
  /** taken in another currency than the campaign's: not booked */
  'paid_other_currency',
  /** taken for an order that the books do not know: not booked */
  'paid_unknown_order',
  'refunded_elsewhere',
  /** the money came back */
  'refund_failed',
  /** a dispute was opened: no money is booked before it is lost */
  'disputed',
  'dispute_lost',
] as const
export type DiscrepancyKind = (typeof DISCREPANCY_KINDS)[number]
