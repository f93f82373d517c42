import { data } from 'react-router'
import { requestLink } from '../../../domain/backers/request-link.ts'
import { inTransaction } from '../../../domain/shared/tx.ts'
import { isId } from '../../../lib/id.ts'
import { createRequestLimit } from '../../../lib/request-limit.ts'
import { BackerPage } from '../../components/backer/backer-page.tsx'
import { depsContext, requestContext } from '../../context.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorSummary, titleWith } from '../../ui/error-summary.tsx'
import { TextField } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import type { Route } from './+types/lost-link'
import { noEntry, textOf } from './pledge.server.ts'

const TITLE = 'Get your link by mail'

/** Requests of one network address, which may be a proxy that everybody comes through. What one backer gets is limited by requestLink. */
const asked = createRequestLimit({ times: 300, seconds: 15 * 60 })

async function campaignOf({ context, params }: Pick<Route.LoaderArgs, 'context' | 'params'>) {
  if (!isId(params.campaign)) throw noEntry()
  const campaign = await context
    .get(depsContext)
    .db.selectFrom('campaigns')
    .select(['id', 'name', 'creator_name', 'mode', 'support_email'])
    .where('id', '=', params.campaign)
    .executeTakeFirst()
  if (!campaign) throw noEntry()
  return campaign
}

export async function loader(args: Route.LoaderArgs) {
  const { name, creator_name, mode, support_email } = await campaignOf(args)
  return { campaign: { name, by: creator_name, test: mode === 'test' }, support_email }
}

/** Known or not, and however often: the answer is the same. */
export async function action(args: Route.ActionArgs) {
  const { id } = await campaignOf(args)
  const deps = args.context.get(depsContext)
  const email = textOf(await args.request.formData(), 'email')
  if (!/^[^\s@]+@[^\s@]+$/.test(email) || email.length > 320) {
    const problems = [{ id: 'email', message: 'Enter a mail address like name@example.com.' }]
    return data({ problems, email, sent: false }, { status: 422 })
  }
  const wait = await asked.take(args.context.get(requestContext).address)
  if (wait > 0) {
    const message = `Asked too often from here. Try again in ${Math.ceil(wait / 60)} minutes.`
    return data(
      { problems: [{ id: 'email', message }], email, sent: false },
      { status: 429, headers: { 'Retry-After': String(wait) } },
    )
  }
  await inTransaction(deps, (tx) => requestLink(tx, { campaign_id: id, email }))
  return data({ problems: [], email, sent: true })
}

export default function LostLink({ loaderData, actionData }: Route.ComponentProps) {
  const { campaign, support_email } = loaderData
  const problems = actionData?.problems ?? []
  return (
    <BackerPage
      campaign={campaign}
      foot={
        <p>
          Still no mail?{' '}
          <a href={`mailto:${support_email}?subject=${encodeURIComponent(campaign.name)}`}>
            Write to <bdi>{campaign.by}</bdi>
          </a>
          .
        </p>
      }
    >
      <title>{`${titleWith(problems, TITLE)} · ${campaign.name}`}</title>
      <ErrorSummary problems={problems} />
      <h1>{TITLE}</h1>
      {actionData?.sent ? (
        <Note tone="good" live>
          <b>If that address belongs to a pledge, a mail with its link is on its way.</b> It can take a few minutes; look in the
          spam folder too. If nothing comes, try the address you use on the platform.
        </Note>
      ) : (
        <p className="lead">Enter the mail address of your pledge, and your personal link is sent there.</p>
      )}
      <form method="post" noValidate>
        <TextField
          name="email"
          type="email"
          label="Mail address"
          help="The one you use on the crowdfunding platform."
          errors={problems.map(({ message }) => message)}
          defaultValue={actionData?.email ?? ''}
          autoComplete="email"
          maxLength={320}
          required
        />
        <Button variant={actionData?.sent ? 'outlined' : 'primary'} wide>
          {actionData?.sent ? 'Mail it again' : 'Mail me my link'}
        </Button>
      </form>
    </BackerPage>
  )
}
