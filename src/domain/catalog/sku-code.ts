/**
 * A code for a SKU from the names people gave: "Metal Coins, set of 30" with option "Blue, XL" is METAL-COINS-SET-OF-30-BLUE-XL. A number
 * is added where the code is taken already. Names without Latin letters or digits give SKU.
 */
export function makeSkuCode(item_name: string, option_name: string, taken: ReadonlySet<string>): string {
  const base = slug(`${item_name} ${option_name}`).slice(0, 50).replace(/-+$/, '') || 'SKU'
  if (!taken.has(base)) return base
  for (let n = 2; ; n++) if (!taken.has(`${base}-${n}`)) return `${base}-${n}`
}

function slug(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toUpperCase()
}
