/** What became of an order in a run. `unknown` is an attempt without an answer: never counted as failed. */
export const RUN_ORDER_STATES = [
  'waiting',
  'charging',
  'unknown',
  'succeeded',
  'declined',
  'refused',
  'left_out',
  'nothing_owed',
] as const
export type RunOrderState = (typeof RUN_ORDER_STATES)[number]
