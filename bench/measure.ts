/** One line of the bench. */
export interface Result {
  name: string
  figure: number
  unit: string
  /** the same work without us (bench/README.md), in the same unit */
  limit: number | null
  /** figure over limit; the median of three pairs */
  ratio: number | null
  /** what the figure or the ratio must keep; null: shown only */
  goal: string | null
  /** true also for what is shown only */
  ok: boolean
}

const ROUNDS = 3

interface Compared {
  name: string
  unit: string
  /** `at_most`: lower is better (milliseconds); `at_least`: higher is better (so many a second) */
  goal: { at_most: number } | { at_least: number }
  ours(): Promise<number>
  limit(): Promise<number>
}

/** Ours and the limit alternate three times in one run; the median ratio counts. */
export async function compare({ name, unit, goal, ours, limit }: Compared): Promise<Result> {
  const pairs: { ours: number; limit: number }[] = []
  for (let round = 0; round < ROUNDS; round++) {
    // Who comes first has the colder caches: they take turns.
    const isOurTurn = round % 2 === 0
    const first = isOurTurn ? await ours() : await limit()
    const second = isOurTurn ? await limit() : await ours()
    pairs.push(isOurTurn ? { ours: first, limit: second } : { ours: second, limit: first })
  }
  const ratio = median(pairs.map((pair) => pair.ours / pair.limit))
  const figure = median(pairs.map((pair) => pair.ours))
  return {
    name,
    unit,
    figure: round(figure),
    limit: round(median(pairs.map((pair) => pair.limit))),
    ratio: round(ratio),
    goal: 'at_most' in goal ? `ratio at most ${goal.at_most}` : `ratio at least ${goal.at_least}`,
    ok: 'at_most' in goal ? ratio <= goal.at_most : ratio >= goal.at_least,
  }
}

/** A figure without a goal. */
export function shown(name: string, figure: number, unit: string): Result {
  return { name, figure: round(figure), unit, limit: null, ratio: null, goal: null, ok: true }
}

/** A figure with a limit of its own. */
export function atMost(name: string, figure: number, unit: string, most: number): Result {
  return {
    name,
    figure: round(figure),
    unit,
    limit: most,
    ratio: round(figure / most),
    goal: `at most ${most}`,
    ok: figure <= most,
  }
}

export async function milliseconds(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await run()
  return performance.now() - began
}

/** Middle of an odd number of figures, lower middle of an even one. */
export function median(figures: readonly number[]): number {
  return percentile(figures, 0.5)
}

export function percentile(figures: readonly number[], part: number): number {
  const sorted = [...figures].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN
}

/** Runs it over all, so many at once. */
export async function atOnce<T>(list: readonly T[], lanes: number, run: (each: T) => Promise<unknown>): Promise<void> {
  let next = 0
  const lane = async () => {
    for (let at = next++; at < list.length; at = next++) await run(list[at] as T)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

/** Three digits that mean something. */
function round(figure: number): number {
  return Number(figure.toPrecision(figure >= 1000 ? 4 : 3))
}
