import { expect, test } from 'vitest'
import { decodeText } from './csv-decode.ts'
import { type CsvRecord, readCsv } from './csv-read.ts'
import { csvLine, neutraliseFormula, restoreFormula } from './csv-write.ts'

async function* inParts(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function records(text: string | Uint8Array, size = 7): Promise<CsvRecord[]> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  return Array.fromAsync(readCsv(decodeText(inParts(bytes, size)), { delimiter: ',', maxRecordSize: 1000 }))
}

const lines = (found: CsvRecord[]) => found.map(({ line, cells }) => [line, ...cells])

test.each([1, 2, 3, 1000])('counts physical lines, whatever the line ends, in parts of %i bytes', async (size) => {
  expect(lines(await records('a,b\r\n1,"x\r\ny\r\nz"\r\n\r\n2,3\n4,"5""6\n"\r7,8', size))).toEqual([
    [1, 'a', 'b'],
    [2, '1', 'x\r\ny\r\nz'],
    [6, '2', '3'],
    [7, '4', '5"6\n'],
    [9, '7', '8'],
  ])
})

test.each([1, 3, 1000])('decodes a mark, many scripts and UTF-16 in parts of %i bytes', async (size) => {
  const text = 'name\r\nليلى 🦊 Zoë\r\n'
  const expected = [
    [1, 'name'],
    [2, 'ليلى 🦊 Zoë'],
  ]
  expect(lines(await records(`\ufeff${text}`, size))).toEqual(expected)
  expect(lines(await records(Buffer.from(`\ufeff${text}`, 'utf16le'), size))).toEqual(expected)
  expect(lines(await records(Buffer.from(`\ufeff${text}`, 'utf16le').swap16(), size))).toEqual(expected)
})

test.each([1, 3, 1000])('names the line that is not UTF-8, in parts of %i bytes', async (size) => {
  const bytes = Buffer.concat([Buffer.from('a\nZoë\n'), Buffer.from('Müller\n', 'latin1'), Buffer.from('Zoë\n')])
  await expect(records(bytes, size)).rejects.toMatchObject({ kind: 'not_utf8', line: 3 })
})

test('zero bytes are not text, and a cut character is a cut file', async () => {
  await expect(records('a\nb\0\n')).rejects.toMatchObject({ kind: 'zero_bytes', line: 2 })
  await expect(records(Buffer.from('a\nb', 'utf16le'))).rejects.toMatchObject({ kind: 'zero_bytes', line: 1 })
  await expect(records(Buffer.from('a\nZoë').subarray(0, -1))).rejects.toMatchObject({ kind: 'cut', line: 2 })
  await expect(records(Buffer.from('é').subarray(0, 1))).rejects.toMatchObject({ kind: 'cut', line: 1 })
  expect(await records('')).toEqual([])
  expect(lines(await records('ab'))).toEqual([[1, 'ab']])
})

test('tells an unclosed quote from a cut file', async () => {
  await expect(records('a,b\r\n1,"x\r\ny"\r\n2,"3\r\n4,5\r\n')).rejects.toMatchObject({
    code: 'unclosed_quote',
    line: 4,
    column: 1,
    atEnd: false,
  })
  await expect(records('a,b\r\n1,"x\r\ny"\r\n2,"3')).rejects.toMatchObject({ code: 'unclosed_quote', line: 4, atEnd: true })
  await expect(records('a,b\n1,"x\n2,"3,4"\n5,6\n')).rejects.toMatchObject({ code: 'unclosed_quote', line: 2 })
  await expect(records('a,b\n1,x "y" z\n')).rejects.toMatchObject({ code: 'quote_misplaced', line: 2, column: 1 })
  await expect(records(`a,b\n1,"${'x'.repeat(2000)}`)).rejects.toMatchObject({ code: 'record_too_large', line: 2 })
})

test('a formula is neutralised in a file people open, and restored when it comes back', () => {
  for (const text of ['=1+1', '+353 1', '-cmd', '@x', '\t=1', ' =1', '＝1', "'=1"]) {
    expect(neutraliseFormula(text)).toBe(`'${text}`)
    expect(restoreFormula(neutraliseFormula(text))).toBe(text)
  }
  for (const text of ['-5', '-5.50', 'plain', "O'Neil", "'quoted'", '']) {
    expect(neutraliseFormula(text)).toBe(text)
    expect(restoreFormula(text)).toBe(text)
  }
  expect(csvLine(['a', 1, null, 'x,y', 'he said "no"', '=1'])).toBe(`a,1,,"x,y","he said ""no""",'=1\r\n`)
})
