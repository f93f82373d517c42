import { Link } from 'react-router'
import { paths } from '../paths.ts'
import { Amount, Count } from '../ui/numbers.tsx'
import { Head, Table } from '../ui/table.tsx'

interface Campaign {
  id: string
  currency: string
}
interface Held {
  id: string
  name: string
  quantity: number
}

interface ItemRow {
  id: string
  name: string
  kind: 'physical' | 'digital'
  skus: { id: string; code: string; option_name: string; weight_g: number | null }[]
}

/** Items with their SKUs. */
export function ItemsTable({ campaign, rows }: { campaign: Campaign; rows: readonly ItemRow[] }) {
  return (
    <Table caption="Items">
      <thead>
        <tr>
          <Head>Item</Head>
          <Head>Options and SKUs</Head>
          <Head number>Weight, g</Head>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id} data-row>
            <td className="wraps">
              <EntryLink to={paths.catalog_part(campaign.id, 'items', row.id)} name={row.name} />
              {row.kind === 'digital' && <span className="row-small"> digital</span>}
            </td>
            <td className="wraps">
              {row.skus.map((sku) => (
                <div key={sku.id}>
                  {sku.option_name !== '' && (
                    <>
                      <bdi>{sku.option_name}</bdi>{' '}
                    </>
                  )}
                  <bdi className="row-small">{sku.code}</bdi>
                </div>
              ))}
            </td>
            <td className="number">
              {row.skus.map((sku) => (
                <div key={sku.id}>{sku.weight_g === null ? '–' : <Count of={sku.weight_g} />}</div>
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

interface LevelRow {
  id: string
  name: string
  price: number | null
  contents: Held[]
}

export function LevelsTable({ campaign, rows }: { campaign: Campaign; rows: readonly LevelRow[] }) {
  return (
    <Table caption="Pledge levels">
      <thead>
        <tr>
          <Head>Level</Head>
          <Head>Holds</Head>
          <Head number>Price, {campaign.currency}</Head>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id} data-row>
            <td className="wraps">
              <EntryLink to={paths.catalog_part(campaign.id, 'levels', row.id)} name={row.name} />
            </td>
            <td className="wraps">
              <Holds contents={row.contents} />
            </td>
            <td className="number">
              {row.price === null ? 'not said yet' : <Amount minor={row.price} currency={campaign.currency} />}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

interface AddonRow {
  id: string
  name: string
  price: number
  limit_per_backer: number | null
  stock: number | null
  held: number
  offered: boolean
  contents: Held[]
}

export function AddonsTable({ campaign, rows }: { campaign: Campaign; rows: readonly AddonRow[] }) {
  return (
    <Table caption="Add-ons">
      <thead>
        <tr>
          <Head>Add-on</Head>
          <Head>Holds</Head>
          <Head number>Limit</Head>
          <Head number>Left</Head>
          <Head number>Price, {campaign.currency}</Head>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id} data-row>
            <td className="wraps">
              <EntryLink to={paths.catalog_part(campaign.id, 'addons', row.id)} name={row.name} />
              {!row.offered && <span className="row-small"> not offered</span>}
            </td>
            <td className="wraps">
              <Holds contents={row.contents} />
            </td>
            <td className="number">{row.limit_per_backer === null ? 'none' : <Count of={row.limit_per_backer} />}</td>
            <td className="number">
              {row.stock === null ? (
                'no limit'
              ) : (
                <>
                  <Count of={Math.max(0, row.stock - row.held)} /> of <Count of={row.stock} />
                </>
              )}
            </td>
            <td className="number">
              <Amount minor={row.price} currency={campaign.currency} />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

interface RegionRow {
  id: string
  name: string
  kind: 'countries' | 'everywhere_else'
  served: boolean
  countries: string[]
  /** what its levels cost to send, in minor units */
  fees: number[]
  /** how many add-ons have a fee of their own */
  addon_fees: number
}

const MOST_COUNTRIES = 8

export function RegionsTable({ campaign, rows }: { campaign: Campaign; rows: readonly RegionRow[] }) {
  return (
    <Table caption="Shipping regions">
      <thead>
        <tr>
          <Head>Region</Head>
          <Head>Countries</Head>
          <Head number>Fee, {campaign.currency}</Head>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id} data-row>
            <td className="wraps">
              <EntryLink to={paths.catalog_part(campaign.id, 'shipping', row.id)} name={row.name} />
            </td>
            <td className="wraps">{row.kind === 'everywhere_else' ? 'Everywhere else' : listed(row.countries)}</td>
            <td className="number">
              {row.served ? <Fees fees={row.fees} currency={campaign.currency} /> : 'We do not ship there'}
              {row.served && row.addon_fees > 0 && <span className="row-small">, more for add-ons</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function Fees({ fees, currency }: { fees: readonly number[]; currency: string }) {
  const least = Math.min(...fees)
  const most = Math.max(...fees)
  if (fees.length === 0) return 'none'
  return (
    <>
      <Amount minor={least} currency={currency} />
      {most > least && (
        <>
          {' to '}
          <Amount minor={most} currency={currency} />
        </>
      )}
    </>
  )
}

function listed(names: readonly string[]): string {
  const more = names.length - MOST_COUNTRIES
  return new Intl.ListFormat('en').format(more > 1 ? [...names.slice(0, MOST_COUNTRIES), `${more} more`] : names)
}

interface QuestionRow {
  id: string
  prompt: string
  kind: 'text' | 'choice'
  choices: string[]
  required: boolean
  /** null: asked of every backer */
  level: string | null
}

export function QuestionsTable({ campaign, rows }: { campaign: Campaign; rows: readonly QuestionRow[] }) {
  return (
    <Table caption="Questions">
      <thead>
        <tr>
          <Head>Question</Head>
          <Head>Answered with</Head>
          <Head>Asked of</Head>
          <Head>Required</Head>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id} data-row>
            <td className="wraps">
              <EntryLink to={paths.catalog_part(campaign.id, 'questions', row.id)} name={row.prompt} />
            </td>
            <td className="wraps">{row.kind === 'text' ? 'Words' : <bdi>{row.choices.join(' · ')}</bdi>}</td>
            <td className="wraps">{row.level === null ? 'Every backer' : <bdi>{row.level}</bdi>}</td>
            <td>{row.required ? 'Yes' : 'No'}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function Holds({ contents }: { contents: readonly Held[] }) {
  if (contents.length === 0) return 'Nothing yet'
  return contents.map((row, index) => (
    <span key={row.id}>
      {index > 0 && ', '}
      {row.quantity > 1 && `${row.quantity} × `}
      <bdi>{row.name}</bdi>
    </span>
  ))
}

function EntryLink({ to, name }: { to: string; name: string }) {
  return (
    <Link className="row-link" data-open to={to}>
      <bdi>{name}</bdi>
    </Link>
  )
}
