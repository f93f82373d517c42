import { countryName } from './country-name.ts'

/*
 * The countries of ISO 3166-1, and what the post serves as one besides: Kosovo, Ascension, Tristan da Cunha. Names come from Intl.DisplayNames, so every language is here without a table of ours.
 */

// alpha-2 and alpha-3 together
const ISO =
  'ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE BABIH BBBRB BDBGD ' +
  'BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN ' +
  'CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU ' +
  'DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST EGEGY EHESH ERERI ESESP ETETH FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB ' +
  'GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG ' +
  'HMHMD HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM JOJOR JPJPN ' +
  'KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA LILIE LKLKA LRLBR LSLSO LTLTU ' +
  'LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR ' +
  'MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU NZNZL ' +
  'OMOMN PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB ' +
  'RURUS RWRWA SASAU SBSLB SCSYC SDSDN SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD STSTP ' +
  'SVSLV SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON TRTUR TTTTO TVTUV TWTWN ' +
  'TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR VNVNM VUVUT WFWLF WSWSM YEYEM YTMYT ZAZAF ' +
  'ZMZMB ZWZWE'

const ALPHA_3 = new Map([...ISO.split(' ').map((pair): [string, string] => [pair.slice(2), pair.slice(0, 2)]), ['XKX', 'XK']])

/** Every country as its alpha-2 code, in the order of the codes. */
export const COUNTRIES: readonly string[] = [...ALPHA_3.values(), 'AC', 'TA'].sort()

const known = new Set(COUNTRIES)

/** The countries for a select: sorted as the reader's language sorts their names. */
export function countriesByName(locale = 'en'): { value: string; label: string }[] {
  const { compare } = new Intl.Collator(locale)
  return COUNTRIES.map((value) => ({ value, label: countryName(value, locale) })).sort((a, b) => compare(a.label, b.label))
}

/**
 * The alpha-2 code of a country that is written as its code (two or three letters), or as its name in one of the languages below; null
 * where it is none of these. A name that means different countries in two languages counts only as its English meaning.
 */
export function countryFromText(text: string): string | null {
  const code = text.trim().toUpperCase()
  if (known.has(code)) return code
  const name = fold(text)
  return ALPHA_3.get(code) ?? englishNames().get(name) ?? foreignNames().get(name) ?? null
}

const LANGUAGES = (
  'de fr es pt it nl sv da nb nn fi is et lv lt pl cs sk sl hr sr bs mk bg ro hu el tr ru uk be sq ca eu gl cy ga mt ' +
  'ja ko zh-Hans zh-Hant zh-Hant-HK th vi id ms fil hi bn ta ar he fa ur sw af hy ka az kk'
).split(' ')

// What people and other programs write that no language's list has.
const OTHER_NAMES: Record<string, string> = {
  uk: 'GB',
  'great britain': 'GB',
  'united kingdom of great britain and northern ireland': 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  'northern ireland': 'GB',
  'republic of ireland': 'IE',
  eire: 'IE',
  el: 'GR',
  'united states of america': 'US',
  'u.s. of a.': 'US',
  america: 'US',
  czechia: 'CZ',
  'czech republic': 'CZ',
  turkey: 'TR',
  türkiye: 'TR',
  holland: 'NL',
  nederlands: 'NL',
  korea: 'KR',
  'republic of korea': 'KR',
  'korea, republic of': 'KR',
  'korea (south)': 'KR',
  'korea, south': 'KR',
  "korea, democratic people's republic of": 'KP',
  'russian federation': 'RU',
  'viet nam': 'VN',
  'hong kong': 'HK',
  'hong kong sar': 'HK',
  macau: 'MO',
  macao: 'MO',
  'peoples republic of china': 'CN',
  prc: 'CN',
  'taiwan, province of china': 'TW',
  'taiwan, republic of china': 'TW',
  uae: 'AE',
  'macedonia, the former yugoslav republic of': 'MK',
  macedonia: 'MK',
  'ivory coast': 'CI',
  burma: 'MM',
  swaziland: 'SZ',
  'cape verde': 'CV',
  'congo, the democratic republic of the': 'CD',
  'democratic republic of the congo': 'CD',
  congo: 'CG',
  'iran, islamic republic of': 'IR',
  'moldova, republic of': 'MD',
  'republic of moldova': 'MD',
  'bolivia, plurinational state of': 'BO',
  'venezuela, bolivarian republic of': 'VE',
  'tanzania, united republic of': 'TZ',
  'united republic of tanzania': 'TZ',
  'micronesia, federated states of': 'FM',
  'brunei darussalam': 'BN',
  "lao people's democratic republic": 'LA',
  'syrian arab republic': 'SY',
  'palestine, state of': 'PS',
  'palestinian territory, occupied': 'PS',
  'holy see': 'VA',
  'holy see (vatican city state)': 'VA',
  'virgin islands, u.s.': 'VI',
  'virgin islands, british': 'VG',
  'saint martin (french part)': 'MF',
  'sint maarten (dutch part)': 'SX',
  'bonaire, sint eustatius and saba': 'BQ',
  'saint helena, ascension and tristan da cunha': 'SH',
  'falkland islands (malvinas)': 'FK',
  'republic of kosovo': 'XK',
}

let english: Map<string, string> | undefined
let foreign: Map<string, string> | undefined

function englishNames(): Map<string, string> {
  if (english) return english
  english = namesIn(['en'], ['long', 'short'])
  for (const [name, code] of Object.entries(OTHER_NAMES)) english.set(fold(name), code)
  return english
}

/** Built only when a text is not English: it takes a quarter of a second. */
function foreignNames(): Map<string, string> {
  foreign ??= namesIn(LANGUAGES, ['long', 'short'])
  return foreign
}

function namesIn(languages: readonly string[], styles: readonly ('long' | 'short')[]): Map<string, string> {
  const names = new Map<string, string>()
  const unclear = new Set<string>()
  for (const language of languages) {
    for (const style of styles) {
      const display = new Intl.DisplayNames([language], { type: 'region', style })
      for (const code of COUNTRIES) {
        const name = fold(display.of(code) ?? code)
        if ((names.get(name) ?? code) !== code) unclear.add(name)
        names.set(name, code)
      }
    }
  }
  for (const name of unclear) names.delete(name)
  return names
}

/** Letters and digits alone, without accents, case, a leading "the" and the many ways to write "and" and "saint". */
function fold(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/^the /, '')
    .replace(/\bst\b\.?/g, 'saint')
    .replaceAll('&', ' and ')
    .replace(/\band\b|[^\p{L}\p{N}]/gu, '')
}
