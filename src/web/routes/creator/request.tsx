import { data, Form, redirect } from 'react-router'
import { answerChangeRequest } from '../../../domain/fulfilment/answer-request.ts'
import { findChangeRequest } from '../../../domain/fulfilment/request-queries.ts'
import { reasonSentence } from '../../../lib/reason-text.ts'
import { REQUEST_STATE, RequestBody, RequestHead, type RequestView } from '../../components/request-parts.tsx'
import { typedFields } from '../../form.server.ts'
import { paths } from '../../paths.ts'
import { orRefusalPage } from '../../session.server.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Option, TextArea } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Facts, Sheet } from '../../ui/sheet.tsx'
import { Time } from '../../ui/time.tsx'
import type { Route } from './+types/request'
import { viewRequest } from './requests.server.ts'
import { attempt, requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const desk = await requireCampaign(args)
  const { deps, campaign } = desk
  const found = await orRefusalPage(findChangeRequest(deps.db, campaign.id, args.params.request))
  return { campaign: { id: campaign.id, name: campaign.name }, request: await viewRequest(desk, campaign.id, found) }
}

export async function action(args: Route.ActionArgs) {
  const desk = await requireCampaign(args)
  const fields = await typedFields(args.request)
  const decision = fields.intent === 'approve' ? ('approve' as const) : ('decline' as const)
  const { refusal } = await attempt(desk, (tx) =>
    answerChangeRequest(tx, desk.actor, {
      campaign_id: desk.campaign.id,
      request_id: args.params.request,
      decision,
      answer: fields.answer ?? '',
      address_accepted: fields.address_accepted === 'on',
    }),
  )
  if (refusal) return data({ refusal, fields }, 409)
  throw redirect(paths.requests(desk.campaign.id, { done: decision === 'approve' ? 'approved' : 'declined' }), { status: 303 })
}

export default function Request({ loaderData, actionData }: Route.ComponentProps) {
  const { campaign, request } = loaderData
  const title = `Another address for order ${request.order.number}`
  return (
    <>
      <title>{`${title} · ${campaign.name}`}</title>
      <PageHead
        title={title}
        crumbs={{ label: 'Requests', to: paths.requests(campaign.id) }}
        facts={
          <>
            <bdi>{request.backer.name}</bdi> · <RequestHead campaign_id={campaign.id} request={request} />
          </>
        }
      />
      {actionData && (
        <Note tone="danger" live>
          {actionData.refusal.message} Nothing was changed.
        </Note>
      )}
      <Sheet title={REQUEST_STATE[request.state]}>
        <RequestBody request={request} />
        {request.state === 'open' ? (
          <Answer campaign_id={campaign.id} request={request} typed={actionData?.fields ?? {}} />
        ) : (
          <Facts
            facts={[
              { term: 'When', fact: request.answered_at && <Time at={request.answered_at} as="moment" /> },
              { term: 'By', fact: request.answered_by && <bdi>{request.answered_by}</bdi> },
              { term: 'Why', fact: request.code && reasonSentence(request.code) },
              { term: 'Your words', fact: request.answer && <bdi>{request.answer}</bdi> },
            ]}
          />
        )}
      </Sheet>
    </>
  )
}

function Answer({ campaign_id, request, typed }: { campaign_id: string; request: RequestView; typed: Record<string, string> }) {
  const { preview } = request
  const cannot = preview?.price_changed
    ? 'The price has changed since the backer asked.'
    : preview?.problems.length
      ? 'The new address cannot be saved.'
      : null
  return (
    <Form method="post" className="form">
      {preview && preview.warnings.length > 0 && (
        <Option
          type="checkbox"
          name="address_accepted"
          value="on"
          defaultChecked={typed.address_accepted === 'on'}
          label="The new address is right as it is"
          help="Then the order stays ready to ship."
        />
      )}
      <TextArea
        name="answer"
        label="Your words to the backer"
        help="They stand in the mail with your answer."
        optional
        defaultValue={typed.answer}
        rows={3}
        maxLength={1000}
        dir="auto"
      />
      <div className="row">
        <ButtonLink to={paths.requests(campaign_id)} variant="text">
          Answer later
        </ButtonLink>
        <Button type="submit" name="intent" value="decline">
          Decline: keep the old address
        </Button>
        <Button type="submit" name="intent" value="approve" variant="primary" disabled_reason={cannot}>
          Approve the new address
        </Button>
      </div>
    </Form>
  )
}
