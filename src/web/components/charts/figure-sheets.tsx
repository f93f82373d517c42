import type { ReactNode } from 'react'
import { Link } from 'react-router'
import type { Figures } from '../../../domain/campaigns/figures.ts'
import { COUNTED_STATUSES } from '../../../domain/orders/lifecycle.ts'
import { reasonTitle } from '../../../lib/charge-text.ts'
import { countryName } from '../../../lib/country-name.ts'
import { paths } from '../../paths.ts'
import { Amount, Count, Money, plural } from '../../ui/numbers.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { Empty } from '../../ui/states.tsx'
import { Head, Table } from '../../ui/table.tsx'
import { BarRows } from './bar-rows.tsx'
import { ChartSheet } from './chart-sheet.tsx'
import { countriesFinding, failuresFinding, moneyFinding, percentText } from './figure-words.ts'

interface Campaign {
  id: string
  currency: string
}

const TOP_COUNTRIES = 8

interface MoneyRow {
  key: keyof Figures['money']
  name: string
  amount: number
  to: string | null
  part?: boolean
}

/** What was pledged, what was added here, and what became of it. */
export function MoneySheet({ campaign, money }: { campaign: Campaign; money: Figures['money'] }) {
  const { id, currency } = campaign
  if (money.pledged + money.added + money.credit === 0) {
    return (
      <Sheet title="Money">
        <Empty title="No money in orders yet">
          What was pledged, what backers add here, and how much of it is collected appears here with the first orders.
        </Empty>
      </Sheet>
    )
  }
  const row = (key: keyof Figures['money'], name: string, to: string | null, part = false): MoneyRow => ({
    key,
    name,
    amount: money[key],
    to,
    part,
  })
  const rows = [
    row('pledged', 'Pledged on the platform', paths.orders(id, { status: COUNTED_STATUSES })),
    row('added', 'Added here', null),
    row('collected', 'Collected from cards', paths.charges(id), true),
    row('settled', 'Paid elsewhere or waived', null, true),
    row('open', 'Still open', paths.orders(id, { status: COUNTED_STATUSES, balance: 'owed' }), true),
    row('credit', 'Credit of backers', paths.orders(id, { status: COUNTED_STATUSES, balance: 'credit' })),
    row('canceled_kept', 'Kept of canceled orders', paths.orders(id, { status: 'canceled' })),
  ].filter(({ key, amount }) => amount !== 0 || ['pledged', 'added', 'collected', 'open'].includes(key))
  const linked = ({ to }: MoneyRow, text: ReactNode) => (to ? <Link to={to}>{text}</Link> : text)
  return (
    <ChartSheet
      title="Money"
      name="Money pledged, added, collected and open"
      finding={moneyFinding(money, currency)}
      aside={<span>{currency}</span>}
      table={
        <Table caption={`Where the money stands, in ${currency}`} compact>
          <thead>
            <tr>
              <Head>What</Head>
              <Head number>Amount, {currency}</Head>
            </tr>
          </thead>
          <tbody>
            {rows.map((one) => (
              <tr key={one.key}>
                <th scope="row">{one.part ? `of that: ${one.name}` : one.name}</th>
                <td className="number">{linked(one, <Amount minor={one.amount} currency={currency} />)}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      }
    >
      <BarRows
        rows={rows.map((one) => ({
          key: one.key,
          name: one.name,
          size: one.amount,
          value: linked(one, <Amount minor={one.amount} currency={currency} />),
          ...(one.part ? { part: true } : {}),
        }))}
      />
    </ChartSheet>
  )
}

/** Orders by country: the largest by name, the others together. The table has them all. */
export function CountriesSheet({ campaign, countries }: { campaign: Campaign; countries: Figures['countries'] }) {
  if (countries.length === 0) {
    return (
      <Sheet title="Countries">
        <Empty title="No orders yet">Where orders go, country by country, appears here with the first of them.</Empty>
      </Sheet>
    )
  }
  const all = countries.reduce((sum, { orders }) => sum + orders, 0)
  const shown = countries.length > TOP_COUNTRIES + 1 ? countries.slice(0, TOP_COUNTRIES) : countries
  const rest = countries.slice(shown.length)
  const nameOf = (country: string | null) => (country === null ? 'No country' : countryName(country))
  const link = (of: Figures['countries']) => (
    <Link to={paths.orders(campaign.id, { country: of.map(({ country }) => country ?? 'none'), status: COUNTED_STATUSES })}>
      <Count of={of.reduce((sum, { orders }) => sum + orders, 0)} />
    </Link>
  )
  const rows = shown.map((one) => ({
    key: one.country ?? 'none',
    name: <bdi>{nameOf(one.country)}</bdi>,
    size: one.orders,
    value: link([one]),
  }))
  if (rest.length > 0) {
    const size = rest.reduce((sum, { orders }) => sum + orders, 0)
    const name = <>{plural(rest.length, 'other', 'others')}</>
    rows.push({ key: 'others', name, size, value: link(rest), ...{ tone: 'rest' as const } })
  }
  return (
    <ChartSheet
      title="Countries"
      name="Orders by country"
      finding={countriesFinding(countries)}
      table={
        <Table caption="Orders by country" compact>
          <thead>
            <tr>
              <Head>Country</Head>
              <Head number>Orders</Head>
              <Head number>Share</Head>
            </tr>
          </thead>
          <tbody>
            {countries.map((one) => (
              <tr key={one.country ?? 'none'}>
                <th scope="row">
                  <bdi>{nameOf(one.country)}</bdi>
                </th>
                <td className="number">{link([one])}</td>
                <td className="number">{percentText(one.orders, all)}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      }
    >
      <BarRows rows={rows} />
    </ChartSheet>
  )
}

/** Errored orders by reason: how many, and the money at stake. */
export function FailuresSheet({ campaign, failures }: { campaign: Campaign; failures: Figures['failures'] }) {
  const { id, currency } = campaign
  if (failures.orders === 0) {
    return (
      <Sheet title="Failed payments">
        <p>{failuresFinding(failures, currency)}</p>
      </Sheet>
    )
  }
  const count = (one: { code: string; count: number }) => (
    <Link to={paths.orders(id, { status: 'errored', failure: one.code })}>
      <Count of={one.count} />
    </Link>
  )
  return (
    <ChartSheet
      title="Failed payments"
      name="Errored orders by reason"
      finding={failuresFinding(failures, currency)}
      aside={
        <Link to={paths.orders(id, { status: 'errored' })}>See {plural(failures.orders, 'errored order', 'errored orders')}</Link>
      }
      table={
        <Table caption="Errored orders by reason" compact>
          <thead>
            <tr>
              <Head>Reason</Head>
              <Head number>Orders</Head>
              <Head number>Owed, {currency}</Head>
            </tr>
          </thead>
          <tbody>
            {failures.by_code.map((one) => (
              <tr key={one.code}>
                <th scope="row">{reasonTitle('declined', one.code)}</th>
                <td className="number">{count(one)}</td>
                <td className="number">
                  <Amount minor={one.amount} currency={currency} />
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      }
    >
      <BarRows
        rows={failures.by_code.map((one) => ({
          key: one.code,
          name: reasonTitle('declined', one.code),
          size: one.count,
          tone: 'failed' as const,
          value: (
            <>
              {count(one)} · <Money minor={one.amount} currency={currency} />
            </>
          ),
        }))}
      />
    </ChartSheet>
  )
}
