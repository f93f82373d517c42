import type { OrderStatus } from '../../domain/orders/lifecycle.ts'
import { paths } from '../paths.ts'
import { Button } from '../ui/button.tsx'
import { Menu } from '../ui/disclosure.tsx'

/** What can be done with ticked orders, in the order of the lifecycle. */
const ACTS = {
  lock: { label: 'Lock…', to: deed('lock') },
  unlock: { label: 'Unlock…', to: deed('unlock') },
  charge: { label: 'Charge…', to: paths.new_charge },
  nothing_owed: { label: 'Mark as paid…', to: deed('nothing_owed') },
  finalize: { label: 'Finalize…', to: deed('finalize_address') },
  reopen: { label: 'Reopen…', to: deed('reopen_address') },
  hand_over: { label: 'Hand over…', to: paths.shipping },
  ship: { label: 'Mark as shipped…', to: deed('ship') },
  tracking_mails: { label: 'Tracking mails…', to: paths.tracking_mails },
  undo_ship: { label: 'Undo shipping…', to: deed('undo_ship') },
  hold: { label: 'Hold…', to: deed('hold') },
  release: { label: 'Release…', to: deed('release') },
  cancel: { label: 'Cancel…', to: deed('cancel') },
} as const
type Act = keyof typeof ACTS

/** What stands on the bar itself, the loudest first; everything else is under More. */
const FIRST: Record<OrderStatus | 'mixed', readonly Act[]> = {
  open: ['lock', 'hold'],
  locked: ['charge', 'unlock', 'hold'],
  errored: ['charge', 'unlock', 'hold'],
  paid: ['finalize', 'unlock', 'hold'],
  ready_to_ship: ['ship', 'hand_over', 'reopen'],
  shipped: ['tracking_mails', 'undo_ship'],
  canceled: ['lock', 'finalize'],
  mixed: ['lock', 'charge', 'finalize', 'ship'],
}

/** The acts of the orders' selection bar; `status` is the one the list is filtered by. */
export function OrderActs({ campaign_id, status }: { campaign_id: string; status: OrderStatus | null }) {
  const first = FIRST[status ?? 'mixed']
  const rest = (Object.keys(ACTS) as Act[]).filter((act) => !first.includes(act))
  const button = (act: Act, variant: 'primary' | 'outlined') => (
    <Button key={act} variant={variant} formAction={ACTS[act].to(campaign_id)}>
      {ACTS[act].label}
    </Button>
  )
  return (
    <>
      {first.map((act, index) => button(act, index === 0 ? 'primary' : 'outlined'))}
      <Menu label="More" up>
        {rest.map((act) => button(act, 'outlined'))}
      </Menu>
    </>
  )
}

function deed(name: string) {
  return (campaign_id: string) => paths.orders_transition(campaign_id, name)
}
