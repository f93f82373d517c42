import { Eye } from 'lucide-react'
import { SURVEY_LABEL, type SurveyState } from '../../../domain/orders/lifecycle.ts'
import { inTransaction } from '../../../domain/shared/tx.ts'
import { findSurveyView } from '../../../domain/surveys/survey-view.ts'
import { viewSurvey } from '../../../domain/surveys/view-survey.ts'
import { isId } from '../../../lib/id.ts'
import { BackerPage } from '../../components/backer/backer-page.tsx'
import { OrderHead } from '../../components/survey/order-head.tsx'
import { OrderView } from '../../components/survey/order-view.tsx'
import { WholeSurvey } from '../../components/survey/whole-survey.tsx'
import { paths } from '../../paths.ts'
import { orRefusalPage } from '../../session.server.ts'
import { Note } from '../../ui/note.tsx'
import { ReaderProvider } from '../../ui/reader.tsx'
import type { Route } from './+types/view-as'
import { ChangeList } from './closed.tsx'
import { SupportLink } from './frame.tsx'
import { orderProps, unconfirmed } from './order.server.ts'
import { frameOf, noEntry } from './pledge.server.ts'
import { requireStaff } from './staff.server.ts'
import { wholeSurvey } from './whole-survey.server.ts'

/** What one backer sees behind their link, for staff, to look at only. */
export async function loader(args: Route.LoaderArgs) {
  const { deps, actor, campaign } = await requireStaff(args)
  if (!isId(args.params.backer)) throw noEntry()
  const key = { campaign_id: campaign.id, backer_id: args.params.backer }
  // Looking is an event: it says who looked.
  await orRefusalPage(inTransaction(deps, (tx) => viewSurvey(tx, actor, key)))
  const view = await findSurveyView(deps.db, actor, key)
  const now = deps.clock.now()
  const { order, backer } = view.file
  return {
    frame: frameOf(campaign, now, order?.number),
    name: backer.name,
    survey_state: backer.survey as SurveyState,
    order: order ? await orderProps(deps.db, view, now) : null,
    unconfirmed: unconfirmed(view),
    survey: order ? null : wholeSurvey(view),
    back_to: order ? paths.order(campaign.id, order.id) : paths.backer(campaign.id, backer.id),
  }
}

export function meta({ loaderData }: Route.MetaArgs) {
  return loaderData ? [{ title: `As ${loaderData.name} sees it · ${loaderData.frame.campaign.name}` }] : []
}

export default function ViewAs({ loaderData }: Route.ComponentProps) {
  const { frame, name, order, survey, survey_state, unconfirmed: draft, back_to } = loaderData
  return (
    <ReaderProvider reader={{ locale: 'en', time_zone: frame.time_zone, now: frame.now }}>
      <BackerPage campaign={frame.campaign} foot={<a href={back_to}>Back to the desk</a>}>
        <Note icon={Eye}>
          <b>
            As <bdi>{name}</bdi> sees it.
          </b>{' '}
          Nothing can be changed here.
        </Note>
        {order && (
          <>
            <OrderHead order={order} />
            {draft && draft.changes.length > 0 && (
              <Note tone="warn">
                <b>
                  {draft.state === 'overtaken'
                    ? 'Too late: a lock came before these changes were confirmed.'
                    : 'Changes that are saved and not confirmed.'}
                </b>
                <ChangeList changes={draft.changes} />
              </Note>
            )}
            <OrderView
              order={order}
              change={{ choices: null, addons: null, address: null, request: null }}
              forms={null}
              ask={<SupportLink frame={frame} />}
            />
          </>
        )}
        {survey && (
          <>
            <h1>
              The survey of <bdi>{name}</bdi>
            </h1>
            <p className="lead">
              State of the survey: {SURVEY_LABEL[survey_state].toLowerCase()}. These are the steps with what is saved so far.
            </p>
            <WholeSurvey survey={survey} />
          </>
        )}
      </BackerPage>
    </ReaderProvider>
  )
}
