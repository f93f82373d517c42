import { Upload } from 'lucide-react'
import { Link } from 'react-router'
import { listImports } from '../../../domain/imports/find-imports.ts'
import { importStateText } from '../../components/import-words.ts'
import { paths } from '../../paths.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Count } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { Empty } from '../../ui/states.tsx'
import { Head, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import type { Route } from './+types/imports'
import { requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign } = await requireCampaign(args)
  const { data } = await listImports(deps.db, campaign.id)
  return {
    campaign: { id: campaign.id, name: campaign.name },
    imports: data.map(({ id, file_name, state, rows_total, imported, reported, created_at }) => ({
      id,
      file_name,
      state,
      rows_total,
      imported,
      reported,
      created_at,
    })),
  }
}

export default function Imports({ loaderData: { campaign, imports } }: Route.ComponentProps) {
  const upload = (
    <ButtonLink to={paths.new_import(campaign.id)} variant="primary" icon={Upload}>
      Import a report…
    </ButtonLink>
  )
  return (
    <>
      <title>{`Imports · ${campaign.name}`}</title>
      <PageHead
        title="Imports"
        facts="The same report may come again and again: you see what it would change before it does."
        actions={imports.length > 0 ? upload : undefined}
      />
      <Sheet body={imports.length > 0 ? 'flush' : 'padded'} label="Imports">
        {imports.length === 0 ? (
          <Empty title="Your backers come from the report of your platform" action={upload}>
            Ask Kickstarter for the backer report (one file, or a zip with a file for each reward) and import it here.
          </Empty>
        ) : (
          <Table caption="Imports, newest first">
            <thead>
              <tr>
                <Head>File</Head>
                <Head>State</Head>
                <Head number>Rows</Head>
                <Head number>Imported</Head>
                <Head number>Reported</Head>
                <Head>When</Head>
              </tr>
            </thead>
            <tbody>
              {imports.map((one) => (
                <tr key={one.id} data-row>
                  <td className="wraps">
                    <Link className="row-link" data-open to={paths.import(campaign.id, one.id)}>
                      <bdi>{one.file_name}</bdi>
                    </Link>
                  </td>
                  <td>{importStateText(one.state)}</td>
                  <td className="number">
                    <Count of={one.rows_total} />
                  </td>
                  <td className="number">{one.imported === null ? '' : <Count of={one.imported} />}</td>
                  <td className="number">{one.reported === null ? '' : <Count of={one.reported} />}</td>
                  <td>
                    <Time at={one.created_at} />
                  </td>
                </tr>
              ))}
            </tbody>
          </Table>
        )}
      </Sheet>
    </>
  )
}
