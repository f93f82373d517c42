import { data, Form, redirect } from 'react-router'
import { confirmSurvey } from '../../../domain/orders/change-order.ts'
import { AddressFields } from '../../components/address-fields.tsx'
import { AddonQuantities, AnswersTotal } from '../../components/answer-fields.tsx'
import { ChoiceFields } from '../../components/survey/choice-fields.tsx'
import { paths, withQuery } from '../../paths.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { ErrorSummary, problemsOf, titleWith } from '../../ui/error-summary.tsx'
import { Option, SelectField, TextField } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet, Sheets } from '../../ui/sheet.tsx'
import { textOf } from '../backer/pledge.server.ts'
import type { Route } from './+types/backer-answers'
import { answerFields, openAnswers, problemsByField, readAnswers, withAnswers } from './backer-answers.server.ts'
import { attempt, requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const desk = await requireCampaign(args)
  const { view, closed } = await openAnswers(desk, args.params.backer)
  const { backer, order } = view.file
  return {
    campaign: { id: desk.campaign.id, name: desk.campaign.name, currency: desk.campaign.currency },
    backer: { id: backer.id, name: backer.name },
    order: order && { id: order.id, number: order.number },
    version: order?.version ?? 0,
    closed,
    fields: answerFields(view),
  }
}

export async function action(args: Route.ActionArgs) {
  const desk = await requireCampaign(args)
  const form = await args.request.formData()
  const { view } = await openAnswers(desk, args.params.backer)
  const typed = readAnswers(form, view)
  const after = withAnswers(view, typed.data)
  const reason = textOf(form, 'reason').slice(0, 1_000)
  const version = Number(textOf(form, 'version'))
  const answer = (errors: Record<string, string[]>, refused: { code: string; message: string } | null, status: number) =>
    data(
      {
        errors,
        message: refused?.message ?? null,
        is_overtaken: refused?.code === 'changed_meanwhile',
        reason,
        version,
        fields: answerFields(after),
      },
      status,
    )
  if (Object.keys(typed.errors).length > 0) return answer(typed.errors, null, 422)
  const intent = textOf(form, 'intent')
  if (intent === 'country') return answer({}, null, 200)
  if (intent !== 'confirm') return answer(problemsByField(after), null, 200)
  const errors = { ...problemsByField(after), ...(reason === '' ? { reason: ['Say why.'] } : {}) }
  if (Object.keys(errors).length > 0) return answer(errors, null, 422)
  const key = { campaign_id: desk.campaign.id, backer_id: view.file.backer.id }
  const { done, refusal } = await attempt(desk, (tx) =>
    confirmSurvey(tx, desk.actor, {
      ...key,
      data: typed.data,
      ignore_draft: view.file.order !== null,
      expected_version: version,
      agreed_total: Number(textOf(form, 'agreed_total')),
      reason,
    }),
  )
  if (!refusal) throw redirect(withQuery(paths.order(key.campaign_id, done.order_id), { saved: 'answers' }), { status: 303 })
  const told = Object.fromEntries(refusal.fields.map(({ field, message }) => [field, [message]]))
  return answer(told, refusal.fields.length > 0 ? null : refusal, refusal.fields.length > 0 ? 422 : 409)
}

export default function BackerAnswers({ loaderData, actionData }: Route.ComponentProps) {
  const { campaign, backer, order, closed } = loaderData
  const fields = actionData?.fields ?? loaderData.fields
  const errors: Record<string, string[]> = actionData?.errors ?? {}
  const problems = problemsOf(errors)
  const title = order ? `Change order ${order.number}` : 'Fill the survey'
  const back = order ? paths.order(campaign.id, order.id) : paths.backer(campaign.id, backer.id)
  return (
    <>
      <title>{titleWith(problems, `${title} · ${campaign.name}`)}</title>
      <PageHead
        title={title}
        crumbs={{ label: order ? `Order ${order.number}` : 'Backer', to: back, rest: <bdi>{backer.name}</bdi> }}
        facts={
          <>
            For <bdi>{backer.name}</bdi>, who is mailed what you confirm.
          </>
        }
      />
      {closed ? (
        <Note tone="warn" end={<ButtonLink to={back}>Back</ButtonLink>}>
          {closed} Nothing can be changed here now.
        </Note>
      ) : (
        <>
          <ErrorSummary problems={problems} />
          {actionData?.message && (
            <Note
              tone={actionData.is_overtaken ? 'danger' : 'warn'}
              live
              end={actionData.is_overtaken && <a href={paths.backer_answers(campaign.id, backer.id)}>Load it as it is now</a>}
            >
              {actionData.message}
            </Note>
          )}
          <Form method="post" noValidate>
            {/* Enter in a field works out the total; only its own button confirms. */}
            <button type="submit" name="intent" value="total" className="visually-hidden" tabIndex={-1} aria-hidden="true">
              Work out the total
            </button>
            <input type="hidden" name="version" value={actionData?.version ?? loaderData.version} />
            <input type="hidden" name="agreed_total" value={fields.total} key={fields.total} />
            <Sheets columns="main-side">
              <div className="sheets">
                <Choices fields={fields} errors={errors} currency={campaign.currency} />
                {fields.place && <Place place={fields.place} errors={errors} />}
              </div>
              <div className="sheets">
                <AnswersTotal currency={campaign.currency} contents={fields.contents} money={fields.money} />
                <Sheet title={order ? 'Change it for them' : 'Confirm it for them'}>
                  <div className="form">
                    <TextField
                      name="reason"
                      label="Reason"
                      help="Such as “asked by mail”. Kept with the order."
                      errors={errors.reason}
                      defaultValue={actionData?.reason ?? ''}
                      dir="auto"
                      maxLength={1000}
                    />
                    <Button name="intent" value="total">
                      Work out the total
                    </Button>
                    <Button name="intent" value="confirm" variant="primary">
                      {order ? `Change order ${order.number}` : 'Confirm the survey for them'}
                    </Button>
                  </div>
                </Sheet>
              </div>
            </Sheets>
          </Form>
        </>
      )}
    </>
  )
}

type Fields = ReturnType<typeof answerFields>
type Errors = Record<string, string[]>

function Choices({ fields, errors, currency }: { fields: Fields; errors: Errors; currency: string }) {
  const { places, questions, addons } = fields
  return (
    <>
      {places.length + questions.length > 0 && (
        <Sheet title="Choices">
          <div className="form">
            <ChoiceFields places={places} questions={questions} errors={errors} />
          </div>
        </Sheet>
      )}
      {addons.length > 0 && (
        <Sheet title="Add-ons">
          <AddonQuantities rows={addons} currency={currency} errors={errors} />
        </Sheet>
      )}
    </>
  )
}

function Place({ place, errors }: { place: NonNullable<Fields['place']>; errors: Errors }) {
  const own = Object.fromEntries(
    Object.entries(errors).flatMap(([field, messages]) => (field.startsWith('address.') ? [[field.slice(8), messages]] : [])),
  )
  return (
    <Sheet title="Where it goes">
      <div className="form">
        <SelectField
          name="address.country"
          label="Country"
          options={place.countries}
          placeholder="Choose a country"
          defaultValue={place.country}
          key={place.country}
          errors={errors['address.country']}
        />
        {!place.served && <Note tone="warn">You do not ship to {place.country_name}.</Note>}
        <Button name="intent" value="country">
          Show the form for this country
        </Button>
        <AddressFields form={place.form} values={place.values} prefix="address." errors={own} />
        {place.unusual && (
          <Option
            type="checkbox"
            name="address_accepted"
            value="on"
            defaultChecked={place.accepted}
            label="The address is right as it is"
            help="Something about it looks unusual."
          />
        )}
      </div>
    </Sheet>
  )
}
