import { escapeHtml, oneLine, webAddress } from './clean.ts'
import type { Envelope, Letter, MoneyRow, Section, Sentence } from './letter.ts'

/*
 * The HTML part: a letter of 560 px, tables and inline values only, since that is what mail programs agree on. Works with images off;
 * nothing is loaded from anywhere, so nothing tells who opened it.
 */

const FACE = `system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif`
const VOICE = `Rockwell,'Roboto Slab',Georgia,'Noto Serif',serif`
/** A name without a space in it breaks before the letter gets wider than the phone; mail programs know one or the other. */
const BREAKS = 'overflow-wrap:anywhere;word-break:break-word'
const LINE = '#d5dfda'
const QUIET = '#3c5055'

export function htmlOf(letter: Letter, envelope: Envelope): string {
  const title = escapeHtml(oneLine(letter.subject))
  return `<!doctype html>
<html lang="en" dir="ltr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light"><title>${title}</title></head>
<body style="margin:0;background:#f4f8f5;color:#10272c;font-family:${FACE}"><div style="display:none" aria-hidden="true">${escapeHtml(oneLine(letter.preview))}</div>
<main><table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="table-layout:fixed"><tr><td align="center" style="padding:0">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;table-layout:fixed;${BREAKS};background:#fdfffd;text-align:start">
${bar(envelope)}
<tr><td style="padding:28px 24px 8px;font-family:${FACE};font-size:17px;line-height:1.55"><h1 style="font-family:${VOICE};font-size:25px;line-height:1.25;margin:0 0 16px">${title}</h1>
${paragraph(greeting(envelope.to_name))}
${letter.body.map((sentence) => paragraph(sentenceHtml(sentence))).join('\n')}
${factsTable(letter.facts)}
${(letter.sections ?? []).map(sectionHtml).join('\n')}
<p style="margin:24px 0"><a href="${escapeHtml(envelope.link)}" style="display:block;background:#02575b;color:#ffffff;text-decoration:none;font-weight:600;text-align:center;padding:14px 20px;border-radius:5px;font-size:17px">${escapeHtml(letter.button)}</a></p>
${letter.after.map((sentence) => paragraph(sentenceHtml(sentence))).join('\n')}
${paragraph(person(envelope.creator))}</td></tr>
${footer(envelope)}</table></td></tr></table></main></body></html>
`
}

function bar({ campaign, creator }: Envelope): string {
  return `<tr><td style="background:#072d32;padding:16px 24px;color:#f3f7f4;font-family:${FACE};font-size:16px;line-height:1.3"><span style="color:#f5b63b" aria-hidden="true">&#9650;</span>&nbsp; <strong>${person(campaign)}</strong> <span style="color:#b3c9c8">by ${person(creator)}</span></td></tr>`
}

function footer(envelope: Envelope): string {
  const mail = escapeHtml(oneLine(envelope.support_email))
  const why = `You get this because you backed ${person(envelope.campaign)}. Answer this mail, or write to <bdi>${mail}</bdi>, and a person reads it.`
  const test = envelope.is_test ? '<br>This is a test campaign: no money moves.' : ''
  return `<tr><td style="padding:20px 24px 28px;font-family:${FACE};font-size:14px;line-height:1.5;color:${QUIET}"><hr style="border:0;border-top:1px solid ${LINE};margin:0 0 16px">${why}${test}</td></tr>`
}

function greeting(to_name: string): string {
  return oneLine(to_name) === '' ? 'Hello,' : `Dear ${person(to_name)},`
}

function paragraph(html: string): string {
  return `<p style="margin:0 0 14px">${html}</p>`
}

function sentenceHtml(sentence: Sentence): string {
  const pieces = typeof sentence === 'string' ? [sentence] : sentence
  return pieces
    .map((piece) => {
      if (typeof piece === 'string') return escapeHtml(piece)
      return 'strong' in piece ? `<strong>${escapeHtml(oneLine(piece.strong))}</strong>` : person(piece.name)
    })
    .join('')
}

/** Text of a person keeps its own direction. */
function person(text: string): string {
  return `<bdi>${escapeHtml(oneLine(text))}</bdi>`
}

function factsTable(facts: Letter['facts']): string {
  if (facts.length === 0) return ''
  const rows = facts.map(({ label, value }) =>
    row(`<span style="white-space:nowrap">${escapeHtml(label)}</span>`, person(value), 'font-weight:600'),
  )
  return table(rows, 'margin:4px 0 6px')
}

function sectionHtml(section: Section): string {
  const title = `<h2 style="font-family:${VOICE};font-size:18px;line-height:1.3;margin:24px 0 8px">${escapeHtml(section.title)}</h2>`
  if (section.kind === 'money') return title + table(section.rows.map(moneyRow), 'margin:0 0 6px')
  if (section.kind === 'link') return title + paragraph(linkHtml(section))
  const lines = section.lines.map(person)
  if (section.kind === 'address') return `${title}<p style="margin:0 0 14px">${lines.join('<br>')}</p>`
  return `${title}<ul style="margin:0 0 14px;padding-inline-start:20px">${lines.map((line) => `<li>${line}</li>`).join('')}</ul>`
}

function linkHtml({ label, href }: Extract<Section, { kind: 'link' }>): string {
  const address = webAddress(href)
  if (!address) return person(label)
  return `<a href="${escapeHtml(address)}" style="color:#02575b">${person(label)}</a><br><span style="font-size:14px;color:${QUIET};word-break:break-all">${escapeHtml(address)}</span>`
}

function moneyRow({ label, why, amount, is_sum }: MoneyRow): string {
  const reason = why ? `<br><span style="font-size:14px;color:${QUIET}">${person(why)}</span>` : ''
  const weight = is_sum ? 'font-weight:600' : 'font-weight:400'
  return row(person(label) + reason, `<bdi>${escapeHtml(amount)}</bdi>`, `${weight};white-space:nowrap`, is_sum)
}

function row(label: string, value: string, style: string, is_sum = false): string {
  const rule = is_sum ? `border-top:2px solid ${QUIET}` : `border-bottom:1px solid ${LINE}`
  const head = is_sum ? 'font-weight:600' : `font-weight:400;color:${QUIET}`
  return `<tr><th scope="row" align="left" style="text-align:start;${head};padding:8px 12px 8px 0;${rule}">${label}</th><td align="right" style="text-align:end;padding:8px 0;${rule};${style}">${value}</td></tr>`
}

function table(rows: string[], style: string): string {
  return `<table width="100%" cellpadding="0" cellspacing="0" style="${style};font-size:16px;border-collapse:collapse">${rows.join('')}</table>`
}
