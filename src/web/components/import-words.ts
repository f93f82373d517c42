import type { Row } from '../../db/types.ts'

const STATES: Record<Row<'imports'>['state'], string> = {
  reading: 'Being read',
  previewed: 'Waits to be applied',
  refused: 'Refused',
  applied: 'Applied',
  discarded: 'Discarded',
  failed: 'Failed',
}

/** The state of an import as a word. */
export function importStateText(state: Row<'imports'>['state']): string {
  return STATES[state]
}

const GENERATIONS: Record<string, string> = {
  K1: 'as of 2012 to 2014',
  K2: 'as of 2014 to 2016',
  K2b: 'as of 2016',
  K3: 'as of 2016 to 2018',
  'K3-none': 'as of 2016 to 2018',
  K4: 'as of 2018 to 2021',
  K5: 'as of 2021 to 2024',
  K6: 'as of 2025',
}

/** "Kickstarter report as of 2018 to 2021". */
export function generationText(generation: string): string {
  return `Kickstarter report, form ${GENERATIONS[generation] ?? generation}`
}
