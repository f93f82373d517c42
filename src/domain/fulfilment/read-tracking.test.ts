import { describe, expect, test } from 'vitest'
import { readTracking } from './read-tracking.ts'
import { isDamagedNumber } from './tracking-number.ts'
import { TrackingFileFault, type TrackingRow } from './tracking-types.ts'

async function read(file: string | Uint8Array): Promise<TrackingRow[]> {
  const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file
  const rows: TrackingRow[] = []
  for await (const batch of readTracking(parts(bytes))) rows.push(...batch)
  return rows
}

async function* parts(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7)
}

async function faultOf(file: string | Uint8Array) {
  const error = await read(file).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof TrackingFileFault)) throw error ?? new Error('The file was taken')
  return error.fault
}

const good = { order_number: 1042, carrier: 'DHL', tracking_number: '0034', tracking_url: '', problem: null }

describe('columns', () => {
  test.each([
    'Order number,Carrier,Tracking number,Tracking URL',
    'Order #,Courier Code,Tracking Code,Tracking Link',
    'Order - Number,Carrier,Tracking Number,URL',
    '\ufeff"ORDER NO.",Carrier Name,Tracking #,tracking_url',
    'order_number,carrier_code,tracking_no,Link',
  ])('%s', async (header) => {
    expect(await read(`${header}\r\n#1042,DHL,0034,\r\n`)).toEqual([{ n: 1, line: 2, order_text: '#1042', ...good }])
  })

  test('semicolons, tabs, UTF-16 and columns in any order, among others that nobody knows', async () => {
    expect(await read('Weight;Tracking number;Carrier;Order number\n2;0034;DHL;1042\n')).toMatchObject([good])
    expect(await read('Tracking number\tOrder number\tCarrier\n0034\t1042\tDHL')).toMatchObject([good])
    const utf16 = Buffer.from('\ufeffOrder number;Tracking number;Carrier\n1042;0034;DHL\n', 'utf16le')
    expect(await read(utf16)).toMatchObject([good])
  })

  test('the surer name counts where a file has two that could be the order', async () => {
    expect(await read('Reference,Order number,Tracking number\nPO-1,1042,0034\n')).toMatchObject([{ order_number: 1042 }])
  })
})

describe('rows', () => {
  const problemOf = async (order: string, number: string, url = '') => {
    const cells = [order, number, url].map((cell) => `"${cell.replaceAll('"', '""')}"`)
    return (await read(`Order number,Tracking number,Tracking URL\n${cells.join(',')}\n`))[0]?.problem
  }

  test('what is wrong with a row is said of the row', async () => {
    expect(await problemOf('1042', '')).toBe('number_missing')
    expect(await problemOf('1042', '   ')).toBe('number_missing')
    expect(await problemOf('1042', '', 'https://parcels.example/1')).toBe('number_missing')
    expect(await problemOf('', '0034')).toBe('order_missing')
    expect(await problemOf('no. 7', '0034')).toBe('order_unknown')
    expect(await problemOf('1.04E+3', '0034')).toBe('order_unknown')
    expect(await problemOf('1042.0', '0034')).toBeNull()
    expect(await problemOf('1042', '0034', 'javascript:alert(1)')).toBe('tracking_url_invalid')
    expect(await problemOf('1042', '0034', 'https://parcels.example/0034')).toBeNull()
  })

  test('numbers that a spreadsheet has spoiled are told, whole ones are not', () => {
    for (const number of ['9.25E+11', '9,25E+11', '9.2748901E+21', '1E+20', '123456789012.0', '123456789,00', '########', '#N/A'])
      expect(isDamagedNumber(number), number).toBe(true)
    for (const formula of ['=HYPERLINK("http://a.example")', '=A2&B2', '@SUM(A1)'])
      expect(isDamagedNumber(formula), formula).toBe(true)
    expect(isDamagedNumber('92748901234567800000'), 'fifteen digits kept').toBe(true)
    for (const number of [
      '00340434161094042557',
      '1Z999AA10123456784',
      'RR123456785DE',
      '9400111899223100000',
      '4E8',
      'H00X',
      '1234',
    ])
      expect(isDamagedNumber(number), number).toBe(false)
  })

  test('numbers that were protected from the spreadsheet are taken out of it', async () => {
    for (const cell of ['"=""0034"""', "'0034", '" 0034 "', '\u200e0034'])
      expect(await read(`Order number,Carrier,Tracking number\n1042,DHL,${cell}\n`), cell).toMatchObject([good])
  })

  test('blank lines and rows that are cells without text are no rows; lines are those of the file', async () => {
    const file = 'Order number,Tracking number\n\n1042,0034\n,,\n\n"1043","two\nlines"\n1044,0036\n'
    expect((await read(file)).map(({ n, line, order_number }) => [n, line, order_number])).toEqual([
      [1, 3, 1042],
      [2, 6, 1043],
      [3, 8, 1044],
    ])
  })

  test('five thousand rows and more are handed on in parts, each once', async () => {
    const rows = Array.from({ length: 12_345 }, (_, at) => `${at + 1},T${at}`)
    const taken = await read(`Order number,Tracking number\n${rows.join('\n')}\n`)
    expect(taken.map(({ n, order_number }) => n === order_number)).not.toContain(false)
    expect(taken).toHaveLength(12_345)
  })
})

describe('a file that is none', () => {
  test.each([
    ['', 'empty_file', null],
    ['\n\n', 'empty_file', null],
    ['Order number,Tracking number\n', 'empty_file', 1],
    ['1042,DHL,0034\n1043,DHL,0035\n', 'header_missing', 1],
    ['Carrier,Tracking number\nDHL,0034\n', 'order_column_missing', 1],
    ['Order number,Carrier\n1042,DHL\n', 'number_column_missing', 1],
    ['Order number,Tracking number,Tracking Number\n1,2,3\n', 'column_twice', 1],
    ['Order number,Tracking number\n1042,"0034\n1043,0035\n', 'unclosed_quote', 2],
    ['Order number,Tracking number\n1042,"0034', 'cut_off', 2],
    ['Order number,Tracking number\n1042,"00"34\n1043,"0035"\n', 'unclosed_quote', 2],
    ['PK\u0003\u0004 a workbook', 'not_a_csv', null],
    ['<!DOCTYPE html><html></html>', 'not_a_csv', null],
  ] as const)('%j', async (file, code, line) => {
    const fault = await faultOf(file)
    expect(fault).toMatchObject({ code, line })
    expect(fault.message).toMatch(/\.$/)
    expect(fault.fix).toMatch(/\.$/)
  })

  test('bytes that are not UTF-8 are refused with their line, not guessed at', async () => {
    const bytes = Buffer.concat([Buffer.from('Order number,Tracking number,Carrier\n1,2,DHL\n3,4,'), Buffer.from([0xe4, 0x0a])])
    expect(await faultOf(bytes)).toMatchObject({ code: 'wrong_encoding', line: 3 })
  })
})
