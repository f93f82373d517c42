import { expect, test } from 'vitest'
import { ZipFile } from 'yazl'
import { accepted, read, refused, sample } from '../../../test/factories/read-report.ts'
import { type K5Row, k5Cells, k5Header, k5Line, k5Report } from '../../../test/factories/report-file.ts'

async function problemsOf(...rows: K5Row[]): Promise<string[][]> {
  const found = (await accepted(k5Report(rows))).rows
  for (const { problems } of found) for (const problem of problems) expect(problem.message && problem.fix).toBeTruthy()
  return found.map(({ problems }) => problems.map(({ code, column }) => (column ? `${code} ${column}` : code)))
}

async function zip(files: Record<string, string | Uint8Array>): Promise<Buffer> {
  const archive = new ZipFile()
  for (const [name, content] of Object.entries(files)) archive.addBuffer(Buffer.from(content as string), name)
  archive.end()
  return Buffer.concat(await Array.fromAsync(archive.outputStream as AsyncIterable<Buffer>))
}

test('refuses what is no report, naming what it is', async () => {
  expect(await refused(sample('backerkit-2017-orders-wide.csv'))).toMatchObject({
    code: 'not_a_report',
    message: expect.stringContaining('BackerKit'),
  })
  expect(await refused('a,b,c\n1,2,3\n')).toMatchObject({ code: 'not_a_report', line: 1 })
  expect((await refused('<!DOCTYPE html><html>')).code).toBe('not_a_report')
  expect((await refused('%PDF-1.7')).code).toBe('not_a_report')
  expect((await refused('just words')).code).toBe('not_a_report')
  expect((await refused('Backer number,Backer name,E-mail,Reward title,Pledge amount\n')).message).toContain('Gamefound')
})

test('refuses an empty file', async () => {
  expect((await refused('')).code).toBe('empty_file')
  expect((await refused('\ufeff')).code).toBe('empty_file')
  expect((await refused('\r\n \r\n')).code).toBe('empty_file')
  expect((await refused(k5Line(k5Header))).code).toBe('empty_file')
})

test('refuses a file that is cut off, wherever it is cut', async () => {
  const text = k5Report([{}, {}, { Notes: 'last note, with comma' }])
  const lastRow = text.lastIndexOf('\r\n3,')
  for (let end = lastRow + 3; end < text.length - 3; end += 1) {
    const { outcome } = await read(text.slice(0, end))
    // Only a cut within the very last cells, all empty, leaves a row that is whole.
    if (outcome.ok) throw new Error(`cut at ${end - lastRow} was read`)
    expect(outcome.fault).toMatchObject({ code: 'cut_off', line: 4 })
  }
  expect(await refused(Buffer.from(k5Report([{}, { 'Backer Name': 'Zoë' }])).subarray(0, -60))).toMatchObject({ code: 'cut_off' })
  const cut = Buffer.from('1,2,Zoë')
  expect((await refused(Buffer.concat([Buffer.from(k5Report([{}])), cut.subarray(0, cut.length - 1)]))).code).toBe('cut_off')
})

test('refuses other encodings and names the fix', async () => {
  const text = k5Report([{}, { 'Backer Name': 'Müller' }])
  expect(await refused(Buffer.from(text, 'latin1'))).toMatchObject({
    code: 'wrong_encoding',
    line: 3,
    fix: expect.stringContaining('UTF-8'),
  })
  expect((await refused(Buffer.from(text, 'utf16le'))).code).toBe('wrong_encoding')
  expect(await refused(k5Report([{ Notes: 'a\0b' }]))).toMatchObject({ code: 'wrong_encoding', line: 2 })
})

test('refuses an unclosed quote, also one that another row closes', async () => {
  const row = (n: number, note: string) => k5Line(k5Cells(n)).replace(',collected,,', `,collected,${note},`)
  const head = k5Line(k5Header)
  expect(await refused(head + row(1, '') + row(2, '"oops') + row(3, '') + row(4, ''))).toMatchObject({
    code: 'unclosed_quote',
    line: 3,
  })
  expect((await refused(head + row(1, 'say "hi"'))).code).toBe('unclosed_quote')
  const swallowing =
    head +
    row(1, '') +
    row(2, '"a').replace(/"2023[^"]*"/, '2023/10/01') +
    row(3, '').replace(/"2023[^"]*"/, '2023/10/01') +
    row(4, 'b"').replace(/"2023[^"]*"/, '2023/10/01')
  expect(await refused(swallowing)).toMatchObject({ code: 'unclosed_quote', line: 3 })
})

test('refuses a column that stands twice, under either of its names', async () => {
  const twice = (name: string) => k5Line([...k5Header, name]) + k5Line([...k5Cells(1), ''])
  for (const name of [
    'Email',
    ' EMAIL ',
    'Reward Minimum',
    'Backer Id',
    'Core Game',
    '[Addon: 700] Other name',
    'Which colour?',
  ]) {
    expect(await refused(twice(name))).toMatchObject({ code: 'column_twice', line: 1, column: name.trim() })
  }
})

test('refuses a missing column, and names it', async () => {
  const without = (name: string) => {
    const at = (k5Header as readonly string[]).indexOf(name)
    const drop = (cells: readonly string[]) => k5Line(cells.filter((_, index) => index !== at))
    return drop(k5Header) + drop(k5Cells(1))
  }
  for (const name of [
    'Backer UID',
    'Backer Name',
    'Email',
    'Pledge Amount',
    'Pledged Status',
    'Shipping Amount',
    'Reward Title',
    'Reward ID',
    'Bonus Support',
    'Survey Response',
    'Shipping City',
  ]) {
    expect(await refused(without(name))).toMatchObject({ code: 'column_missing', column: name })
  }
})

test('limits are named', async () => {
  expect((await refused(k5Report([{}]), { limits: { file_bytes: 10 } })).code).toBe('too_large')
  expect(await refused(k5Report([{}, {}, {}]), { limits: { rows: 2 } })).toMatchObject({
    code: 'too_large',
    message: expect.stringContaining('2'),
  })
  expect((await refused(k5Report([{}]), { limits: { columns: 10 } })).code).toBe('too_large')
  const archive = await zip({ 'a.csv': k5Report([{}]), 'b.csv': k5Report([{}]) })
  expect((await refused(archive, { limits: { entries: 1 } })).code).toBe('too_large')
  expect((await refused(archive, { limits: { text_bytes: 600 } })).code).toBe('too_large')
  const bomb = await zip({ 'a.csv': Buffer.alloc(20_000_000, 'a') })
  expect((await refused(bomb, { limits: { text_bytes: 1_000_000 } })).code).toBe('too_large')
})

test('a zip: other entries are listed, wrong ones refused', async () => {
  const { rows, summary } = await accepted(
    await zip({
      'reports/Core.csv': k5Report([{}]),
      '__MACOSX/._Core.csv': 'x',
      '.DS_Store': 'x',
      'readme.txt': 'hello',
      'inner.zip': 'PK',
    }),
  )
  expect(rows[0]?.row.file).toBe('reports/Core.csv')
  expect(summary.ignored.map(({ name }) => name)).toEqual(['__MACOSX/._Core.csv', '.DS_Store', 'readme.txt', 'inner.zip'])
  expect((await refused(await zip({ 'readme.txt': 'hello' }))).code).toBe('not_a_report')
  expect(await refused(await zip({ 'a.csv': k5Report([{}]), 'other.csv': 'a,b\n1,2\n' }))).toMatchObject({
    code: 'not_a_report',
    file: 'other.csv',
  })
  expect((await refused(await zip({ '[Content_Types].xml': '<x/>', 'xl/workbook.xml': '<x/>' }))).message).toContain('Excel')
  const good = await zip({ 'a.csv': k5Report(Array.from({ length: 50 }, () => ({}))) })
  expect((await refused(good.subarray(0, good.length - 30))).code).toBe('cut_off')
  const damaged = Buffer.from(good)
  damaged.fill(0, 200, 400)
  expect((await refused(damaged)).code).toBe('cut_off')
  const outside = Buffer.from(
    (await zip({ 'aa/x.csv': k5Report([{}]) })).toString('latin1').replaceAll('aa/x.csv', '../x.csv'),
    'latin1',
  )
  expect(await refused(outside)).toMatchObject({ code: 'not_a_report', message: expect.stringContaining('outside') })
  expect(await accepted(await zip({ 'full.csv': k5Report([{}]), 'nobody.csv': k5Line(k5Header) }))).toMatchObject({
    summary: { rows: 1 },
  })
})

test('rows with problems say where and what', async () => {
  expect(
    await problemsOf(
      { 'Backer UID': '' },
      { 'Backer UID': '2.09E+08' },
      { 'Backer Name': '' },
      { Email: '' },
      { Email: 'nobody at example' },
      { 'Pledge Amount': '' },
      { 'Pledge Amount': 'lots' },
      { 'Shipping Amount': '-$5' },
      { 'Bonus Support': '€5' },
      { 'Pledged At': '10/01/2023 18:00' },
      { 'Pledged At': '2023/13/01, 18:00' },
      { 'Core Game': 'one' },
      { '[Addon: 700] Playmat': '-1' },
      { 'Shipping Country': 'Atlantis' },
      { 'Shipping Name': 'A', 'Shipping Country Code': 'ZZ' },
      { 'Pledged Status': '' },
      { 'Backer Number': '#7' },
      { Notes: 'x'.repeat(20_001) },
    ),
  ).toEqual([
    ['uid_missing Backer UID'],
    ['uid_invalid Backer UID'],
    ['name_missing Backer Name'],
    ['email_missing Email'],
    ['email_invalid Email'],
    ['amount_missing Pledge Amount'],
    ['amount_invalid Pledge Amount'],
    ['amount_negative Shipping Amount'],
    ['currency_differs Bonus Support'],
    ['date_invalid Pledged At'],
    ['date_invalid Pledged At'],
    ['quantity_invalid Core Game'],
    ['quantity_invalid [Addon: 700] Playmat'],
    ['country_unknown Shipping Country'],
    ['country_unknown Shipping Country Code'],
    ['status_missing Pledged Status'],
    ['backer_number_invalid Backer Number'],
    ['text_too_long Notes'],
  ])
})

test('a row with too few or too many cells is a problem of that row', async () => {
  const text = k5Line(k5Header) + k5Line(k5Cells(1).slice(0, -1)) + k5Line([...k5Cells(2), 'more']) + k5Line(k5Cells(3))
  const { rows } = await accepted(text)
  expect(rows.map(({ problems }) => problems.map(({ code }) => code))).toEqual([['columns_wrong'], ['columns_wrong'], []])
})

test('of rows with one Backer UID equal ones count once, differing ones are all kept out', async () => {
  const one = { 'Backer UID': '111111' }
  const { rows, summary } = await accepted(
    k5Line(k5Header) +
      [k5Cells(1, one), k5Cells(1, one), k5Cells(2), k5Cells(2), k5Cells(2, { Notes: 'differs' }), k5Cells(2)]
        .map((cells) => k5Line(cells))
        .join(''),
  )
  expect(rows.map(({ twice }) => twice)).toEqual([false, true, false, true, false, false])
  expect(rows.map(({ problems }) => problems.map(({ code }) => code))).toEqual([[], [], [], [], ['uid_twice'], ['uid_twice']])
  expect(summary.uids_twice).toEqual(['900000002'])
})

test('currencies: one stray row is its own problem, another currency or two are a fault of the file', async () => {
  const aud = { 'Pledge Amount': '$61.00 AUD' }
  expect(await problemsOf({}, aud)).toEqual([[], ['currency_differs Pledge Amount']])
  const all = { 'Shipping Amount': '12 AUD', 'Backing Minimum': '49 AUD', 'Bonus Support': '', ...aud }
  expect(await refused(k5Report([all, all]))).toMatchObject({
    code: 'currency_differs',
    line: 2,
    message: expect.stringContaining('AUD'),
  })
  const usd = { 'Pledge Amount': '61 USD' }
  expect((await refused(k5Report([usd, usd, aud, aud]))).code).toBe('several_currencies')
})
