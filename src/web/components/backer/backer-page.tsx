import type { ReactNode } from 'react'

export interface BackerCampaign {
  name: string
  /** Who runs it: "by Lanternfish Games". */
  by: string
  /** Test campaigns say that no money moves. */
  test?: boolean
  picture_url?: string | null
}

interface BackerPageProps {
  campaign: BackerCampaign
  /** Below the page: whom to write to, how to get a new link. */
  foot?: ReactNode
  children: ReactNode
}

/** A backer's page: the campaign's bar first, then one column. Works without script, loads one font. */
export function BackerPage({ campaign, foot, children }: BackerPageProps) {
  return (
    <>
      <a className="visually-hidden skip-link" href="#main">
        Skip to content
      </a>
      <header className="campaign-bar">
        {campaign.picture_url ? (
          <img src={campaign.picture_url} alt="" width={40} height={40} />
        ) : (
          <span className="campaign-initial" aria-hidden="true">
            {[...campaign.name][0]}
          </span>
        )}
        <div>
          <b>
            <bdi>{campaign.name}</bdi>
          </b>
          <small>
            by <bdi>{campaign.by}</bdi>
          </small>
        </div>
      </header>
      {campaign.test && (
        <aside className="test-strip" aria-label="Kind of campaign">
          Test: no money moves
        </aside>
      )}
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      {foot && <footer className="page-foot">{foot}</footer>}
    </>
  )
}

interface StepsProps {
  /** The names of all steps in order: ["pledge", "choices", "address", "payment", "check"]. */
  names: readonly string[]
  /** Which one this is, from 0. */
  now: number
}

/** "Step 2 of 5: choices", with a bar for each. */
export function Steps({ names, now }: StepsProps) {
  return (
    <>
      <p className="steps">
        Step {now + 1} of {names.length}: {names[now]}
      </p>
      <div className="steps-bars" aria-hidden="true">
        {names.map((name, index) => (
          <i key={name} data-state={index < now ? 'done' : index === now ? 'now' : 'later'} />
        ))}
      </div>
    </>
  )
}

interface StickyFootProps {
  label: string
  /** The sum of what is saved. */
  sum: ReactNode
  /** Works the sum out anew. */
  update: ReactNode
  /** The page's one button. */
  children: ReactNode
}

/** Stays at the foot of the screen on the step with choices; goes inside the form. */
export function StickyFoot({ label, sum, update, children }: StickyFootProps) {
  return (
    <div className="go">
      <div className="go-sum">
        <small>{label}</small>
        <b>{sum}</b>
        {update}
      </div>
      {children}
    </div>
  )
}
