import type { ReactNode } from 'react'
import { Sheet } from '../../ui/sheet.tsx'

/** What was answered to the creator's questions. */
export interface AnswerProps {
  prompt: string
  answer: string
}

export function AnswersSheet({ answers, change_to }: { answers: readonly AnswerProps[]; change_to?: string | null }) {
  if (answers.length === 0) return null
  return (
    <Sheet title="Your answers" aside={change_to && <a href={change_to}>Change answers</a>}>
      <dl className="facts">
        {answers.map(({ prompt, answer }) => (
          <div key={prompt}>
            <dt>
              <bdi>{prompt}</bdi>
            </dt>
            <dd dir="auto">{answer || <span className="quiet">No answer</span>}</dd>
          </div>
        ))}
      </dl>
    </Sheet>
  )
}

/** An address in its country's own order, a line each; null while there is none. */
export interface AddressProps {
  lines: string[] | null
  /** it looks unusual, and nobody has said that it is right */
  unusual: boolean
}

interface AddressSheetProps {
  address: AddressProps
  change_to?: string | null
  /** instead of changing it, once it is final */
  ask_to?: string | null
  /** below the address */
  children?: ReactNode
}

export function AddressSheet({ address, change_to, ask_to, children }: AddressSheetProps) {
  const aside = change_to ? <a href={change_to}>Change address</a> : ask_to && <a href={ask_to}>Ask for another address</a>
  return (
    <Sheet title="Where it goes" aside={aside}>
      {address.lines ? <AddressLines lines={address.lines} /> : <p className="quiet">No address yet.</p>}
      {address.unusual && <p className="small quiet">It looks unusual. Check it once more.</p>}
      {children}
    </Sheet>
  )
}

export function AddressLines({ lines }: { lines: readonly string[] }) {
  return (
    <address>
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two lines may say the same
        <span key={index} className="address-line">
          <bdi>{line}</bdi>
        </span>
      ))}
    </address>
  )
}
