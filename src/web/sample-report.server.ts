/** Part of the build, so that the program brings a report for whoever has none at hand. */
const FILES = import.meta.glob<string>('../../docs/samples/kickstarter-report.csv', {
  query: '?raw',
  import: 'default',
  eager: true,
})

export const SAMPLE_NAME = 'Sample Kickstarter report.csv'

/** A Kickstarter report of 40 invented backers, as the platform would give it. */
export function sampleReport(): string {
  const [text] = Object.values(FILES)
  if (text === undefined) throw new Error('The sample report is not in the build')
  return text
}

/** The same as an upload. */
export async function* sampleUpload(): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(sampleReport())
}
