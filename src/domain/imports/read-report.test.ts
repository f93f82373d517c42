import { expect, test } from 'vitest'
import { accepted, sample } from '../../../test/factories/read-report.ts'
import { k5Cells, k5Header, k5Line, k5Report } from '../../../test/factories/report-file.ts'
import { readReport } from './read-report.ts'

test('reads the K5 sample whole', async () => {
  const { rows, summary } = await accepted(sample('ks-k5-2023-all-rewards.csv'))
  expect(summary).toMatchObject({ rows: 13, ignored: [], uids_twice: [], files: [{ generation: 'K5', rows: 13 }] })
  expect(rows.flatMap(({ problems }) => problems)).toEqual([])
  expect(rows.map(({ n, row }) => [n, row.line])).toEqual(rows.map((_, index) => [index + 1, index + 2]))
  const miguel = rows[1]?.row
  expect(miguel).toMatchObject({
    uid: '208812301',
    backer_number: 2,
    name: 'Miguel Ortega',
    shipping_country: 'BR',
    shipping_amount: 1200,
    reward_title: 'Deluxe Pledge',
    reward_id: '9001001',
    minimum: 11400,
    bonus: 112000,
    pledge_amount: 124600,
    pledged_at: '2023-10-02 18:01',
    items: [
      { name: 'Core Game', quantity: 1 },
      { name: 'Metal Coins | Set of 30', quantity: 1 },
    ],
    addons: [{ platform_id: '10750435', name: 'Playmat (60x60)', quantity: 1 }],
    answers: [{ prompt: 'Which sleeve colour?', text: 'Blue' }],
  })
  expect(miguel?.address).toEqual({
    name: 'Miguel Ortega',
    line1: 'Rua Exemplo 45',
    line2: 'Apto 101',
    city: 'São Paulo',
    region: 'SP',
    postcode: '01310-100',
    country: 'BR',
    phone: '+55 11 95555-0101',
    delivery_notes: '',
  })
  expect(rows[0]?.row).toMatchObject({ answers: [], asked: ['Which sleeve colour?'] })
  expect(rows[4]?.row).toMatchObject({ name: 'Zoë "Zed" Müller', notes: '=HYPERLINK("http://x")' })
  expect(rows[7]?.row).toMatchObject({
    reward_title: null,
    reward_id: null,
    minimum: null,
    bonus: 100,
    shipping_country: null,
    address: null,
  })
  expect(rows[8]?.row.name).toBe('ليلى المنصوري')
  expect(rows.map(({ row }) => row.pledged_status)).toEqual([
    ...Array(3).fill('collected'),
    'errored',
    'collected',
    'dropped',
    ...Array(5).fill('collected'),
    'pending',
    'canceled',
  ])
  expect(rows[1]?.original['Pledge Amount']).toBe('$1,246.00')
})

test('reads the K3 sample: a zip by reward, the level named by its file, a line break in the notes', async () => {
  const { rows, summary } = await accepted(sample('ks-k3-per-reward.zip'), { currency: 'AUD', name: 'reports.zip' })
  expect(summary.files.map(({ generation, rows }) => [generation, rows])).toEqual([
    ['K3', 6],
    ['K3-none', 2],
  ])
  expect(rows.flatMap(({ problems }) => problems)).toEqual([])
  expect(rows.map(({ row }) => row.line)).toEqual([2, 3, 5, 6, 7, 8, 2, 3])
  expect(rows[0]?.row).toMatchObject({
    reward_title: '$59',
    reward_id: null,
    bonus: null,
    minimum: 5900,
    shipping_amount: 1700,
    pledge_amount: 113500,
  })
  expect(rows[1]?.row.notes).toBe('Line one\nline two, with comma')
  expect(rows[1]?.row.answers).toHaveLength(2)
  expect(rows[6]?.row).toMatchObject({ reward_title: null, pledge_amount: 500, address: null })
})

const k2 = ['Backer Number', 'Backer UID', 'Backer Name', 'Email', 'Shipping Country', 'Shipping Amount', 'Reward Minimum']
const k2Rest = ['Pledge Amount', 'Pledged At', 'Rewards Sent?', 'Pledged Status', 'Notes']
const block = k5Header.slice(k5Header.indexOf('Shipping Name'), k5Header.indexOf('Shipping Phone Number'))

test.each([
  [
    'K2',
    [...k2, ...k2Rest, 'Survey Response', ...block, 'Size?'],
    ['1', '123456', 'Ann', 'ann@x.org', 'DE', '5', '$20', '$25', '', '', 'collected', '', '', ...block.map(() => ''), 'L'],
  ],
  [
    'K2b',
    [...k2, 'Reward ID', ...k2Rest, 'Size?'],
    ['1', '123456', 'Ann', 'ann@x.org', 'DE', '5', '$20', '77', '$25', '', '', 'collected', '', 'L'],
  ],
  [
    'K4',
    [...k2.slice(0, 6), 'Reward Title', 'Reward Minimum', 'Reward ID', ...k2Rest, 'Size?'],
    ['1', '123456', 'Ann', 'ann@x.org', 'DE', '5', 'Big', '$20', '77', '$25', '', '', 'collected', '', 'L'],
  ],
  [
    'K6',
    [...k5Header.slice(0, 15), 'Amount Due', 'Late Pledge', 'Dice', 'Survey Response', 'Size?'],
    [...k5Cells(1).slice(0, 15), '$0', 'Yes', '2', '', 'L'],
  ],
])('reads generation %s by its header, in any letter case', async (generation, header, cells) => {
  const text = k5Line(header.map((name, index) => (index % 2 ? `  ${name.toUpperCase()} ` : name.toLowerCase()))) + k5Line(cells)
  const { rows, summary } = await accepted(text)
  expect(summary.files[0]?.generation).toBe(generation)
  expect(rows[0]?.problems).toEqual([])
  expect(rows[0]?.row.answers).toHaveLength(1)
  if (generation === 'K2') expect(rows[0]?.row.reward_title).toBe('$20.00')
  if (generation === 'K6') expect(rows[0]?.row).toMatchObject({ late_pledge: true, items: [{ quantity: 2 }] })
})

test('the columns may stand in any order, and unknown ones are kept', async () => {
  const order = [...k5Header.keys()].filter((index) => index < 15).reverse()
  const cells = k5Cells(3)
  const text =
    k5Line([...order.map((index) => k5Header[index] ?? ''), 'T-shirt']) +
    k5Line([...order.map((index) => cells[index] ?? ''), '1'])
  const { rows } = await accepted(text)
  expect(rows[0]).toMatchObject({ problems: [], row: { uid: '900000003', pledge_amount: 6100 }, original: { 'T-shirt': '1' } })
})

test.each([
  ['LF', (text: string) => text.replaceAll('\r\n', '\n')],
  ['CR', (text: string) => text.replaceAll('\r\n', '\r')],
  ['a byte-order mark', (text: string) => `\ufeff${text}`],
  ['no last line end', (text: string) => text.trimEnd()],
  ['blank lines', (text: string) => text.replaceAll('\r\n', '\r\n\r\n')],
  ['semicolons', (text: string) => text.replaceAll(',', ';')],
  ['tabs', (text: string) => text.replaceAll(',', '\t')],
  ['empty columns at the end', (text: string) => text.replaceAll('\r\n', ',,,\r\n')],
])('reads a report with %s', async (_, change) => {
  const rows = [{}, { Notes: 'plain' }].map((row) => ({ ...row, 'Pledged At': '2023-10-01' }))
  const { rows: found } = await accepted(change(k5Report(rows)))
  expect(found.map(({ row, problems }) => [row.uid, problems])).toEqual([
    ['900000001', []],
    ['900000002', []],
  ])
})

test('reads UTF-16 with its mark, as spreadsheets save “Unicode text”', async () => {
  const { rows } = await accepted(
    Buffer.from(
      `\ufeff${k5Report([{ 'Backer Name': 'ليلى 🦊' }]).replace(/"([^"]*)"/g, '$1')}`.replaceAll('2023/10/01, ', '2023/10/01 '),
      'utf16le',
    ),
  )
  expect(rows[0]?.row.name).toBe('ليلى 🦊')
})

test('statuses are normalised, and unknown ones kept as they are', async () => {
  const words = ['Collected', 'cancelled', 'error', 'Authentication required', 'refunded', 'disputed', 'On the moon']
  const { rows } = await accepted(k5Report(words.map((word) => ({ 'Pledged Status': word }))))
  expect(rows.map(({ row }) => row.pledged_status)).toEqual([
    'collected',
    'canceled',
    'errored',
    'authentication_required',
    'refunded',
    'disputed',
    'On the moon',
  ])
})

test('our own problem file comes back corrected: its columns are left out, its apostrophes taken off', async () => {
  const header = k5Line([...k5Header, 'Afterfund problem', 'Afterfund line'])
  const { rows } = await accepted(
    header +
      k5Line([
        ...k5Cells(1, {
          Notes: "'=1+1",
          'Shipping Name': 'A',
          'Shipping Country Code': 'DE',
          'Shipping Phone Number': "'+49 30",
        }),
        'email_invalid',
        '7',
      ]),
  )
  expect(rows[0]).toMatchObject({ problems: [], row: { notes: '=1+1', answers: [], address: { phone: '+49 30' } } })
})

// REPORT_ROWS=220000 is the full size.
const many = Number(process.env.REPORT_ROWS ?? 50_000)

test('a large report streams in flat memory', { timeout: 120_000 }, async () => {
  async function* big(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(k5Line(k5Header))
    for (let from = 1; from <= many; from += 1_000) {
      yield Buffer.from(Array.from({ length: 1_000 }, (_, index) => k5Line(k5Cells(from + index))).join(''))
    }
  }
  const { mkdtemp, rm, writeFile } = await import('node:fs/promises')
  const folder = await mkdtemp('/tmp/afterfund-report-')
  try {
    await writeFile(`${folder}/big.csv`, big())
    let rows = 0
    let peak = 0
    const before = process.memoryUsage().heapUsed
    const outcome = await readReport(
      { name: 'big.csv', path: `${folder}/big.csv` },
      {
        currency: 'USD',
        onRows: (batch) => {
          rows += batch.length
          peak = Math.max(peak, process.memoryUsage().heapUsed - before)
        },
      },
    )
    expect([outcome.ok, rows]).toEqual([true, many])
    expect(peak / 1024 / 1024).toBeLessThan(200)
  } finally {
    await rm(folder, { recursive: true })
  }
})
