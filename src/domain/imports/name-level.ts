import { formatMoney } from '../../lib/money.ts'

/*
 * A report without reward titles: the level is named by its file's name, else by its price.
 */

/** The level's name in a file name such as `Kickstarter Backer Report - $59 - Aug 18 07am.csv`; null where it names none. */
export function levelNameOfFile(path: string, inZip: boolean): string | null {
  const name = (path.split(/[/\\]/).at(-1) ?? '')
    .replace(/\.csv$/i, '')
    .replace(/ ?\(\d+\)$/, '')
    .trim()
  const byPlatform =
    /^Kickstarter Backer Report\s+-\s+(.+?)(?:\s+-\s+[A-Z][a-z]{2,8} \d{1,2}(?:,? \d{4})?,? \d{1,2}(?:[:.]\d{2})?\s?(?:am|pm)?)?$/i.exec(
      name,
    )
  const text = byPlatform?.[1]?.trim() ?? (inZip && !/^Kickstarter Backer Report/i.test(name) ? name : '')
  return text === '' || /^all\b/i.test(text) || /^[A-Z][a-z]{2} \d{1,2}\b/.test(text) ? null : text
}

/** Whether a file's name says that its pledges have no reward. */
export function isFileWithoutReward(path: string): boolean {
  return /^no reward$/i.test(levelNameOfFile(path, true) ?? '')
}

/** The name of a level that nothing names: its price. */
export function levelNameOfPrice(minimum: number, currency: string): string {
  return formatMoney(minimum, currency)
}
