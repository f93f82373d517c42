import type { ActionFacts } from '../../../domain/orders/next-actions.ts'
import { formatMoney } from '../../../lib/money.ts'
import type { LifecyclePicture } from '../../components/lifecycle-picture.tsx'
import { paths } from '../../paths.ts'
import { countText, plural } from '../../ui/numbers.tsx'
import type { Route } from './+types/overview'

type Facts = Route.ComponentProps['loaderData']
type Counts = Facts['counts']
type PictureProps = Parameters<typeof LifecyclePicture>[0]

/** Where the orders are, each with its next sensible action and one fact. */
export function basins({
  campaign: { id, currency },
  counts: { surveys, orders, lock },
  charge,
  finalize,
}: Facts): PictureProps['basins'] {
  const out = surveys.sent + surveys.started
  return [
    {
      status: 'sent',
      count: out,
      to: paths.backers(id, { survey: ['sent', 'started'] }),
      ...(out > 0 ? { action: { label: `Remind ${countText(out)}…`, to: paths.survey_remind(id) } } : {}),
      fact: `${countText(surveys.sent)} not started, ${countText(surveys.started)} started`,
    },
    {
      status: 'open',
      count: orders.open.count,
      to: paths.orders(id, { status: 'open' }),
      ...(orders.open.count > 0 ? { action: { label: 'Preview lock…', to: paths.orders_transition(id, 'lock') } } : {}),
      fact: lockFact(lock),
    },
    {
      status: 'locked',
      count: orders.locked.count,
      to: paths.orders(id, { status: 'locked' }),
      ...(orders.locked.count > 0 ? { action: { label: 'Preview charge…', to: paths.new_charge(id) } } : {}),
      ...(charge.orders > 0
        ? { fact: `${formatMoney(charge.amount, currency)} on ${plural(charge.orders, 'card', 'cards')}` }
        : {}),
    },
    {
      status: 'paid',
      count: orders.paid.count,
      to: paths.orders(id, { status: 'paid' }),
      ...(orders.paid.count > 0
        ? { action: { label: 'Finalize addresses…', to: paths.finalize(id) }, fact: finalizeFact(finalize) }
        : {}),
    },
    {
      status: 'ready_to_ship',
      count: orders.ready_to_ship.count,
      to: paths.orders(id, { status: 'ready_to_ship' }),
      ...(orders.ready_to_ship.count > 0 ? { action: { label: 'Hand over…', to: paths.shipping(id) } } : {}),
    },
    { status: 'shipped', count: orders.shipped.count, to: paths.orders(id, { status: 'shipped' }) },
  ]
}

function finalizeFact({ moved, left }: ActionFacts['finalize']): string {
  const need = left.filter(({ code }) => code === 'address_invalid').reduce((sum, { count }) => sum + count, 0)
  const pass = `${countText(moved)} ${moved === 1 ? 'passes' : 'pass'}`
  return need > 0 ? `${pass}, ${countText(need)} need${need === 1 ? 's' : ''} a look` : pass
}

function lockFact({ can, payment_method_missing }: Counts['lock']): string {
  const verb = payment_method_missing === 1 ? 'lacks' : 'lack'
  const lacking = payment_method_missing > 0 ? `; ${countText(payment_method_missing)} ${verb} a payment method` : ''
  return `${countText(can)} can be locked${lacking}`
}

/** What hangs beside the way. */
export function sides(id: string, { orders }: Counts): PictureProps['sides'] {
  return [
    {
      status: 'errored',
      count: orders.errored.count,
      to: orders.errored.count > 0 ? paths.failed_payments(id) : paths.orders(id, { status: 'errored' }),
      ...(orders.errored.count > 0 ? { fact: 'see the reasons' } : {}),
    },
    { status: 'canceled', count: orders.canceled.count, to: paths.orders(id, { status: 'canceled' }), fact: 'out of all counts' },
  ]
}
