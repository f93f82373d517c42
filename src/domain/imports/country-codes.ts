/*
 * Countries as reports write them: mostly the ISO code, sometimes the English name.
 */

const codes = new Set(
  (
    'AC AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN ' +
    'CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN ' +
    'HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN ' +
    'MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE ' +
    'SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE ' +
    'YT ZA ZM ZW'
  ).split(' '),
)

const otherNames: Record<string, string> = {
  uk: 'GB',
  el: 'GR',
  'great britain': 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  'northern ireland': 'GB',
  usa: 'US',
  'united states of america': 'US',
  'czech republic': 'CZ',
  turkey: 'TR',
  'korea, republic of': 'KR',
  'republic of korea': 'KR',
  'south korea': 'KR',
  'russian federation': 'RU',
  'viet nam': 'VN',
  'hong kong': 'HK',
  macau: 'MO',
  macao: 'MO',
  'the netherlands': 'NL',
  holland: 'NL',
  macedonia: 'MK',
  'ivory coast': 'CI',
  burma: 'MM',
  swaziland: 'SZ',
  'cape verde': 'CV',
  'taiwan, province of china': 'TW',
  'iran, islamic republic of': 'IR',
  'moldova, republic of': 'MD',
  'bolivia, plurinational state of': 'BO',
  'venezuela, bolivarian republic of': 'VE',
  'tanzania, united republic of': 'TZ',
  'brunei darussalam': 'BN',
  "lao people's democratic republic": 'LA',
  'syrian arab republic': 'SY',
  'palestine, state of': 'PS',
  'holy see': 'VA',
  'virgin islands, u.s.': 'VI',
  'virgin islands, british': 'VG',
}

let names: Map<string, string> | null = null

/** The ISO alpha-2 code of a country given as code or English name; null where it is neither. */
export function countryCode(text: string): string | null {
  const upper = text.trim().toUpperCase()
  if (codes.has(upper)) return upper
  names ??= englishNames()
  const key = foldName(text)
  return names.get(key) ?? otherNames[key] ?? null
}

function englishNames(): Map<string, string> {
  const display = new Intl.DisplayNames('en', { type: 'region' })
  return new Map([...codes].map((code) => [foldName(display.of(code) ?? code), code]))
}

function foldName(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replaceAll('’', "'")
    .replaceAll('&', 'and')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase()
}
