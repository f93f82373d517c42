import {
  BookOpen,
  ChevronsUpDown,
  CreditCard,
  LayoutDashboard,
  ListChecks,
  type LucideIcon,
  Mail,
  Package,
  Settings,
  Truck,
  Upload,
  Users,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { Link, NavLink, useLocation } from 'react-router'
import { paths } from '../paths.ts'
import { useClosing } from '../ui/disclosure.tsx'
import { ProgressBar } from '../ui/figures.tsx'
import { Icon } from '../ui/icon.tsx'
import { KeysButton } from '../ui/keys.tsx'
import { Count } from '../ui/numbers.tsx'
import { FindAnyone } from './find-anyone.tsx'
import { useOneSubmit } from './use-one-submit.ts'

export interface ShellCampaign {
  id: string
  name: string
  mode: 'test' | 'live'
}

export interface ShellJob {
  title: string
  /** null: it is one step, and all is done at its end */
  done: number | null
  total: number
  /** "1 min left" */
  note?: string
  to: string
}

interface ShellProps {
  /** The campaign one is in; null on the list of campaigns. */
  campaign: ShellCampaign | null
  campaigns: readonly ShellCampaign[]
  /** Name of the account that the campaigns belong to. */
  account: string
  person: { name: string; role: string }
  counts?: { orders: number; backers: number; requests: number; discrepancies: number }
  /** What runs in the worker now. */
  job?: ShellJob | null
  /** The next page is on its way: this one is dimmed. */
  stale?: boolean
  children: ReactNode
}

/** The desk: the spine with where one can go, and the page beside it. Below 900 px the spine is a block on top. */
export function Shell({ campaign, campaigns, account, person, counts, job, stale, children }: ShellProps) {
  useOneSubmit()
  return (
    <>
      <a className="visually-hidden skip-link" href="#main">
        Skip to content
      </a>
      <div className="shell">
        <header className="spine">
          <div className="spine-top">
            <Link to={paths.campaigns()} className="spine-brand">
              <img src="/logo-spine.svg" alt="Afterfund, all campaigns" width={146} height={30} />
            </Link>
            <CampaignSwitch campaign={campaign} campaigns={campaigns} account={account} />
          </div>
          {campaign && <FindAnyone key={campaign.id} campaign_id={campaign.id} />}
          {campaign && <SpineNav campaign={campaign} counts={counts} />}
          {job && <SpineJob job={job} />}
          <Person {...person} />
        </header>
        <div>
          {campaign?.mode === 'test' && (
            <aside className="test-strip" aria-label="Kind of campaign">
              Test: no money moves
            </aside>
          )}
          <main className={stale ? 'main stale' : 'main'} id="main" tabIndex={-1} aria-busy={stale || undefined}>
            {children}
          </main>
        </div>
      </div>
    </>
  )
}

function CampaignSwitch({ campaign, campaigns, account }: Pick<ShellProps, 'campaign' | 'campaigns' | 'account'>) {
  const ref = useClosing()
  return (
    <details className="switch" ref={ref}>
      <summary>
        <span className="cut grow">
          <span className="visually-hidden">Switch campaign: </span>
          <b>
            <bdi>{campaign?.name ?? 'Campaigns'}</bdi>
          </b>
          <small className="cut">
            <bdi>{account}</bdi>
          </small>
        </span>
        <Icon of={ChevronsUpDown} />
      </summary>
      <nav className="menu" aria-label="Campaigns">
        {campaigns.map((one) => (
          <Link key={one.id} to={paths.overview(one.id)} aria-current={one.id === campaign?.id || undefined}>
            <bdi>{one.name}</bdi>
            {one.mode === 'test' && <small>Test</small>}
          </Link>
        ))}
        {campaigns.length > 0 && <hr />}
        <Link to={paths.campaigns()}>All campaigns</Link>
        <Link to={paths.new_campaign()}>New campaign…</Link>
      </nav>
    </details>
  )
}

interface Entry {
  label: string
  to: string
  icon: LucideIcon
  count?: number | undefined
  /** Only this very address is current: the overview contains all others. */
  exact?: boolean
  /** Other addresses that belong to it. */
  also?: string[]
  /** Stand below in the list as entries of their own. */
  subs?: { label: string; to: string; count?: number | undefined }[]
}

function SpineNav({ campaign, counts }: { campaign: ShellCampaign; counts: ShellProps['counts'] }) {
  const id = campaign.id
  const groups: Entry[][] = [
    [
      {
        label: 'Overview',
        to: paths.overview(id),
        icon: LayoutDashboard,
        exact: true,
        subs: [{ label: 'Figures', to: paths.figures(id) }],
      },
      { label: 'Orders', to: paths.orders(id), icon: Package, count: counts?.orders },
      { label: 'Backers', to: paths.backers(id), icon: Users, count: counts?.backers },
      { label: 'Messages', to: paths.messages(id), icon: Mail },
    ],
    [
      { label: 'Catalogue', to: paths.catalog(id), icon: BookOpen, subs: [{ label: 'Prices', to: paths.prices(id) }] },
      { label: 'Survey', to: paths.survey(id), icon: ListChecks },
      {
        label: 'Charges',
        to: paths.charges(id),
        icon: CreditCard,
        subs: [
          { label: 'Failed payments', to: paths.failed_payments(id) },
          { label: 'Discrepancies', to: paths.discrepancies(id), count: counts?.discrepancies || undefined },
        ],
      },
      {
        label: 'Shipping',
        to: paths.shipping(id),
        also: [paths.trackings(id), paths.tracking_mails(id)],
        icon: Truck,
        subs: [
          { label: 'Finalize', to: paths.finalize(id) },
          { label: 'Requests', to: paths.requests(id), count: counts?.requests || undefined },
        ],
      },
      { label: 'Imports', to: paths.imports(id), icon: Upload },
    ],
    [{ label: 'Settings', to: paths.settings(id), icon: Settings }],
  ]
  return (
    <nav className="spine-nav" aria-label="Campaign">
      <ul>
        {groups.map((group, g) =>
          group.map((entry, e) => (
            <li key={entry.to} className={g > 0 && e === 0 ? 'spine-gap' : undefined}>
              <SpineEntry entry={entry} />
              {entry.subs?.map((sub) => (
                <NavLink key={sub.to} to={sub.to} className="spine-sub">
                  {sub.label}
                  {sub.count !== undefined && (
                    <span className="spine-count">
                      <Count of={sub.count} />
                    </span>
                  )}
                </NavLink>
              ))}
            </li>
          )),
        )}
      </ul>
    </nav>
  )
}

/** Current with everything below it, but for what has an entry of its own. */
function SpineEntry({ entry }: { entry: Entry }) {
  const { pathname } = useLocation()
  const isOn = (to: string) => pathname === to || pathname.startsWith(`${to}/`)
  const isWithin = [entry.to, ...(entry.also ?? [])].some(isOn) && !entry.subs?.some(({ to }) => isOn(to))
  const isCurrent = entry.exact ? pathname === entry.to : isWithin
  return (
    <Link to={entry.to} prefetch="intent" aria-current={isCurrent ? 'page' : undefined}>
      <Icon of={entry.icon} />
      {entry.label}
      {entry.count !== undefined && (
        <span className="spine-count">
          <Count of={entry.count} />
        </span>
      )}
    </Link>
  )
}

function SpineJob({ job }: { job: ShellJob }) {
  const { pathname } = useLocation()
  // Its own page shows it large, and newer.
  if (pathname === job.to) return null
  const { title, done, total, note, to } = job
  if (done === null) {
    return (
      <Link className="spine-job" to={to}>
        <b>{title}</b>
        <Count of={total} /> together, in one step
      </Link>
    )
  }
  const percent = total === 0 ? 100 : Math.floor((done / total) * 100)
  return (
    <Link className="spine-job" to={to}>
      <span className="spine-job-head">
        <b>{title}</b>
        <span>{percent}%</span>
      </span>
      <ProgressBar done={done} total={total} label={title} />
      <Count of={done} /> of <Count of={total} />
      {note && ` · ${note}`}
    </Link>
  )
}

function Person({ name, role }: { name: string; role: string }) {
  return (
    <div className="spine-person">
      <span className="initials" aria-hidden="true">
        {initials(name)}
      </span>
      <div className="grow">
        <div className="cut">
          <bdi>{name}</bdi> · {role}
        </div>
        <div className="spine-links">
          <Link to={paths.guide()}>Guide</Link>
          <KeysButton />
          <form method="post" action={paths.sign_out()}>
            <button type="submit">Sign out</button>
          </form>
        </div>
      </div>
    </div>
  )
}

/** First letters of the first and last word, in any script. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/)
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? '')][0] ?? '')
  return letters.join('').toLocaleUpperCase()
}
