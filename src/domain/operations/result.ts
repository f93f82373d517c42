/** Who was left out of an act over a selection, for one reason. */
export interface LeftOut {
  code: string
  count: number
  /** up to five ids: of orders, or of backers where the selection is of backers */
  sample_ids: string[]
}

/** What an act over a selection came to. `total` is what it moved and what it left out. */
export interface MoveResult {
  total: number
  moved: number
  left: LeftOut[]
}

/** The groups of a statement that tells `moved`, or why not, of each row it picked. */
export function toResult(groups: LeftOut[]): MoveResult {
  const moved = groups.find(({ code }) => code === 'moved')?.count ?? 0
  const left = groups.filter(({ code }) => code !== 'moved')
  return { total: groups.reduce((sum, { count }) => sum + count, 0), moved, left }
}
