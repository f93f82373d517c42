import { ArrowRight, Check, Circle } from 'lucide-react'
import { Link } from 'react-router'
import type { WayCode, WayStep } from '../../../domain/orders/way.ts'
import { paths } from '../../paths.ts'
import { Icon } from '../../ui/icon.tsx'
import { countText } from '../../ui/numbers.tsx'

interface Words {
  name: string
  /** why it is done */
  why: string
  /** how long it takes */
  time: string
  to(id: string): string
}

const WORDS: Record<WayCode, Words> = {
  import: {
    name: 'Import your backers',
    why: 'The report of your platform says who pledged for what.',
    time: '5 minutes',
    to: paths.imports,
  },
  prices: {
    name: 'Say what the pledge paid for',
    why: 'So that whoever changes nothing owes nothing.',
    time: '5 minutes',
    to: paths.prices,
  },
  catalogue: {
    name: 'Look through the catalogue',
    why: 'Sizes and colours, SKUs, and the add-ons that backers can still add.',
    time: '10 minutes or more',
    to: paths.catalog,
  },
  shipping: {
    name: 'Say what shipping costs',
    why: 'By region. Without a region everything ships everywhere at no charge.',
    time: '10 minutes',
    to: paths.catalog,
  },
  payments: {
    name: 'Payments',
    why: 'Cards are saved and charged through Stripe; Settings say what is in use.',
    time: 'set when Afterfund is started',
    to: paths.settings,
  },
  survey_few: {
    name: 'Look at the survey, and send it to a few',
    why: 'A mistake is cheap while ten people see it.',
    time: '10 minutes, then a day',
    to: paths.survey,
  },
  survey_all: {
    name: 'Send it to all',
    why: 'Each backer gets a mail with a personal link.',
    time: 'a minute',
    to: paths.survey,
  },
  answers: {
    name: 'Collect the answers',
    why: 'Give them a week, then remind the others.',
    time: '2 to 4 weeks',
    to: paths.survey,
  },
  lock: {
    name: 'Lock the orders',
    why: 'Contents are frozen, so that you can order from the factory.',
    time: 'a minute, or 48 hours with notice',
    to: (id) => paths.orders(id, { status: 'open' }),
  },
  charge: {
    name: 'Charge the cards',
    why: 'What is owed is taken once; who owes nothing becomes paid without a card.',
    time: 'minutes, or hours for many cards',
    to: paths.charges,
  },
  failed: {
    name: 'Mend failed payments',
    why: 'Backers are mailed why, with a link to mend it themselves.',
    time: 'a week or two',
    to: paths.charges,
  },
  finalize: {
    name: 'Finalize addresses',
    why: 'Once items are there: only orders that can leave with what is in stock.',
    time: 'a minute, or 48 hours with notice',
    to: paths.finalize,
  },
  hand_over: {
    name: 'Hand over to the warehouse',
    why: 'A list with addresses and SKUs.',
    time: 'a minute',
    to: paths.shipping,
  },
  tracking: {
    name: 'Mark as shipped, and mail the numbers',
    why: 'From the file that comes back from the warehouse.',
    time: '5 minutes for each file',
    to: paths.shipping,
  },
}

const SIGN = { done: Check, now: ArrowRight, later: Circle }
const SAID = { done: 'Done:', now: 'Now:', later: 'Later:' }

/** The whole way of a campaign, step by step: what is done, what is next, what comes later, why, and how long each takes. */
export function Way({ campaign_id, steps }: { campaign_id: string; steps: readonly WayStep[] }) {
  return (
    <ol className="way">
      {steps.map((step) => {
        const { name, why, time, to } = WORDS[step.code]
        return (
          <li key={step.code} data-state={step.state}>
            <Icon of={SIGN[step.state]} />
            <div>
              <span className="visually-hidden">{SAID[step.state]}</span> <Link to={to(campaign_id)}>{name}</Link>
              <span className="way-count">{countOf(step)}</span>
              {step.state !== 'done' && <p className="quiet">{why}</p>}
            </div>
            {step.state !== 'done' && <span className="way-time quiet">{time}</span>}
          </li>
        )
      })}
    </ol>
  )
}

function countOf({ code, done, of }: WayStep): string {
  if (done === null || (of === 0 && done === 0)) return ''
  if (of !== null) return ` ${countText(done)} of ${countText(of)}`
  return code === 'import' && done > 0 ? ` ${countText(done)}` : ''
}

/** The same behind one line, once a campaign is under way. */
export function WayBehind({ campaign_id, steps }: { campaign_id: string; steps: readonly WayStep[] }) {
  const done = steps.filter(({ state }) => state === 'done').length
  return (
    <details className="way-behind">
      <summary>
        All steps: {countText(done)} of {countText(steps.length)} done
      </summary>
      <Way campaign_id={campaign_id} steps={steps} />
    </details>
  )
}
