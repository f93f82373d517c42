import type { TrackingFileState } from '../../domain/fulfilment/tracking-queries.ts'
import type { RowProblem } from '../../domain/fulfilment/tracking-rows.ts'

/** What a file's rows are grouped into on its page; with those that ship they are all rows of the file. */
export const TRACKING_GROUPS = {
  without_number: ['number_missing'],
  damaged: ['number_damaged', 'tracking_url_invalid'],
  unknown: ['order_unknown', 'order_missing'],
  repeated: ['repeated', 'repeated_differently'],
  shipped_before: ['already_shipped'],
  not_ready: ['not_ready', 'on_hold', 'nothing_ships', 'changed_meanwhile'],
} as const satisfies Record<string, readonly RowProblem[]>

export type TrackingGroup = keyof typeof TRACKING_GROUPS

export const GROUP_WORDS: Record<TrackingGroup, { label: string; note: string }> = {
  without_number: { label: 'Without number', note: 'ship nothing' },
  damaged: { label: 'Damaged', note: 'spoiled by a spreadsheet' },
  unknown: { label: 'Unknown', note: 'no such order here' },
  repeated: { label: 'Repeated', note: 'order stands twice' },
  shipped_before: { label: 'Shipped before', note: 'nothing to do' },
  not_ready: { label: 'Not ready', note: 'in another status, or on hold' },
}

/** What is wrong with a row, and the way out. */
export const PROBLEM_WORDS: Record<RowProblem, { wrong: string; fix: string }> = {
  order_missing: { wrong: 'The row names no order.', fix: 'Put our order number in its column.' },
  order_unknown: {
    wrong: 'No order of this campaign has this number.',
    fix: 'Compare it with the list you handed over: it is the order’s number, not the backer’s.',
  },
  number_missing: { wrong: 'There is no tracking number, so nothing is shipped.', fix: 'Add it, and upload the file again.' },
  number_damaged: {
    wrong: 'This is no tracking number any more: a spreadsheet has rounded it or made a formula of it.',
    fix: 'Take the file from the warehouse as it came; do not open and save it in a spreadsheet before.',
  },
  tracking_url_invalid: {
    wrong: 'The tracking page is no whole web address.',
    fix: 'Let it begin with https://, or leave it empty for the carrier’s own page.',
  },
  repeated: {
    wrong: 'An earlier row has the same order and the same number.',
    fix: 'Nothing to do: the order ships once, by the first of them.',
  },
  repeated_differently: {
    wrong: 'The file has different numbers for this order, and nobody can tell which is right.',
    fix: 'Keep one row for it and upload the file again. Or mark it as shipped on its page.',
  },
  already_shipped: {
    wrong: 'The order was shipped before.',
    fix: 'Nothing to do. If the number is another one, correct it on the order’s page.',
  },
  not_ready: {
    wrong: 'The order is not ready to ship.',
    fix: 'Finalize its address, then upload the file again.',
  },
  on_hold: { wrong: 'The order is on hold.', fix: 'Look why, release it, and upload the file again.' },
  nothing_ships: { wrong: 'Nothing of this order is a parcel.', fix: 'Mark it as shipped on its page, without a number.' },
  changed_meanwhile: {
    wrong: 'The order was changed by someone else at that moment.',
    fix: 'Look at the order, then upload the file again.',
  },
}

const STATES: Record<TrackingFileState, string> = {
  previewed: 'Preview',
  refused: 'Refused',
  applying: 'Being shipped',
  applied: 'Shipped',
  discarded: 'Discarded',
}

export function trackingStateText(state: TrackingFileState): string {
  return STATES[state]
}
