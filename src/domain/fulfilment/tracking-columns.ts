/*
 * Which column of a tracking file is what. Headers are matched by their letters alone, never by position; columns that nobody knows are
 * left as they are, since warehouses send their own along.
 */

export const TRACKING_FIELDS = ['order', 'tracking_number', 'carrier', 'tracking_url'] as const
export type TrackingField = (typeof TRACKING_FIELDS)[number]

/** The head of the file that we offer, and what it is called in messages. */
export const TEMPLATE_COLUMNS: Record<TrackingField, string> = {
  order: 'Order number',
  carrier: 'Carrier',
  tracking_number: 'Tracking number',
  tracking_url: 'Tracking URL',
}

/** What the columns are called out there, as letters and digits; the first names are the surer ones. */
const NAMES: Record<TrackingField, readonly string[]> = {
  order: [
    'ordernumber',
    'order',
    'orderno',
    'ordernr',
    'ordernum',
    'orderid',
    'orderref',
    'orderreference',
    'reference',
    'shipmentreference',
    'customerreference',
    'merchantfulfillmentorderid',
    'displayableorderid',
  ],
  tracking_number: [
    'trackingnumber',
    'trackingno',
    'trackingnr',
    'trackingnum',
    'trackingcode',
    'trackingid',
    'tracking',
    'shipmenttrackingnumber',
    'parcelnumber',
    'consignmentnumber',
    'waybill',
    'waybillnumber',
    'awb',
    'barcode',
    'sendungsnummer',
  ],
  carrier: [
    'carrier',
    'carriercode',
    'carriername',
    'couriercode',
    'courier',
    'couriername',
    'shippingcarrier',
    'shipcarrier',
    'shippingcompany',
    'provider',
    'carrierservice',
  ],
  tracking_url: ['trackingurl', 'trackinglink', 'trackingpage', 'trackurl', 'url', 'link'],
}

export interface ColumnsFound {
  /** where each field stands */
  at: Partial<Record<TrackingField, number>>
  /** two columns that are the same field, by their names in the file */
  twice: { field: TrackingField; names: [string, string] } | null
}

/**
 * Finds the columns. Of a field's names the surest that is there counts, so that a file with "Order number" and "Reference" goes by the
 * order number; the same name twice is told.
 */
export function findTrackingColumns(header: readonly string[]): ColumnsFound {
  const folded = header.map(fold)
  const found: ColumnsFound = { at: {}, twice: null }
  for (const field of TRACKING_FIELDS) {
    const name = NAMES[field].find((each) => folded.includes(each))
    if (name === undefined) continue
    const first = folded.indexOf(name)
    const second = folded.indexOf(name, first + 1)
    found.at[field] = first
    if (second >= 0) found.twice ??= { field, names: [(header[first] ?? '').trim(), (header[second] ?? '').trim()] }
  }
  return found
}

/** "Order - Number", "order_number" and "Order #" as letters and digits: "#" is a number's sign. */
function fold(header: string): string {
  const letters = header
    .normalize('NFKC')
    .toLowerCase()
    .replace(/#/g, ' ')
    .replace(/[^\p{Letter}\p{Number}]/gu, '')
  return letters
}
