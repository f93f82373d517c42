import { csvResponse } from '../../csv-response.server.ts'
import { SAMPLE_NAME, sampleReport } from '../../sample-report.server.ts'
import type { Route } from './+types/sample-report'
import { requireDesk } from './session.server.ts'

/** A report to try the import with. */
export async function loader(args: Route.LoaderArgs) {
  await requireDesk(args)
  async function* chunks() {
    yield sampleReport()
  }
  return csvResponse(SAMPLE_NAME, chunks())
}
