/** The pages of the guide for creators beside its first one: each is the file of that name in docs/guides/. */
export const GUIDE_ACTS = [
  'importing-a-report',
  'telling-backers',
  'locking',
  'charging',
  'failed-payments',
  'refunds',
  'finalizing',
  'marking-shipped',
] as const
export type GuideAct = (typeof GUIDE_ACTS)[number]
