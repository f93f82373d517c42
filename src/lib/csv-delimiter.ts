/**
 * The delimiter of a CSV: programs write commas; a spreadsheet in many countries saves semicolons or tabs. The header decides. Answers the
 * text again, from its start.
 */
export async function withDelimiter(
  text: AsyncGenerator<string>,
): Promise<{ delimiter: ',' | ';' | '\t'; text: AsyncGenerator<string> }> {
  let start = ''
  while (!/[\r\n]/.test(start.trimStart()) && start.length < 200_000) {
    const next = await text.next()
    if (next.done) break
    start += next.value
  }
  const header = (start.trimStart().split(/[\r\n]/, 1)[0] ?? '').replace(/"[^"]*"/g, '')
  const count = (mark: string) => header.split(mark).length
  const delimiter = count(',') >= count(';') && count(',') >= count('\t') ? ',' : count(';') >= count('\t') ? ';' : '\t'
  return { delimiter, text: joined(start, text) }
}

async function* joined(start: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  yield start
  yield* rest
}
