import type { OrderStatus } from '../../../domain/orders/lifecycle.ts'
import type { NextAction } from '../../../domain/orders/next-actions.ts'
import { actionText } from '../../../lib/action-text.ts'
import { NextStep } from '../../components/lifecycle-picture.tsx'
import { paths } from '../../paths.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Time } from '../../ui/time.tsx'
import type { Route } from './+types/overview'

type Facts = Route.ComponentProps['loaderData']

interface Step {
  status: OrderStatus | 'not_sent' | 'sent'
  /** "lock the orders that are complete" */
  title: string
  button: string
  to(id: string): string
  /** What comes of it and how long it takes. */
  note?: string
  /** The way past a step that not every campaign needs. */
  skip?: string
}

/** Where an action leads, and its button. */
export const STEPS: Record<NextAction['code'], Step> = {
  import_report: {
    status: 'not_sent',
    title: 'import your backers',
    button: 'Import a report…',
    to: paths.new_import,
    note: 'You see what it would change first. About 5 minutes; nobody is mailed.',
  },
  save_prices: {
    status: 'not_sent',
    title: 'say what the pledge paid for',
    button: 'Set prices…',
    to: paths.prices,
    note: 'About 5 minutes. Surveys can be sent after it.',
  },
  offer_addons: {
    status: 'not_sent',
    title: 'choose which add-ons backers can still add',
    button: 'Open the catalogue',
    to: paths.catalog,
    note: 'A minute each. Look at sizes, colours and SKUs on the same page.',
    skip: 'Offer none of them, go on',
  },
  set_shipping: {
    status: 'not_sent',
    title: 'say what shipping costs',
    button: 'Add a shipping region…',
    to: (id) => paths.catalog_part(id, 'shipping', 'new'),
    note: 'About 10 minutes. What backers paid for shipping on the platform is set off.',
    skip: 'Shipping is free, go on',
  },
  send_surveys: {
    status: 'not_sent',
    title: 'look at the survey, then send it',
    button: 'Open the survey',
    to: paths.survey,
    note: 'To a few first, if you like: a mistake is cheap while ten people see it.',
  },
  wait_for_answers: { status: 'sent', title: 'wait for answers', button: 'See who has not answered', to: waitingBackers },
  nothing_owed: {
    status: 'locked',
    title: 'mark as paid what owes nothing',
    button: 'Preview…',
    to: (id) => paths.orders_transition(id, 'nothing_owed'),
    note: 'No card is asked. A minute.',
  },
  lock: {
    status: 'locked',
    title: 'lock the orders that are complete',
    button: 'Preview lock…',
    to: (id) => paths.orders_transition(id, 'lock'),
    note: 'Freezes what they hold; charges nobody; can be undone. A minute, or with 48 hours’ notice.',
  },
  ask_payment_method: {
    status: 'open',
    title: 'ask for the missing payment methods',
    button: 'Preview the mail…',
    to: paths.survey_ask,
    note: 'They cannot be locked or charged without one.',
  },
  charge: {
    status: 'paid',
    title: 'charge what is locked',
    button: 'Preview charge…',
    to: paths.new_charge,
    note: 'You see who and how much first. The preview says how long; it can be paused.',
  },
  look_at_failed: {
    status: 'errored',
    title: 'look at the failed payments',
    button: 'See the reasons',
    to: paths.failed_payments,
    note: 'Backers were mailed why, with a link to use another card; it is written there what happens next by itself.',
  },
  answer_requests: {
    status: 'ready_to_ship',
    title: 'answer who asks for another address',
    button: 'Decide',
    to: paths.requests,
    note: 'Before the parcel is made. A minute each.',
  },
  finalize_address: {
    status: 'ready_to_ship',
    title: 'finalize addresses, once the items are there',
    button: 'Choose what has arrived…',
    to: paths.finalize,
    note: 'Only orders that can leave with what is in stock. Until then backers may still move house.',
  },
  hand_over: {
    status: 'shipped',
    title: 'hand the orders to the warehouse',
    button: 'Hand over…',
    to: paths.shipping,
    note: 'A list to download, with addresses and SKUs.',
  },
  apply_tracking: {
    status: 'shipped',
    title: 'upload the tracking numbers, once parcels have left',
    button: 'Upload a tracking file…',
    to: paths.new_tracking,
    note: 'The file that comes back from the warehouse. It marks orders as shipped and mails nobody.',
  },
  send_tracking: {
    status: 'shipped',
    title: 'mail the tracking numbers',
    button: 'Preview the mails…',
    to: paths.tracking_mails,
    note: 'When the numbers work at the carrier, usually a day later.',
  },
  remind: {
    status: 'sent',
    title: 'remind who did not answer',
    button: 'Preview a reminder…',
    to: paths.survey_remind,
    note: 'Whoever answers before the mail leaves gets none.',
  },
  look_at_holds: {
    status: 'open',
    title: 'look at what is on hold',
    button: 'Show them',
    to: (id) => paths.orders(id, { hold: 'yes' }),
    note: 'Not locked, charged or shipped until released.',
  },
}

/** Nobody was asked, a few were, or nearly everybody. */
function sendingStep({ counts: { surveys } }: Pick<Facts, 'counts'>): Step {
  const asked = surveys.sent + surveys.started + surveys.completed
  if (asked === 0) return STEPS.send_surveys
  return asked < surveys.not_sent ? SEND_THE_REST : SEND_THE_LATE
}

/** Who came with a later report. */
const SEND_THE_LATE: Step = {
  ...STEPS.send_surveys,
  title: 'send the survey to who was not asked yet',
  note: 'They came with a later report, or were left out before. A minute.',
}

/** Once a few were asked. */
const SEND_THE_REST: Step = {
  ...STEPS.send_surveys,
  title: 'send the survey to the others',
  note: 'Look at the first answers before: what you change now, nobody else sees wrong.',
}

function waitingBackers(id: string): string {
  return paths.backers(id, { survey: ['sent', 'started'] })
}

/** The loudest place of the overview: one action, why, and its button; the only primary button of the page. */
export function Next(facts: Facts) {
  const { campaign, actions, answers_until, keeps_mails, is_over, run_under_way, unapplied } = facts
  const [action, second] = actions
  if (unapplied) return <Unapplied campaign_id={campaign.id} {...unapplied} />
  if (!action) return <Nothing is_over={is_over} run_under_way={run_under_way} />
  const step = action.code === 'send_surveys' ? sendingStep(facts) : STEPS[action.code]
  const mailbox = { label: 'Answer one yourself', to: paths.mailbox(campaign.id) }
  const skip =
    step === SEND_THE_REST && keeps_mails
      ? mailbox
      : step.skip && second
        ? { label: step.skip, to: STEPS[second.code].to(campaign.id) }
        : null
  // Without a mail server nobody answers but the creator, from the mailbox.
  const answers = action.code === 'wait_for_answers' && keeps_mails
  return (
    <NextStep
      status={step.status}
      title={answers ? 'Next: answer as one of your backers would.' : `Next: ${step.title}.`}
      action={
        <div className="row">
          {skip && (
            <ButtonLink to={skip.to} variant="text">
              {skip.label}
            </ButtonLink>
          )}
          <ButtonLink to={answers ? paths.mailbox(campaign.id) : step.to(campaign.id)} variant="primary">
            {answers ? 'Open the mailbox' : step.button}
          </ButtonLink>
        </div>
      }
    >
      {answers ? 'No mail server is set up, so the mails are in the mailbox here; open one and follow its link. ' : ''}
      {actionText(action, campaign.currency)} {step.note}
      {action.code === 'wait_for_answers' && answers_until && (
        <>
          {' '}
          Give them a week; a reminder makes sense from <Time at={answers_until} as="moment" />.
        </>
      )}
    </NextStep>
  )
}

/** A report was read, and nobody said yet that it shall be imported. */
function Unapplied({ campaign_id, id, file_name }: { campaign_id: string; id: string; file_name: string }) {
  return (
    <NextStep
      status="not_sent"
      title="Next: import the backers of the report that was read."
      action={
        <ButtonLink to={paths.import(campaign_id, id)} variant="primary">
          See what it would import…
        </ButtonLink>
      }
    >
      <bdi>{file_name}</bdi> waits, and nothing of it is written yet. A minute; nobody is mailed.
    </NextStep>
  )
}

function Nothing({ is_over, run_under_way }: Pick<Facts, 'is_over' | 'run_under_way'>) {
  if (is_over) {
    return (
      <NextStep status="shipped" title="Every order is shipped or canceled.">
        Nothing is left to do. Backers’ links go on showing their parcels.
      </NextStep>
    )
  }
  return (
    <NextStep status="open" title="Nothing waits for you.">
      {run_under_way ? 'A charge run is under way; what comes of it is shown under Charges.' : 'The next step appears here.'}
    </NextStep>
  )
}
