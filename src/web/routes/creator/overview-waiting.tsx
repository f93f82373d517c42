import { ArrowRight, CircleHelp, CirclePause, Hourglass, MailWarning, MapPin, Scale } from 'lucide-react'
import { ORDER_STATUSES } from '../../../domain/orders/lifecycle.ts'
import { actionText } from '../../../lib/action-text.ts'
import { WaitingList } from '../../components/lifecycle-picture.tsx'
import { paths } from '../../paths.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { countText, plural } from '../../ui/numbers.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { Time } from '../../ui/time.tsx'
import type { Route } from './+types/overview'
import { STEPS } from './overview-next.tsx'

type Facts = Route.ComponentProps['loaderData']

/** What needs a person. */
export function Waiting({ campaign, counts, notices, bounced, reported, requests, charging, discrepancies, actions }: Facts) {
  const held = ORDER_STATUSES.reduce((sum, status) => sum + (status === 'canceled' ? 0 : counts.orders[status].on_hold), 0)
  const rows = [
    ...notices.map((notice) => ({
      id: notice.id,
      sign: <Icon of={Hourglass} />,
      title: `A notice runs: ${plural(notice.waiting, 'order', 'orders')}`,
      note: (
        <>
          The clock {notice.kind === 'lock' ? 'locks them' : 'finalizes their addresses'} on{' '}
          <Time at={notice.due_at} as="moment" />
        </>
      ),
      action: <ButtonLink to={paths.notice(campaign.id, notice.id)}>See the notice</ButtonLink>,
    })),
    ...chargingRows({ campaign, charging, discrepancies, requests }),
    ...laterRows(campaign, actions),
    ...waitingRow(
      reported > 0,
      'reported',
      CirclePause,
      `${plural(reported, 'pledge', 'pledges')} withdrawn on the platform`,
      'The report says canceled, refunded or disputed; cancel their orders, or release them',
      {
        label: 'Show them',
        to: paths.orders(campaign.id, { pledge: ['canceled', 'refunded', 'disputed'] }),
      },
    ),
    ...waitingRow(
      held > 0,
      'held',
      CirclePause,
      `${plural(held, 'order', 'orders')} on hold`,
      'Not locked, charged or shipped until released',
      {
        label: 'Show them',
        to: paths.orders(campaign.id, { hold: 'yes' }),
      },
    ),
    ...waitingRow(
      counts.surveys.waiting > 0,
      'waiting',
      Hourglass,
      `${plural(counts.surveys.waiting, 'pledge waits', 'pledges wait')} for the platform’s money`,
      'A later report decides, or you do',
      {
        label: 'Show them',
        to: paths.backers(campaign.id, { survey: 'waiting' }),
      },
    ),
    ...waitingRow(
      bounced > 0,
      'bounced',
      MailWarning,
      `${plural(bounced, 'mail address', 'mail addresses')} bounced`,
      'These backers get no mail until it is corrected',
      {
        label: 'Show them',
        to: paths.backers(campaign.id, { mail: 'bounced' }),
      },
    ),
  ]
  return (
    <Sheet title="Waiting for you" body={rows.length > 0 ? 'flush' : 'padded'}>
      {rows.length > 0 ? (
        <WaitingList entries={rows} />
      ) : (
        <p>{actions.length > 0 ? 'Nothing besides the next step above.' : 'Nothing needs a person now.'}</p>
      )}
    </Sheet>
  )
}

/** Actions behind the loudest one, but for those that have a row of their own here. */
const OWN_ROWS: ReadonlySet<string> = new Set(['answer_requests', 'look_at_holds'])

function laterRows({ id, currency }: Facts['campaign'], actions: Facts['actions']) {
  return actions.slice(1).flatMap((action) => {
    const { title, button, to } = STEPS[action.code]
    const name = `${title.slice(0, 1).toUpperCase()}${title.slice(1)}`
    return waitingRow(!OWN_ROWS.has(action.code), action.code, ArrowRight, name, actionText(action, currency), {
      label: button,
      to: to(id),
    })
  })
}

function waitingRow(
  shown: boolean,
  id: string,
  icon: typeof Hourglass,
  title: string,
  note: string,
  link: { label: string; to: string },
) {
  return shown ? [{ id, sign: <Icon of={icon} />, title, note, action: <ButtonLink to={link.to}>{link.label}</ButtonLink> }] : []
}

const PAUSED: Readonly<Record<string, string>> = {
  gateway_refused_keys: 'The gateway refused our keys',
  right_missing: 'The key lacks a right at the gateway',
  gateway_silent: 'The gateway does not answer; it goes on by itself once it does',
}

/** Where the gateway differs, charges that stand still, and backers who wait for an answer. */
function chargingRows({
  campaign,
  charging,
  discrepancies,
  requests,
}: Pick<Facts, 'campaign' | 'charging' | 'discrepancies' | 'requests'>) {
  return [
    ...waitingRow(
      discrepancies > 0,
      'discrepancies',
      Scale,
      discrepancies === 1
        ? 'The gateway and the books differ about one payment'
        : `The gateway and the books differ about ${countText(discrepancies)} payments`,
      'Their orders are not charged or shipped until you decide',
      { label: 'Decide', to: paths.discrepancies(campaign.id) },
    ),
    ...waitingRow(
      charging.paused !== null,
      'paused',
      CirclePause,
      'A charge run is paused',
      PAUSED[charging.pause_code ?? ''] ?? 'No further card is charged until it goes on',
      { label: 'See the run', to: charging.paused ? paths.charge(campaign.id, charging.paused) : paths.charges(campaign.id) },
    ),
    ...waitingRow(
      charging.unknown > 0,
      'unknown',
      CircleHelp,
      charging.unknown === 1 ? 'One charge has no answer yet' : `${countText(charging.unknown)} charges have no answer yet`,
      'We ask the gateway every minute; nothing is charged again meanwhile',
      charging.sample
        ? { label: 'See the order', to: paths.order(campaign.id, charging.sample) }
        : { label: 'See the charges', to: paths.charges(campaign.id) },
    ),
    ...waitingRow(
      requests > 0,
      'requests',
      MapPin,
      requests === 1 ? '1 backer asks to change a final address' : `${countText(requests)} backers ask to change a final address`,
      'Approve or decline before the parcel is made',
      { label: 'Decide', to: paths.requests(campaign.id) },
    ),
  ]
}
