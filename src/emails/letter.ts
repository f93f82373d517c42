/** A piece of a sentence. `name` is text of a person or creator: it keeps its own direction and can hold anything. */
export type Piece = string | { strong: string } | { name: string }
export type Sentence = string | Piece[]

export interface MoneyRow {
  label: string
  why: string | null
  amount: string
  /** the last row, ruled off */
  is_sum?: boolean
}

export type Section =
  | { kind: 'list'; title: string; lines: string[] }
  | { kind: 'address'; title: string; lines: string[] }
  | { kind: 'money'; title: string; rows: MoneyRow[] }
  /** a page elsewhere, such as the carrier's */
  | { kind: 'link'; title: string; label: string; href: string }

/** What a mail says, once: the HTML part and the text part are both made of it. */
export interface Letter {
  /** also the title */
  subject: string
  /** the line that a list of mails shows beside the subject */
  preview: string
  body: Sentence[]
  /** at most three */
  facts: { label: string; value: string }[]
  sections?: Section[]
  button: string
  /** what happens if one does nothing, and what else is good to know */
  after: Sentence[]
}

/** Who writes to whom, and where the button leads. */
export interface Envelope {
  campaign: string
  creator: string
  support_email: string
  is_test: boolean
  to_name: string
  link: string
}
