import { Landmark } from 'lucide-react'
import { ButtonLink } from '../../ui/button.tsx'
import { Note } from '../../ui/note.tsx'
import { Money } from '../../ui/numbers.tsx'
import { Time } from '../../ui/time.tsx'

/** What the bank wants to hear from its customer about a charge. Amounts are minor units. */
export interface BankProps {
  amount: number
  /** "Visa ending 3184" */
  card: string
  /** why it cannot be asked now: a code; null where it can */
  refusal: string | null
  /** ISO: how long we wait for the bank's answer; null where nobody is on the way to it */
  until: string | null
}

/** Whether a press leads to the bank. */
export function canConfirm(bank: BankProps | null): bank is BankProps {
  return bank !== null && bank.refusal === null && bank.until === null
}

/** Its backer was led to the bank, and nobody knows the answer yet. `to`: the page that leads there again; null where nothing can be pressed. */
export function BankWaits({ bank, currency, to }: { bank: BankProps; currency: string; to: string | null }) {
  return (
    <div className="stack">
      <Note tone="warn" icon={Landmark} live>
        <b>
          Your bank waits for you to confirm <Money minor={bank.amount} currency={currency} />
        </b>{' '}
        (<bdi>{bank.card}</bdi>)
        {bank.until && (
          <>
            , until <Time at={bank.until} as="moment" />
          </>
        )}
        . Nothing else is charged meanwhile, and we mail you how it went.
      </Note>
      {to && (
        <ButtonLink to={to} variant="primary" wide reload>
          Answer your bank
        </ButtonLink>
      )}
    </div>
  )
}
