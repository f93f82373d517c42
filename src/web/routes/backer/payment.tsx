import { CreditCard } from 'lucide-react'
import { Button } from '../../ui/button.tsx'
import { Note } from '../../ui/note.tsx'
import { Money } from '../../ui/numbers.tsx'
import type { Route } from './+types/payment'
import { openStep, saveStep, withTyped } from './step.server.ts'
import { FormFacts, StepPage } from './step-page.tsx'

const TITLE = 'How you pay'

export async function loader(args: Route.LoaderArgs) {
  const { view, page } = await openStep(args, 'payment')
  return { page, balance: view.balance, currency: view.campaign.currency }
}

export async function action(args: Route.ActionArgs) {
  return withTyped(await saveStep(args, { step: 'payment', read: () => ({}), check: () => [] }), () => null)
}

/** In this version a payment method can only be put off, and the page says what that means. */
export default function Payment({ loaderData, actionData }: Route.ComponentProps) {
  const { page, balance, currency } = loaderData
  const amount = <Money minor={balance} currency={currency} />
  return (
    <StepPage
      page={page}
      answer={actionData}
      title={TITLE}
      lead={
        balance > 0 ? <>You will owe {amount} for this order.</> : 'Nothing is owed, but a payment method is asked of everybody.'
      }
    >
      <Note tone="warn" icon={CreditCard}>
        <b>A card cannot be added here yet.</b> Nothing is charged today. Your order will be open, and it cannot be locked without
        a payment method. <bdi>{page.frame.campaign.by}</bdi> can write to you when you can add one, at the same link.
      </Note>
      <form method="post">
        <FormFacts page={page} />
        <Button variant="primary" wide>
          Go on without a payment method
        </Button>
      </form>
    </StepPage>
  )
}
