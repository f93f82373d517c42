import { isolate, oneLine, webAddress } from './clean.ts'
import type { Envelope, Letter, Section, Sentence } from './letter.ts'

/** The text part of a mail: the same words in the same order as the HTML part. */
export function textOf(letter: Letter, envelope: Envelope): string {
  const blocks = [
    `${name(envelope.campaign)} by ${name(envelope.creator)}`,
    letter.subject,
    greetingText(envelope.to_name),
    ...letter.body.map(sentenceText),
    letter.facts.map(({ label, value }) => `${label}: ${oneLine(value)}`).join('\n'),
    ...(letter.sections ?? []).map(sectionText),
    `${letter.button}:\n${envelope.link}`,
    ...letter.after.map(sentenceText),
    name(envelope.creator),
    `-- \n${footerText(envelope)}`,
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

export function greetingText(to_name: string): string {
  const shown = oneLine(to_name)
  return shown === '' ? 'Hello,' : `Dear ${isolate(shown)},`
}

/** Why this mail came, and that an answer is read. */
export function footerText(envelope: Envelope): string {
  const why = `You get this because you backed ${name(envelope.campaign)}. Answer this mail, or write to ${oneLine(envelope.support_email)}, and a person reads it.`
  return envelope.is_test ? `${why}\nThis is a test campaign: no money moves.` : why
}

function sentenceText(sentence: Sentence): string {
  const pieces = typeof sentence === 'string' ? [sentence] : sentence
  return pieces
    .map((piece) => (typeof piece === 'string' ? piece : 'strong' in piece ? oneLine(piece.strong) : name(piece.name)))
    .join('')
}

function sectionText(section: Section): string {
  if (section.kind === 'link')
    return `${section.title}\n  ${isolate(oneLine(section.label))}:\n  ${webAddress(section.href) ?? ''}`
  if (section.kind !== 'money') return [section.title, ...section.lines.map((line) => `  ${isolate(oneLine(line))}`)].join('\n')
  const rows = section.rows.map(
    ({ label, why, amount }) => `  ${isolate(oneLine(label))}${why ? ` (${oneLine(why)})` : ''}: ${amount}`,
  )
  return [section.title, ...rows].join('\n')
}

function name(text: string): string {
  return isolate(oneLine(text))
}
