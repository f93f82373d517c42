import { seeded } from '../../src/demo/random.ts'

export interface Random {
  seed: number
  /** a number from `from` up to `to` */
  between(from: number, to: number): number
  shuffle<T>(list: readonly T[]): T[]
}

/** Chance that can be had again: the same seed gives the same numbers. TEST_SEED sets it; without it every run has its own. */
export function chance(seed = Number(process.env.TEST_SEED ?? Math.floor(Math.random() * 2 ** 31))): Random {
  const next = seeded(seed)
  return {
    seed,
    between: (from, to) => from + next() * (to - from),
    shuffle: (list) =>
      list
        .map((each) => ({ each, at: next() }))
        .sort((a, b) => a.at - b.at)
        .map(({ each }) => each),
  }
}
