import type { ReactNode } from 'react'
import { fullTime } from '../../../lib/time-text.ts'
import { type BackerCampaign, BackerPage } from '../../components/backer/backer-page.tsx'
import { ReaderProvider } from '../../ui/reader.tsx'

/** What stands around every page of a backer. */
export interface Frame {
  campaign: BackerCampaign
  time_zone: string
  /** ISO */
  now: string
  support_email: string
  lost_link: string
  order_number: number | null
}

/** Title of the window, the campaign's bar above, and below whom to ask and how to get back here. */
export function PledgePage({ frame, title, children }: { frame: Frame; title: string; children: ReactNode }) {
  return (
    <ReaderProvider reader={{ locale: 'en', time_zone: frame.time_zone, now: frame.now }}>
      <title>{`${title} · ${frame.campaign.name}`}</title>
      <BackerPage campaign={frame.campaign} foot={<Foot frame={frame} />}>
        {children}
      </BackerPage>
    </ReaderProvider>
  )
}

function Foot({ frame }: { frame: Frame }) {
  return (
    <>
      <p className="only-on-screen">
        Questions? <SupportLink frame={frame} />
        {frame.order_number !== null && <> and name order {frame.order_number}</>}. Lost your link?{' '}
        <a href={frame.lost_link}>Have it mailed again</a>.
      </p>
      <p className="only-in-print">
        As it stood on {fullTime(new Date(frame.now), { time_zone: frame.time_zone })}. Questions? Write to{' '}
        <bdi>{frame.support_email}</bdi>.
      </p>
    </>
  )
}

/** "Write to Lanternfish Games", as a mail. */
export function SupportLink({ frame, children }: { frame: Frame; children?: ReactNode }) {
  const subject = frame.order_number === null ? frame.campaign.name : `${frame.campaign.name}, order ${frame.order_number}`
  return (
    <a href={`mailto:${frame.support_email}?subject=${encodeURIComponent(subject)}`}>
      {children ?? (
        <>
          Write to <bdi>{frame.campaign.by}</bdi>
        </>
      )}
    </a>
  )
}
