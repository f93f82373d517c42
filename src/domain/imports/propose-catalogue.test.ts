import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type K5Row, k5Report } from '../../../test/factories/report-file.ts'
import { addColumns, addRow, type CatalogueProposal, newFacts, proposeCatalogue } from './propose-catalogue.ts'
import { readReport } from './read-report.ts'

async function propose(content: string | Buffer, name: string, currency = 'USD'): Promise<CatalogueProposal> {
  const facts = newFacts()
  const outcome = await readReport(
    { name, bytes: Buffer.from(content) },
    {
      currency,
      onRows: (rows) => {
        for (const { row, problems } of rows) if (problems.length === 0) addRow(facts, row)
      },
    },
  )
  if (!outcome.ok) throw new Error(outcome.fault.message)
  for (const file of outcome.summary.files) addColumns(facts, file.columns)
  return proposeCatalogue(facts)
}

const sample = (name: string) => readFileSync(new URL(`../../../test/samples/${name}`, import.meta.url))

test('proposes the catalogue of the K5 sample', async () => {
  expect(await propose(sample('ks-k5-2023-all-rewards.csv'), 'all.csv')).toEqual({
    levels: [
      {
        platform_reward_id: '9001000',
        report_name: null,
        name: 'Core Pledge',
        rows: 7,
        proposed_price: 4900,
        items: [{ name: 'Core Game', quantity: 1 }],
      },
      {
        platform_reward_id: '9001001',
        report_name: null,
        name: 'Deluxe Pledge',
        rows: 5,
        proposed_price: 8900,
        items: [
          { name: 'Core Game', quantity: 1 },
          { name: 'Metal Coins | Set of 30', quantity: 1 },
        ],
      },
    ],
    items: ['Core Game', 'Metal Coins | Set of 30', 'Playmat (60x60)'],
    addons: [
      { platform_id: '10750435', name: 'Playmat (60x60)', rows: 3 },
      { platform_id: '10750413', name: 'Metal Coins | Set of 30', rows: 2 },
    ],
    questions: [{ prompt: 'Which sleeve colour?', levels: null }],
  })
})

test('proposes the catalogue of the K3 sample: levels named by their file, no items', async () => {
  expect(await propose(sample('ks-k3-per-reward.zip'), 'reports.zip', 'AUD')).toEqual({
    levels: [{ platform_reward_id: null, report_name: '$59', name: '$59', rows: 6, proposed_price: 5900, items: [] }],
    items: [],
    addons: [],
    questions: [
      { prompt: 'What Is Your Contact Phone Number?', levels: null },
      { prompt: 'Add On: How Many Additional Copies Did You Pledge For?', levels: null },
    ],
  })
})

test('a late pledge at another price shares the level; the smallest minimum without add-ons is the price', async () => {
  const rows: K5Row[] = [
    { 'Backing Minimum': '$55.00' },
    { 'Backing Minimum': '$49.00' },
    { 'Backing Minimum': '$20.00', '[Addon: 700] Playmat': '1' },
    { 'Reward ID': '5', 'Reward Title': 'Only with add-ons', '[Addon: 700] Playmat': '1', 'Core Game': '2' },
  ]
  const { levels } = await propose(k5Report(rows), 'report.csv')
  expect(levels.map(({ name, rows, proposed_price, items }) => [name, rows, proposed_price, items[0]?.quantity])).toEqual([
    ['Core Pledge', 3, 4900, 1],
    ['Only with add-ons', 1, null, 2],
  ])
})

test('the most common quantities of a level are its contents; a strange row does not decide', async () => {
  const quantities = ['1', '1', '3', '0', '1']
  const { levels } = await propose(k5Report(quantities.map((quantity) => ({ 'Core Game': quantity }))), 'report.csv')
  expect(levels[0]?.items).toEqual([{ name: 'Core Game', quantity: 1 }])
})

test('a question that only some levels were asked is theirs', async () => {
  const answered = { 'Survey Response': '2023/12/10, 08:10', 'Shipping Name': 'A', 'Shipping Country Code': 'DE' }
  const rows: K5Row[] = [
    { ...answered, 'Which colour?': 'Blue' },
    { ...answered, 'Reward ID': '5', 'Reward Title': 'Plain' },
    { 'Reward ID': '6', 'Reward Title': 'Nobody answered yet' },
  ]
  expect((await propose(k5Report(rows), 'report.csv')).questions).toEqual([{ prompt: 'Which colour?', levels: ['id 9001000'] }])
  expect((await propose(k5Report(rows.filter((_, index) => index !== 1)), 'report.csv')).questions[0]?.levels).toBeNull()
})
