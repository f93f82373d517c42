/*
 * Where a parcel can be followed: the address that was given, else the carrier's own page for the number.
 */

export interface TrackedParcel {
  carrier: string
  tracking_number: string
  tracking_url: string
}

/** How a carrier is written, folded to letters and digits, with the page for a number. The first that fits counts. */
const CARRIERS: readonly [names: RegExp, page: (number: string) => string][] = [
  [/^(dhlecommerce|dhlecom)/, (n) => `https://webtrack.dhlecs.com/orders?trackingNumber=${n}`],
  [/^(dhl|deutschepost)/, (n) => `https://www.dhl.com/en/home/tracking.html?tracking-id=${n}`],
  [/^ups(?!ps)/, (n) => `https://www.ups.com/track?tracknum=${n}`],
  [/^(fedex|federalexpress)/, (n) => `https://www.fedex.com/fedextrack/?trknbr=${n}`],
  [/^(usps|uspostalservice|unitedstatespostal)/, (n) => `https://tools.usps.com/go/TrackConfirmAction?tLabels=${n}`],
  [/^(royalmail|parcelforce)/, (n) => `https://www.royalmail.com/track-your-item#/tracking-results/${n}`],
  [/^dpd/, (n) => `https://www.dpdgroup.com/nl/mydpd/my-parcels/track?parcelNumber=${n}`],
  [/^gls/, (n) => `https://gls-group.com/track/${n}`],
  [/^(evri|hermesuk|myhermes)/, (n) => `https://www.evri.com/track/parcel/${n}`],
  [/^hermes/, (n) => `https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation#${n}`],
  [/^(postnl|tntpost)/, (n) => `https://postnl.nl/en/receiving/parcel-tracking/track-and-trace?B=${n}`],
  [/^(laposte|colissimo|chronopost)/, (n) => `https://www.laposte.fr/outils/suivre-vos-envois?code=${n}`],
  [/^(canadapost|postescanada)/, (n) => `https://www.canadapost-postescanada.ca/track-reperage/en#/search?searchFor=${n}`],
  [/^(australiapost|auspost|startrack)/, (n) => `https://auspost.com.au/mypost/track/details/${n}`],
  [
    /^(japanpost|yubin|yupack)/,
    (n) => `https://trackings.post.japanpost.jp/services/srv/search/direct?locale=en&reqCodeNo1=${n}`,
  ],
  [/^(swisspost|lapostesuisse|dieschweizerischepost)/, (n) => `https://service.post.ch/ekp-web/ui/entry/search/${n}`],
  [/^(austrianpost|osterreichischepost|oesterreichischepost)/, (n) => `https://www.post.at/en/s/shipment-details?snr=${n}`],
  [/^(postnord)/, (n) => `https://tracking.postnord.com/en/?id=${n}`],
  [/^(anpost)/, (n) => `https://www.anpost.com/Post-Parcels/Track/History?item=${n}`],
  [/^(nzpost|newzealandpost)/, (n) => `https://www.nzpost.co.nz/tools/tracking?trackid=${n}`],
  [/^(inpost)/, (n) => `https://inpost.pl/sledzenie-przesylek?number=${n}`],
  [/^(bpost)/, (n) => `https://track.bpost.cloud/btr/web/#/search?itemCode=${n}`],
]

/** The page where a parcel can be followed, or null where nobody knows one. Guarantees an address of http or https. */
export function trackingLink(parcel: TrackedParcel): string | null {
  if (parcel.tracking_url !== '') return isWebAddress(parcel.tracking_url) ? parcel.tracking_url : null
  const number = parcel.tracking_number.replace(/\s+/g, '')
  if (number === '') return null
  const carrier = foldCarrier(parcel.carrier)
  const page = CARRIERS.find(([names]) => names.test(carrier))?.[1]
  return page ? page(encodeURIComponent(number)) : null
}

/** Whether a text is a whole address of the web: what a link may lead to. */
export function isWebAddress(text: string): boolean {
  if (!/^https?:\/\/[^\s/]/i.test(text) || !URL.canParse(text)) return false
  const { protocol, username, password } = new URL(text)
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === ''
}

/** "DHL Paket", "dhl_germany" and "Österreichische Post" as letters and digits alone. */
function foldCarrier(carrier: string): string {
  return carrier
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]/gu, '')
}
