import { expect, test } from 'vitest'
import { isWebAddress, trackingLink } from './tracking-link.ts'

const parcel = (carrier: string, tracking_number: string, tracking_url = '') => ({ carrier, tracking_number, tracking_url })

test.each([
  ['DHL', 'dhl.com'],
  ['DHL Paket', 'dhl.com'],
  ['Deutsche Post', 'dhl.com'],
  ['dhl_ecommerce', 'dhlecs.com'],
  ['UPS', 'ups.com'],
  ['USPS', 'usps.com'],
  ['FedEx Ground', 'fedex.com'],
  ['Royal Mail', 'royalmail.com'],
  ['DPD UK', 'dpdgroup.com'],
  ['GLS', 'gls-group.com'],
  ['Evri', 'evri.com'],
  ['Hermes', 'myhermes.de'],
  ['PostNL', 'postnl.nl'],
  ['La Poste', 'laposte.fr'],
  ['Colissimo', 'laposte.fr'],
  ['Canada Post', 'canadapost-postescanada.ca'],
  ['Australia Post', 'auspost.com.au'],
  ['Japan Post', 'japanpost.jp'],
  ['Österreichische Post', 'post.at'],
])('%s leads to %s', (carrier, host) => {
  const link = trackingLink(parcel(carrier, 'AB 12/3'))
  expect(new URL(link ?? '').hostname.endsWith(host)).toBe(true)
  expect(link).toContain(encodeURIComponent('AB12/3'))
})

test('the address that was given counts more; a carrier nobody knows, or no number, leads nowhere', () => {
  expect(trackingLink(parcel('UPS', '1Z', 'https://parcels.example/1Z'))).toBe('https://parcels.example/1Z')
  expect(trackingLink(parcel('Own van', '7'))).toBeNull()
  expect(trackingLink(parcel('UPS', ' '))).toBeNull()
  expect(trackingLink(parcel('UPS', '1Z', 'javascript:alert(1)'))).toBeNull()
})

test('only whole addresses of the web are such', () => {
  for (const text of ['https://a.example/x?y=1', 'http://a.example']) expect(isWebAddress(text), text).toBe(true)
  for (const text of [
    'a.example',
    'javascript:alert(1)',
    'https:a.example',
    'https://',
    'ftp://a.example',
    'https://u:p@a.example',
    'data:text/html,x',
  ])
    expect(isWebAddress(text), text).toBe(false)
})
