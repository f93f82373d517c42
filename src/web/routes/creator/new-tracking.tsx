import { data, Form, redirect, useNavigation } from 'react-router'
import { stageTracking } from '../../../domain/fulfilment/tracking-files.ts'
import { trackingLimits } from '../../../domain/fulfilment/tracking-types.ts'
import { DomainError } from '../../../domain/shared/errors.ts'
import { HowThisWorks } from '../../components/how-this-works.tsx'
import { paths } from '../../paths.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { ErrorSummary, titleWith } from '../../ui/error-summary.tsx'
import { Field } from '../../ui/field.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import type { Route } from './+types/new-tracking'
import { requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { campaign } = await requireCampaign(args)
  return { campaign: { id: campaign.id, name: campaign.name }, limit_mb: trackingLimits.file_bytes / 1024 / 1024 }
}

export async function action(args: Route.ActionArgs) {
  const { deps, actor, campaign } = await requireCampaign(args)
  const file = (await args.request.formData()).get('file')
  if (!(file instanceof File) || file.name === '') {
    return data({ problem: 'Choose the file with the tracking numbers.', fix: null, place: null }, 422)
  }
  try {
    const staged = await stageTracking(deps, actor, {
      campaign_id: campaign.id,
      file_name: file.name,
      body: file.stream() as unknown as AsyncIterable<Uint8Array>,
    })
    if (!staged.fault) return redirect(paths.tracking(campaign.id, staged.id), { status: 303 })
    const { message, fix, line, column } = staged.fault
    const place = [file.name, line === null ? null : `line ${line}`, column].filter(Boolean).join(', ')
    return data({ problem: message, fix, place }, 422)
  } catch (error) {
    if (error instanceof DomainError) return data({ problem: error.message, fix: null, place: null }, error.status)
    throw error
  }
}

export default function NewTracking({ loaderData: { campaign, limit_mb }, actionData }: Route.ComponentProps) {
  const isReading = useNavigation().state === 'submitting'
  const problems = actionData ? [{ id: 'file', message: actionData.problem }] : []
  return (
    <>
      <title>{titleWith(problems, `Upload a tracking file · ${campaign.name}`)}</title>
      <PageHead
        title="Upload a tracking file"
        crumbs={{ label: 'Shipping', to: paths.shipping(campaign.id) }}
        facts="You see what it would ship first. Nothing is written before you say so, and nobody is mailed by it."
        help={<HowThisWorks act="marking-shipped" />}
      />
      <ErrorSummary problems={problems} />
      <Sheet label="Tracking file">
        {actionData?.fix && (
          <p>
            {actionData.place && (
              <span className="meta">
                <bdi>{actionData.place}</bdi>:{' '}
              </span>
            )}
            {actionData.fix}
          </p>
        )}
        <Form method="post" encType="multipart/form-data" className="form">
          <Field
            id="file"
            label="Tracking file"
            help={`A CSV with a row for each parcel: our order number, the tracking number, and carrier or page where you have them. Up to ${limit_mb} MB. Take it as the warehouse sends it: a spreadsheet changes long numbers.`}
            errors={actionData ? [actionData.problem] : undefined}
          >
            {(described) => (
              <input {...described} className="input" type="file" name="file" accept=".csv,.txt,.tsv,text/csv" required />
            )}
          </Field>
          <p className="meta">
            No file yet?{' '}
            <a href={paths.tracking_template(campaign.id)} download>
              Download the template
            </a>{' '}
            and let the warehouse fill it in.
          </p>
          <div className="row">
            <ButtonLink to={paths.shipping(campaign.id)}>Back to shipping</ButtonLink>
            <Button type="submit" variant="primary" disabled_reason={isReading ? 'The file is being read…' : undefined}>
              Read the file
            </Button>
          </div>
        </Form>
      </Sheet>
    </>
  )
}
