import type { ReactNode } from 'react'
import { Link } from 'react-router'
import type { Outage } from '../../domain/shared/find-outages.ts'
import { paths } from '../paths.ts'
import { Note } from '../ui/note.tsx'
import { plural } from '../ui/numbers.tsx'
import { Time } from '../ui/time.tsx'

interface Props {
  campaign_id: string
  outages: readonly Outage[]
}

/** What does not work now, what happens meanwhile, and what to do: before anything else on the page. */
export function Outages({ campaign_id, outages }: Props) {
  return outages.map((outage) => (
    <Note key={outage.code} tone={outage.code === 'gateway_not_reached' ? 'warn' : 'danger'}>
      {said(outage, campaign_id)}
    </Note>
  ))
}

function said(outage: Outage, campaign_id: string): ReactNode {
  switch (outage.code) {
    case 'mail_server':
      return (
        <>
          <b>The mail server takes no mail now.</b> {plural(outage.waiting, 'mail waits', 'mails wait')} and nothing is lost: it
          is tried again every minute. It said: <bdi>{outage.reason}</bdi>.{' '}
          <Link to={paths.messages(campaign_id)}>See the mails</Link>
        </>
      )
    case 'no_mail_server':
      return (
        <>
          <b>No mail server is set up.</b> {plural(outage.waiting, 'mail of this campaign waits', 'mails of this campaign wait')}.
          Whoever runs Afterfund sets <code>SMTP_URL</code> and starts it again; then they leave within an hour.
        </>
      )
    case 'gateway_silent':
      return (
        <>
          <b>
            The payment gateway has not answered since <Time at={outage.since} as="moment" />.
          </b>{' '}
          {plural(outage.charges, 'charge has', 'charges have')} no answer yet. Nothing is charged twice; we ask again every
          minute, and orders change when it answers.
        </>
      )
    case 'gateway_events':
      return (
        <>
          <b>
            Messages from the payment gateway wait since <Time at={outage.since} as="moment" />.
          </b>{' '}
          {outage.waiting > 0 && <>{plural(outage.waiting, 'of them is', 'of them are')} tried again by itself. </>}
          {outage.failed > 0 && <>{plural(outage.failed, 'of them was', 'of them were')} given up after three days. </>}
          Payments, refunds and disputes are looked through every hour all the same. Whoever runs Afterfund finds the reason in
          the log.
        </>
      )
    case 'gateway_not_reached':
      return (
        <>
          <b>The payment gateway has never been reached.</b> No card can be saved or charged until it answers. Whoever runs
          Afterfund checks <code>STRIPE_SECRET_KEY</code>; everything else works meanwhile.
        </>
      )
  }
}
