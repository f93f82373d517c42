import type { OwnThings } from '../factories/two-owners.ts'

/** A body that each route takes, so that what refuses a stranger is who they are and not what they sent. */
export function bodyOf(operation: string, things: OwnThings): unknown {
  const bodies = bodiesOf(things)
  if (!(operation in bodies)) throw new Error(`${operation} is new: give stranger-bodies.ts a body for it, or null for none`)
  return bodies[operation] ?? undefined
}

const reason = 'because'

function bodiesOf({ item, level, order, discrepancy }: OwnThings): Record<string, unknown> {
  const address = {
    name: 'Eve',
    line1: 'Musterstraße 7',
    line2: '',
    sublocality: '',
    city: 'Berlin',
    region: '',
    postcode: '10115',
    country: 'DE',
    phone: '',
    delivery_notes: '',
  }
  const addon = { name: 'Eve’s add-on', price: 100, items: [{ item_id: item, quantity: 1 }] }
  const selection = { ids: [order] }
  const prices = { levels: { [level]: 8900 }, addons: {}, bonus_spendable: true }
  return {
    changeCampaign: { name: 'Taken over' },
    createItem: { name: 'Eve’s item', skus: [{ option_name: '' }] },
    createLevel: { name: 'Eve’s level', items: [] },
    createAddon: addon,
    createRegion: { name: 'Eve’s region', kind: 'countries', countries: ['FR'] },
    createQuestion: { prompt: 'Eve’s question', kind: 'text' },
    changeItem: { name: 'Eve’s item', skus: [{ option_name: '' }] },
    changeLevel: { name: 'Eve’s level', items: [] },
    changeAddon: addon,
    changeRegion: { name: 'Eve’s region', kind: 'countries', countries: ['FR'] },
    changeQuestion: { prompt: 'Eve’s question', kind: 'text' },
    previewPledgePrices: prices,
    savePledgePrices: prices,
    uploadImport: 'nothing of a report',
    applyImport: null,
    discardImport: null,
    correctBacker: { name: 'Eve', reason },
    saveBackerNote: { note: 'Eve was here' },
    withdrawPledge: { reason },
    decidePledge: { decision: 'collected', reason },
    resendLink: { reason },
    revokeLink: { reason },
    sendSurveys: {},
    remindFailedPayments: { dry_run: true },
    remindOn: { date: null },
    remindBackers: {},
    askPaymentMethod: {},
    saveSurvey: { data: { country: 'FR' } },
    confirmSurvey: { data: { country: 'FR' } },
    changeOrder: { data: { country: 'FR' } },
    changeOrderAddress: { address },
    settleOrderOutside: { amount: 1, how: 'waived', reason },
    refundOrder: { amount_off: 100, to_card: 100, reason },
    transitionOrders: { name: 'cancel', selection, reason },
    holdOrders: { selection, reason },
    releaseOrders: { selection, reason },
    startChargeRun: {},
    pauseChargeRun: null,
    resumeChargeRun: null,
    stopChargeRun: null,
    chargeOrder: null,
    decideDiscrepancies: { ids: [discrepancy], resolution: 'noted', reason },
    waiveSmallBalances: { reason },
    moveNotice: { due_at: '2099-01-01T00:00:00Z' },
    withdrawNotice: null,
    saveStockOnHand: { skus: {} },
    requestOrderChange: { address },
    approveChangeRequest: {},
    declineChangeRequest: {},
    withdrawChangeRequest: null,
    changeShipment: { carrier: 'Eve’s carts' },
    sendTrackingMails: { selection },
    uploadTrackingFile: 'Order number,Tracking number\n1,EVE-1\n',
    applyTrackingFile: null,
    discardTrackingFile: null,
  }
}
