import { NOT_ANSWERED, NOT_SENT, WITHOUT_PAYMENT_METHOD } from '../../../domain/backers/selection.ts'
import { loadCatalog } from '../../../domain/catalog/load-catalog.ts'
import { findCatalogueWarnings } from '../../../domain/surveys/catalogue-warnings.ts'
import { previewAskPaymentMethod, previewRemindBackers } from '../../../domain/surveys/remind-backers.ts'
import { previewSendSurveys } from '../../../domain/surveys/send-surveys.ts'
import { countriesByName } from '../../../lib/countries.ts'
import { mailingRefusalSentence } from '../../../lib/mailing-text.ts'
import { CatalogueWarnings } from '../../components/catalogue-warnings.tsx'
import { paths } from '../../paths.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { SelectField } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { countText, plural } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet, Sheets } from '../../ui/sheet.tsx'
import type { Route } from './+types/survey'
import { requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { deps, actor, campaign } = await requireCampaign(args)
  const mailing = { campaign_id: campaign.id, smtp: deps.mailer !== null }
  const send = await previewSendSurveys(deps.db, actor, { ...mailing, selection: NOT_SENT })
  const remind = await previewRemindBackers(deps.db, actor, { ...mailing, selection: NOT_ANSWERED })
  const ask = await previewAskPaymentMethod(deps.db, actor, { ...mailing, selection: WITHOUT_PAYMENT_METHOD })
  const catalog = await loadCatalog(deps.db, campaign.id)
  return {
    campaign: { id: campaign.id, name: campaign.name, ship_from_country: campaign.ship_from_country },
    send: { moved: send.moved, refusal: send.refusal },
    remind: { moved: remind.moved, refusal: remind.refusal },
    ask: { moved: ask.moved, refusal: ask.refusal },
    warnings: await findCatalogueWarnings(deps.db, campaign),
    questions: catalog.questions.length,
    levels: [...catalog.levels.map(({ id, name }) => ({ value: id, label: name })), { value: 'none', label: 'No reward' }],
    countries: countriesByName(),
  }
}

export default function Survey({ loaderData }: Route.ComponentProps) {
  const { campaign, send, remind, ask, warnings, levels, countries } = loaderData
  return (
    <>
      <title>{`Survey · ${campaign.name}`}</title>
      <PageHead title="Survey" facts="What your backers are asked, and who was asked already." />
      <CatalogueWarnings campaign_id={campaign.id} warnings={warnings} />
      <Sheets columns="halves">
        <Sheet title="Look at it first">
          <form method="get" action={paths.survey_preview(campaign.id)} className="form">
            <SelectField name="level" label="As a backer of" options={levels} />
            <SelectField name="country" label="Who lives in" options={countries} defaultValue={campaign.ship_from_country} />
            <Button type="submit">Look at this survey</Button>
          </form>
        </Sheet>
        <Sheet title="Send it">
          {send.refusal && <Note tone="warn">{mailingRefusalSentence(send.refusal)}</Note>}
          {send.moved === 0 ? (
            <p>Nobody is left to be asked.</p>
          ) : (
            <>
              <p>
                {plural(send.moved, 'backer has', 'backers have')} not been asked yet. You see who gets a mail before any leaves.
              </p>
              <div className="row">
                <ButtonLink to={paths.backers(campaign.id, { survey: 'not_sent' })}>Choose a few first…</ButtonLink>
                <ButtonLink to={paths.survey_send(campaign.id)} variant="primary">
                  Send to {send.moved === 1 ? 'this one' : `all ${countText(send.moved)}`}…
                </ButtonLink>
              </div>
              <p className="meta">
                To a few: tick them in the list of backers and press “Send the survey” there. A mistake is cheap while ten people
                see it.
              </p>
            </>
          )}
        </Sheet>
        <Sheet title="Remind">
          {remind.moved === 0 ? (
            <p>Nobody who was asked has yet to answer.</p>
          ) : (
            <>
              <p>{plural(remind.moved, 'backer was', 'backers were')} asked and did not answer.</p>
              <ButtonLink to={paths.survey_remind(campaign.id)}>Preview a reminder…</ButtonLink>
            </>
          )}
        </Sheet>
        <Sheet title="Ask for a payment method">
          {ask.moved === 0 ? (
            <p>No order waits for a payment method.</p>
          ) : (
            <>
              <p>
                {plural(ask.moved, 'order owes', 'orders owe')} something and cannot be locked, since no payment method is on
                file.
              </p>
              <ButtonLink to={paths.survey_ask(campaign.id)}>Preview the mail…</ButtonLink>
            </>
          )}
        </Sheet>
      </Sheets>
    </>
  )
}
