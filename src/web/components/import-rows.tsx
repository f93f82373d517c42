import { Link } from 'react-router'
import type { ImportRowFilter, ImportRowPage, ImportRowView, ImportView } from '../../domain/imports/find-imports.ts'
import { paths } from '../paths.ts'
import { Amount } from '../ui/numbers.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { Head, Pages, Table } from '../ui/table.tsx'

interface Props {
  campaign: { id: string; currency: string }
  found: ImportView
  show: ImportRowFilter
  page: ImportRowPage
  cursor: number | null
}

const TITLES: Record<ImportRowFilter, string> = {
  reported: 'Rows to look at',
  problem: 'Problems',
  twice: 'Rows that stand twice',
  new: 'New',
  changed: 'Changed',
  unchanged: 'Unchanged',
}

/** The rows behind a number of the preview: those with problems say where, what and how to mend it. */
export function ImportRows({ campaign, found, show, page, cursor }: Props) {
  const listed = show === 'reported' || show === 'problem' || show === 'twice'
  if (page.rows.length === 0 && cursor === null) {
    return (
      <Sheet title={TITLES[show]}>
        <p>{listed ? 'None. Every row of the file can be read.' : 'No row of the file is of this kind.'}</p>
      </Sheet>
    )
  }
  const download = (
    <a href={paths.import_problems_csv(campaign.id, found.id)} download>
      Download as CSV
    </a>
  )
  return (
    <Sheet title={TITLES[show]} body="flush" aside={listed ? download : undefined}>
      {listed ? <ProblemTable rows={page.rows} /> : <RowTable rows={page.rows} campaign={campaign} />}
      <Pages
        newer_to={cursor === null ? null : paths.import(campaign.id, found.id, { show })}
        older_to={page.next === null ? null : paths.import(campaign.id, found.id, { show, after: page.next })}
      />
    </Sheet>
  )
}

function ProblemTable({ rows }: { rows: ImportRowView[] }) {
  return (
    <Table caption="Rows that stay out or were reported">
      <thead>
        <tr>
          <Head>Where</Head>
          <Head>What the file says</Head>
          <Head>What is wrong, and the way out</Head>
        </tr>
      </thead>
      <tbody>
        {rows.flatMap((row) =>
          row.problems.map((problem) => (
            <tr key={`${row.n} ${problem.code} ${problem.column}`}>
              <td className="wraps">
                <bdi>{row.file}</bdi>, line {row.line}
                <small className="row-small">{problem.column ?? row.name}</small>
              </td>
              <td className="wraps">{problem.value === null ? <bdi>{row.email}</bdi> : <bdi>“{problem.value}”</bdi>}</td>
              <td className="wraps">
                {problem.message}
                <small className="row-small">{problem.fix}</small>
              </td>
            </tr>
          )),
        )}
      </tbody>
    </Table>
  )
}

function RowTable({ rows, campaign }: { rows: ImportRowView[]; campaign: Props['campaign'] }) {
  return (
    <Table caption="Rows of the file">
      <thead>
        <tr>
          <Head number>Line</Head>
          <Head>Backer</Head>
          <Head>Mail</Head>
          <Head>Pledged status</Head>
          <Head number>Pledge, {campaign.currency}</Head>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.n}>
            <td className="number">{row.line}</td>
            <td className="wraps">
              {row.backer_id ? (
                <Link className="row-link" to={paths.backer(campaign.id, row.backer_id)}>
                  <bdi>{row.name}</bdi>
                </Link>
              ) : (
                <bdi>{row.name}</bdi>
              )}
            </td>
            <td className="wraps">
              <bdi>{row.email}</bdi>
            </td>
            <td>{row.pledged_status}</td>
            <td className="number">
              <Amount minor={row.pledge_amount} currency={campaign.currency} />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
