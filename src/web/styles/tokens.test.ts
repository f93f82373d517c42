import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

/*
 * The contrast of every pair that the product shows, measured from tokens.css: text 4.5:1, interface parts 3:1, light and dark.
 */
const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8')

type Tokens = Record<string, string>

function tokensIn(block: string): Tokens {
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name = '', value = '']) => [name, value.trim()]),
  )
}

function blockAfter(selector: string): string {
  const at = css.indexOf(selector)
  expect(at, selector).toBeGreaterThanOrEqual(0)
  return css.slice(at, css.indexOf('}', at))
}

const light = tokensIn(blockAfter(':root {'))
const systemDark = tokensIn(blockAfter(':root:not([data-theme="light"]) {'))
const chosenDark = tokensIn(blockAfter(':root[data-theme="dark"] {'))
const themes: Record<string, Tokens> = { light, dark: { ...light, ...chosenDark } }

const grounds = ['paper', 'sheet', 'sunk', 'raised']
const statuses = ['open', 'locked', 'paid', 'errored', 'ready', 'shipped', 'canceled']
const softs = ['danger-soft', 'warn-soft', 'good-soft', 'bottle-soft', 'marigold-soft', ...statuses.map((name) => `${name}-soft`)]

/** [text, ground] pairs that carry words. */
const textPairs: [string, string][] = [
  ...['ink', 'ink-2', 'ink-3', 'bottle', 'danger', 'warn', 'good'].flatMap((ink) =>
    grounds.map((ground): [string, string] => [ink, ground]),
  ),
  ...softs.flatMap((soft): [string, string][] => [
    ['ink', soft],
    ['ink-2', soft],
  ]),
  ...statuses.flatMap((name): [string, string][] => [
    [`${name}-ink`, `${name}-soft`],
    [`${name}-ink`, 'sheet'],
    [`${name}-ink`, 'paper'],
    [`${name}-ink`, 'raised'],
    [`${name}-ink`, 'bottle-soft'],
  ]),
  ['danger', 'danger-soft'],
  ['warn', 'warn-soft'],
  ['good', 'good-soft'],
  ['bottle', 'danger-soft'],
  ['bottle', 'warn-soft'],
  ['bottle', 'good-soft'],
  ['bottle', 'marigold-soft'],
  ['bottle', 'bottle-soft'],
  ['on-bottle', 'bottle'],
  ['on-bottle', 'bottle-hover'],
  ['on-marigold', 'marigold'],
  ['on-danger', 'danger-fill'],
  ['spine-ink', 'spine'],
  ['spine-dim', 'spine'],
  ['spine-ink', 'spine-on'],
]

/** [shape, ground] pairs that one must be able to tell apart. */
const shapePairs: [string, string][] = [
  ...['paper', 'sheet', 'raised'].map((ground): [string, string] => ['line-strong', ground]),
  ...statuses.map((name): [string, string] => [`${name}-fill`, 'sheet']),
  ...grounds.map((ground): [string, string] => ['focus-out', ground]),
  ['bottle', 'sheet'],
  ['bottle', 'paper'],
  ['danger', 'sheet'],
  ['marigold', 'spine'],
  ['focus-in', 'focus-out'],
]

type Rgb = [number, number, number]

/** OKLCH to linear sRGB, as CSS Color 4 defines it; outside the gamut the parts are clipped. */
function linearRgb(text: string): Rgb {
  const parts = /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)$/.exec(text)
  expect(parts, text).not.toBeNull()
  const [L, C, H] = (parts ?? []).slice(1).map(Number) as [number, number, number]
  const a = C * Math.cos((H * Math.PI) / 180)
  const b = C * Math.sin((H * Math.PI) / 180)
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3
  const clip = (part: number) => Math.min(1, Math.max(0, part))
  return [
    clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ]
}

function contrast(tokens: Tokens, one: string, other: string): number {
  const [light, dark] = [one, other]
    .map((name) => {
      const [r, g, b] = linearRgb(tokens[name] ?? `no token ${name}`)
      return 0.2126 * r + 0.7152 * g + 0.0722 * b
    })
    .sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

describe.each(Object.entries(themes))('contrast, %s', (_theme, tokens) => {
  it.each(textPairs)('%s on %s carries text', (text, ground) => {
    expect(contrast(tokens, text, ground)).toBeGreaterThanOrEqual(4.5)
  })

  it.each(shapePairs)('%s stands out on %s', (shape, ground) => {
    expect(contrast(tokens, shape, ground)).toBeGreaterThanOrEqual(3)
  })
})

describe('tokens', () => {
  it('are the same in the dark, whether the system or the reader asks for it', () => {
    expect(systemDark).toEqual(chosenDark)
  })

  it('measure at least the 156 pairs of the design', () => {
    expect((textPairs.length + shapePairs.length) * 2).toBeGreaterThanOrEqual(156)
  })

  it('know black on white as 21:1', () => {
    expect(contrast({ black: 'oklch(0 0 0)', white: 'oklch(1 0 0)' }, 'black', 'white')).toBeCloseTo(21, 1)
  })

  it('would refuse a pair that is too weak', () => {
    expect(contrast(light, 'line', 'sheet')).toBeLessThan(3)
  })
})
