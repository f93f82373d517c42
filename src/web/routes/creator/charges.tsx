import { Link } from 'react-router'
import { previewChargeRun } from '../../../domain/payments/charge-run-preview.ts'
import { type ListedRun, listChargeRuns } from '../../../domain/payments/charge-run-queries.ts'
import { isChargingSetUp } from '../../../domain/payments/charging.ts'
import { countFailedPayments, type FailedPayments } from '../../../domain/payments/failed-payments.ts'
import { previewWaive } from '../../../domain/payments/waive-small-balances.ts'
import { countExpiringCards } from '../../../domain/payments/warn-expiring.ts'
import { findOutages } from '../../../domain/shared/find-outages.ts'
import { afterDecline, reasonTitle } from '../../../lib/charge-text.ts'
import { NotSetUp, RunUnderWay } from '../../components/charge-notes.tsx'
import { RUN_STATE } from '../../components/charge-words.ts'
import { HowThisWorks } from '../../components/how-this-works.tsx'
import { Outages } from '../../components/outages.tsx'
import { paths } from '../../paths.ts'
import { orRefusalPage } from '../../session.server.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Amount, Count, countText, Money, plural } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet, Sheets } from '../../ui/sheet.tsx'
import { Empty } from '../../ui/states.tsx'
import { Head, Pages, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import type { Route } from './+types/charges'
import { requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { deps, actor, campaign, now } = await requireCampaign(args)
  const { db } = deps
  const cursor = new URL(args.request.url).searchParams.get('cursor') ?? undefined
  const everything = { campaign_id: campaign.id, selection: { filter: {} } }
  return {
    campaign: { id: campaign.id, name: campaign.name, currency: campaign.currency, mode: campaign.mode },
    charge_on: campaign.charge_on,
    expiring: await countExpiringCards(db, campaign),
    preview: await previewChargeRun(db, actor, { ...everything, retry_errored: false }, now),
    failed: await countFailedPayments(db, campaign.id),
    small: await previewWaive(db, actor, everything),
    is_set_up: await isChargingSetUp(db, campaign),
    outages: (await findOutages(db, { campaign, smtp: deps.mailer !== null }, now)).filter(({ code }) =>
      code.startsWith('gateway'),
    ),
    gateway: typeof deps.config.gateway === 'string' ? deps.config.gateway : 'stripe',
    is_first: cursor === undefined,
    runs: await orRefusalPage(listChargeRuns(db, campaign.id, { cursor, limit: 20 })),
  }
}

type Props = Route.ComponentProps['loaderData']

export default function Charges({ loaderData }: Route.ComponentProps) {
  const { campaign, preview, runs, is_set_up, is_first, failed, small } = loaderData
  const underWay = preview.run_under_way
  const title = 'Charges'
  return (
    <>
      <title>{`${title} · ${campaign.name}`}</title>
      <PageHead
        title={title}
        facts={
          <>
            <Planned {...loaderData} />
            {`Cards are charged only when you start a run. ${gatewayText(loaderData)}`}
          </>
        }
        help={<HowThisWorks act="charging" />}
        actions={<Primary {...loaderData} />}
      />
      {!is_set_up && <NotSetUp mode={campaign.mode} />}
      <Outages campaign_id={campaign.id} outages={loaderData.outages} />
      {underWay && <RunUnderWay to={paths.charge(campaign.id, underWay)} />}
      <Sheets columns="halves">
        <div className="sheets">
          <Chargeable {...loaderData} />
          {small.orders > 0 && <SmallBalances campaign={campaign} small={small} />}
        </div>
        <Failed campaign={campaign} failed={failed} />
      </Sheets>
      <Sheet title="Runs" body={runs.data.length > 0 ? 'flush' : 'padded'}>
        {runs.data.length > 0 ? (
          <Runs campaign={campaign} runs={runs.data} />
        ) : (
          <Empty title="No card was charged yet">Each run is listed here with what came of it.</Empty>
        )}
        <Pages
          newer_to={is_first ? null : paths.charges(campaign.id)}
          older_to={runs.next_cursor ? paths.charges(campaign.id, { cursor: runs.next_cursor }) : null}
        />
      </Sheet>
    </>
  )
}

/** Who charges them. */
function gatewayText({ gateway, campaign }: Props): string {
  if (campaign.mode === 'live') return 'Real cards are charged, and money moves.'
  return gateway === 'simulator'
    ? 'A simulator stands in for Stripe, so no money moves.'
    : 'Stripe charges its test cards only, so no money moves.'
}

/** The day that was named in the settings, and whose cards are over by then. */
function Planned({ charge_on, expiring }: Props) {
  if (charge_on === null) return null
  return (
    <>
      Planned for <Time at={charge_on} as="day" />.{' '}
      {expiring
        ? `${plural(expiring, 'card expires', 'cards expire')} before that: 14 days ahead their backers are mailed. `
        : null}
    </>
  )
}

/** The one loud button: the run under way, or the next one; none where nothing can be charged. */
function Primary({ campaign, preview, is_set_up }: Props) {
  const { charge, nothing_owed, run_under_way } = preview
  if (run_under_way) {
    return (
      <ButtonLink to={paths.charge(campaign.id, run_under_way)} variant="primary">
        See the run
      </ButtonLink>
    )
  }
  if (charge.orders + nothing_owed === 0) return null
  return (
    <ButtonLink
      to={paths.new_charge(campaign.id)}
      variant="primary"
      disabled_reason={is_set_up ? null : 'Charging is not set up.'}
      reason_as="description"
    >
      {charge.orders > 0 ? `Charge ${plural(charge.orders, 'card', 'cards')}…` : `Mark ${countText(nothing_owed)} as paid…`}
    </ButtonLink>
  )
}

/** What a run over everything that is locked would do now. */
function Chargeable({ campaign, preview }: Props) {
  const { charge, nothing_owed, left, total } = preview
  const staying = left.reduce((sum, one) => sum + one.count, 0)
  return (
    <Sheet title="Can be charged now" aside={<Link to={paths.orders(campaign.id, { status: 'locked' })}>Locked orders</Link>}>
      {total === 0 ? (
        <p>Nothing is locked down. Once orders are locked, what they owe can be charged here.</p>
      ) : (
        <>
          <p>
            <b className="voice charge-percent">
              <Money minor={charge.amount} currency={campaign.currency} />
            </b>{' '}
            on {plural(charge.orders, 'card', 'cards')}
          </p>
          {nothing_owed > 0 && (
            <p>
              {plural(nothing_owed, 'order owes nothing and becomes', 'orders owe nothing and become')} paid without asking a
              card.
            </p>
          )}
          {staying > 0 && (
            <p>
              {plural(staying, 'order', 'orders')} cannot be charged now.{' '}
              <Link to={paths.new_charge(campaign.id)}>See why, and what to do</Link>
            </p>
          )}
        </>
      )}
    </Sheet>
  )
}

function SmallBalances({ campaign, small }: Pick<Props, 'campaign' | 'small'>) {
  return (
    <Sheet
      title="Too small to charge"
      aside={<Link to={paths.waive(campaign.id)}>Waive {plural(small.orders, 'small balance', 'small balances')}…</Link>}
    >
      <p>
        {plural(small.orders, 'order owes', 'orders owe')} less than a card can be charged,{' '}
        <Money minor={small.amount} currency={campaign.currency} /> in all. Once that is waived, what owes nothing becomes paid.
      </p>
    </Sheet>
  )
}

/** What failed and is not mended, by reason, with the money at stake. */
function Failed({ campaign, failed }: { campaign: Props['campaign']; failed: FailedPayments }) {
  if (failed.orders === 0) {
    return (
      <Sheet title="Failed payments">
        <p>No payment has failed, or all that did are mended.</p>
      </Sheet>
    )
  }
  return (
    <Sheet title="Failed payments" aside={<Link to={paths.failed_payments(campaign.id)}>What happens next</Link>} body="flush">
      <Table caption="Errored orders by reason">
        <thead>
          <tr>
            <Head>Reason</Head>
            <Head number>Orders</Head>
            <Head number>Owed, {campaign.currency}</Head>
            <Head>Then</Head>
          </tr>
        </thead>
        <tbody>
          {failed.by_code.map((one) => (
            <tr key={one.code}>
              <td className="wraps">
                <Link to={paths.failed_payments(campaign.id, { failure: one.code })}>{reasonTitle('declined', one.code)}</Link>
              </td>
              <td className="number">
                <Count of={one.count} />
              </td>
              <td className="number">
                <Amount minor={one.amount} currency={campaign.currency} />
              </td>
              <td className="wraps">{afterDecline(one.code)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">
              <Link to={paths.failed_payments(campaign.id)}>All failed payments</Link>
            </th>
            <td className="number">
              <b>
                <Count of={failed.orders} />
              </b>
            </td>
            <td className="number">
              <b>
                <Amount minor={failed.amount} currency={campaign.currency} />
              </b>
            </td>
            <td />
          </tr>
        </tfoot>
      </Table>
    </Sheet>
  )
}

function Runs({ campaign, runs }: { campaign: Props['campaign']; runs: readonly ListedRun[] }) {
  return (
    <Table caption="Charge runs, newest first">
      <thead>
        <tr>
          <Head>Started</Head>
          <Head>State</Head>
          <Head number>Charged</Head>
          <Head number>Sum, {campaign.currency}</Head>
          <Head number>Failed</Head>
          <Head number>No answer yet</Head>
          <Head>By</Head>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.id} data-row>
            <td>
              <Link className="row-link" data-open to={paths.charge(campaign.id, run.id)}>
                <Time at={run.created_at} as="moment" />
              </Link>
            </td>
            <td>{RUN_STATE[run.state]}</td>
            <td className="number">
              <Count of={run.orders.succeeded} />
            </td>
            <td className="number">
              <Amount minor={run.amounts.succeeded} currency={campaign.currency} />
            </td>
            <td className="number">
              <Count of={run.orders.declined + run.orders.refused} />
            </td>
            <td className="number">
              <Count of={run.orders.unknown} />
            </td>
            <td>
              <bdi>{run.actor.name}</bdi>
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
