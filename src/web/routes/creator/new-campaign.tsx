import { data, Form, redirect } from 'react-router'
import { createCampaign } from '../../../domain/campaigns/create-campaign.ts'
import { campaignInputSchema } from '../../../domain/campaigns/schema.ts'
import { inTransaction } from '../../../domain/shared/tx.ts'
import { readForm } from '../../form.server.ts'
import { paths } from '../../paths.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { ErrorSummary, problemsOf, titleWith } from '../../ui/error-summary.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import type { Route } from './+types/new-campaign'
import { campaignChoices, campaignShape } from './campaign-choices.server.ts'
import { CampaignFields } from './campaign-form.tsx'
import { requireDesk } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { account } = await requireDesk(args)
  return { choices: campaignChoices(), values: { creator_name: account.name, support_email: account.email } }
}

export async function action(args: Route.ActionArgs) {
  const desk = await requireDesk(args)
  const { value, fault } = await readForm(args.request, campaignInputSchema, campaignShape)
  if (fault) return data({ fault }, 422)
  const campaign = await inTransaction(desk.deps, (tx) => createCampaign(tx, desk.actor, value))
  throw redirect(paths.new_import(campaign.id))
}

export default function NewCampaign({ loaderData, actionData }: Route.ComponentProps) {
  const problems = problemsOf(actionData?.fault.errors)
  return (
    <>
      <title>{titleWith(problems, 'New campaign · Afterfund')}</title>
      <PageHead title="New campaign" facts="Next you import the backer report of your platform." />
      <ErrorSummary problems={problems} />
      <Sheet label="Settings">
        <Form method="post" className="form">
          <CampaignFields {...loaderData} fault={actionData?.fault ?? null} is_made={false} />
          <div className="row">
            <ButtonLink to={paths.campaigns()}>Back to campaigns</ButtonLink>
            <Button type="submit" variant="primary">
              Create campaign
            </Button>
          </div>
        </Form>
      </Sheet>
    </>
  )
}
