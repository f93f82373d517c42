import { data, Form, redirect, useNavigation } from 'react-router'
import { stageImport } from '../../../domain/imports/stage-import.ts'
import { DomainError } from '../../../domain/shared/errors.ts'
import { paths } from '../../paths.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { ErrorSummary, titleWith } from '../../ui/error-summary.tsx'
import { Field } from '../../ui/field.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import type { Route } from './+types/new-import'
import { requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { campaign } = await requireCampaign(args)
  return {
    campaign: { id: campaign.id, name: campaign.name, currency: campaign.currency },
    has_sample: campaign.mode === 'test' && campaign.currency === 'USD',
  }
}

export async function action(args: Route.ActionArgs) {
  const { deps, actor, campaign } = await requireCampaign(args)
  const file = (await args.request.formData()).get('file')
  if (!(file instanceof File) || file.name === '') {
    return data({ problem: 'Choose the file that the platform gave you.' }, 422)
  }
  try {
    const staged = await stageImport(deps, actor, {
      campaign_id: campaign.id,
      file_name: file.name,
      body: file.stream() as unknown as AsyncIterable<Uint8Array>,
    })
    return redirect(paths.import(campaign.id, staged.id), { status: 303 })
  } catch (error) {
    if (error instanceof DomainError) return data({ problem: error.message }, error.status)
    throw error
  }
}

export default function NewImport({ loaderData: { campaign, has_sample }, actionData }: Route.ComponentProps) {
  const isReading = useNavigation().state === 'submitting'
  const problems = actionData ? [{ id: 'file', message: actionData.problem }] : []
  return (
    <>
      <title>{titleWith(problems, `Import a report · ${campaign.name}`)}</title>
      <PageHead
        title="Import a report"
        crumbs={{ label: 'Imports', to: paths.imports(campaign.id) }}
        facts="You see what it would change first. Nothing is written before you say so, and nobody is mailed."
      />
      <ErrorSummary problems={problems} />
      <Sheet label="Report">
        <Form method="post" encType="multipart/form-data" className="form">
          <Field
            id="file"
            label="Backer report"
            help={`On Kickstarter: Backer report, Export. The CSV, or the zip with a CSV for each reward, in ${campaign.currency}; up to 250 MB. Upload it as it comes: a spreadsheet that saves it changes numbers.`}
            errors={actionData ? [actionData.problem] : undefined}
          >
            {(described) => (
              <input
                {...described}
                className="input"
                type="file"
                name="file"
                accept=".csv,.zip,text/csv,application/zip"
                required
              />
            )}
          </Field>
          {has_sample && (
            <p className="meta">
              No report at hand?{' '}
              <a href={paths.sample_report()} download>
                Download a sample report
              </a>{' '}
              of 40 invented backers and choose it above.
            </p>
          )}
          <div className="row">
            <ButtonLink to={paths.imports(campaign.id)}>Back to imports</ButtonLink>
            <Button type="submit" variant="primary" disabled_reason={isReading ? 'The file is being read…' : undefined}>
              Read the report
            </Button>
          </div>
        </Form>
      </Sheet>
    </>
  )
}
