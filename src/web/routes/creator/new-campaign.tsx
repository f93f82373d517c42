import { useEffect, useRef } from 'react'
import { data, Form, redirect } from 'react-router'
import { createCampaign } from '../../../domain/campaigns/create-campaign.ts'
import { campaignInputSchema } from '../../../domain/campaigns/schema.ts'
import { stageImport } from '../../../domain/imports/stage-import.ts'
import { inTransaction } from '../../../domain/shared/tx.ts'
import { readForm } from '../../form.server.ts'
import { paths } from '../../paths.ts'
import { SAMPLE_NAME, sampleUpload } from '../../sample-report.server.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { ErrorSummary, problemsOf, titleWith } from '../../ui/error-summary.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import type { Route } from './+types/new-campaign'
import { campaignChoices, campaignShape } from './campaign-choices.server.ts'
import { CampaignFields } from './campaign-form.tsx'
import { type Desk, requireDesk } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { account, deps } = await requireDesk(args)
  return {
    has_mail_server: deps.mailer !== null,
    choices: campaignChoices(),
    values: { creator_name: account.name, support_email: account.email },
  }
}

export async function action(args: Route.ActionArgs) {
  const desk = await requireDesk(args)
  if ((await args.request.clone().formData()).get('intent') === 'sample') return await makeSample(desk)
  const { value, fault } = await readForm(args.request, campaignInputSchema, campaignShape)
  if (fault) return data({ fault }, 422)
  const campaign = await inTransaction(desk.deps, (tx) => createCampaign(tx, desk.actor, value))
  throw redirect(paths.new_import(campaign.id))
}

/** A test campaign whose report of invented backers waits to be applied. */
async function makeSample(desk: Desk): Promise<Response> {
  const campaign = await inTransaction(desk.deps, (tx) =>
    createCampaign(tx, desk.actor, {
      name: 'Sample campaign',
      creator_name: desk.account.name,
      currency: 'USD',
      mode: 'test',
      ship_from_country: 'US',
      time_zone: 'UTC',
      support_email: desk.account.email,
      payment_method_required: false,
    }),
  )
  const staged = await stageImport(desk.deps, desk.actor, {
    campaign_id: campaign.id,
    file_name: SAMPLE_NAME,
    body: sampleUpload(),
  })
  return redirect(paths.import(campaign.id, staged.id), { status: 303 })
}

export default function NewCampaign({ loaderData, actionData }: Route.ComponentProps) {
  const problems = problemsOf(actionData?.fault.errors)
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => guessTimeZone(form.current), [])
  return (
    <>
      <title>{titleWith(problems, 'New campaign · Afterfund')}</title>
      <PageHead title="New campaign" facts="About 2 minutes. Next you import the backer report of your platform." />
      <ErrorSummary problems={problems} />
      <Sheet label="Settings">
        <Form method="post" className="form" ref={form}>
          <CampaignFields {...loaderData} fault={actionData?.fault ?? null} is_made={false} />
          <div className="row">
            <ButtonLink to={paths.campaigns()}>Make none</ButtonLink>
            <Button type="submit" variant="primary">
              Create campaign
            </Button>
          </div>
        </Form>
      </Sheet>
    </>
  )
}

/** Chooses the zone of this browser where none is chosen yet; without script it is chosen by hand. */
function guessTimeZone(form: HTMLFormElement | null): void {
  const field = form?.elements.namedItem('time_zone')
  if (!(field instanceof HTMLSelectElement) || field.value !== '') return
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  if ([...field.options].some((option) => option.value === zone)) field.value = zone
}
