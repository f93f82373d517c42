import { Link } from 'react-router'
import type { PledgeMismatch, PledgePricesPreview, StartingGroup } from '../../domain/catalog/pledge-prices.ts'
import { startingSentence } from '../../lib/starting-text.ts'
import { paths, withQuery } from '../paths.ts'
import { Figures } from '../ui/figures.tsx'
import { Note } from '../ui/note.tsx'
import { Amount, Count, plural } from '../ui/numbers.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { Head, Pages, Table } from '../ui/table.tsx'

interface Props {
  campaign: { id: string; currency: string }
  preview: PledgePricesPreview
  /** of prices that are typed and not saved */
  tried: boolean
  /** its rows that do not add up come in pages */
  paged: boolean
}

const OUTCOMES: Record<StartingGroup['outcome'], string> = { exact: 'Owe exactly 0', credit: 'Start with credit', owing: 'Owe' }

/** Where every backer starts with these prices, each group with its reason, and the rows that do not add up. */
export function StartingBalances({ campaign, preview, tried, paged }: Props) {
  return (
    <section aria-labelledby="starts" className="sheets">
      <h2 id="starts">{tried ? 'What backers would owe with these prices' : 'What backers owe if they change nothing'}</h2>
      {tried && <Note tone="info">Counted just now. Nothing is saved yet.</Note>}
      {preview.missing.length > 0 && (
        <Note tone="warn">
          {preview.missing.map(({ name }) => name).join(', ')}:{' '}
          {preview.missing.length === 1 ? 'its price is' : 'their prices are'} still missing and counted as 0.
        </Note>
      )}
      <Figures
        label="Starting balances"
        figures={[
          { count: preview.exact, label: 'Owe exactly 0', note: 'if they change nothing' },
          { count: preview.credit, label: 'Start with credit', note: 'to spend on add-ons' },
          { count: preview.owing, label: 'Owe something', note: 'each with its reason below', marked: preview.owing > 0 },
          { count: preview.waiting, label: 'Wait', note: 'for the platform’s money' },
        ]}
      />
      {preview.not_served > 0 && (
        <Note tone="warn">
          {plural(preview.not_served, 'backer lives', 'backers live')} in a country that you do not ship to.
        </Note>
      )}
      {preview.groups.length > 0 && <Groups campaign={campaign} groups={preview.groups} />}
      {preview.mismatched.total > 0 && <Mismatches campaign={campaign} mismatched={preview.mismatched} paged={paged} />}
    </section>
  )
}

function Groups({ campaign, groups }: { campaign: Props['campaign']; groups: StartingGroup[] }) {
  return (
    <Sheet title="Why" body="flush">
      <Table caption="Backers by where they start, and why">
        <thead>
          <tr>
            <Head number>Backers</Head>
            <Head>Start</Head>
            <Head>Why</Head>
            <Head number>Together, {campaign.currency}</Head>
            <Head>For example</Head>
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <tr key={`${group.outcome} ${group.reason}`}>
              <td className="number">
                <Count of={group.count} />
              </td>
              <td>{OUTCOMES[group.outcome]}</td>
              <td className="wraps">{startingSentence(group.reason)}</td>
              <td className="number">
                <Amount minor={group.amount} currency={campaign.currency} />
              </td>
              <td>
                {group.sample_backer_ids[0] && (
                  <Link to={paths.backer(campaign.id, group.sample_backer_ids[0])}>one of them</Link>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Sheet>
  )
}

function Mismatches({
  campaign,
  mismatched,
  paged,
}: {
  campaign: Props['campaign']
  mismatched: PledgePricesPreview['mismatched']
  paged: boolean
}) {
  const amount = (minor: number) => <Amount minor={minor} currency={campaign.currency} />
  return (
    <Sheet title={`${plural(mismatched.total, 'pledge does', 'pledges do')} not add up`} body="flush">
      <p className="pad meta">
        Level, add-ons, shipping and bonus are not the amount pledged. A price may be wrong, or the pledge is older than it.
      </p>
      <Table caption="Pledges whose parts are not the amount">
        <thead>
          <tr>
            <Head>Backer</Head>
            <Head number>Level</Head>
            <Head number>Add-ons</Head>
            <Head number>Shipping</Head>
            <Head number>Bonus</Head>
            <Head number>Parts</Head>
            <Head number>Pledge</Head>
            <Head number>Difference, {campaign.currency}</Head>
          </tr>
        </thead>
        <tbody>
          {mismatched.data.map((row: PledgeMismatch) => (
            <tr key={row.backer_id}>
              <td className="wraps">
                <Link className="row-link" to={paths.backer(campaign.id, row.backer_id)}>
                  <bdi>{row.name}</bdi>
                </Link>
              </td>
              <td className="number">{amount(row.level_price)}</td>
              <td className="number">{amount(row.addons_price)}</td>
              <td className="number">{amount(row.shipping)}</td>
              <td className="number">{row.bonus === null ? 'none' : amount(row.bonus)}</td>
              <td className="number">{amount(row.expected)}</td>
              <td className="number">{amount(row.pledge_amount)}</td>
              <td className="number">{amount(row.difference)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
      {paged && (
        <Pages
          older_to={mismatched.next_cursor ? withQuery(paths.prices(campaign.id), { after: mismatched.next_cursor }) : null}
        />
      )}
    </Sheet>
  )
}
