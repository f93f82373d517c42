import { data, Form, redirect } from 'react-router'
import { changeCampaign } from '../../../domain/campaigns/change-campaign.ts'
import { campaignChangeSchema } from '../../../domain/campaigns/schema.ts'
import { isChargingSetUp } from '../../../domain/payments/charging.ts'
import { checkGateway, findGatewayInUse } from '../../../domain/payments/record-gateway.ts'
import { missingRightText, newKeyUrl } from '../../../lib/right-text.ts'
import { ColoursSwitch } from '../../components/colours-switch.tsx'
import { readForm } from '../../form.server.ts'
import { paths, withQuery } from '../../paths.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorSummary, problemsOf, titleWith } from '../../ui/error-summary.tsx'
import { KeysSwitch } from '../../ui/keys.tsx'
import { Note } from '../../ui/note.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Facts, Sheet } from '../../ui/sheet.tsx'
import type { Route } from './+types/settings'
import { campaignChoices, campaignShape } from './campaign-choices.server.ts'
import { CampaignFields } from './campaign-form.tsx'
import { attempt, requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { campaign, deps } = await requireCampaign(args)
  const { created_at, updated_at, prices_saved_at, expiry_looked_on, ...values } = campaign
  return {
    choices: campaignChoices(),
    values,
    saved: new URL(args.request.url).searchParams.has('saved'),
    checked: new URL(args.request.url).searchParams.has('checked'),
    has_mail_server: deps.mailer !== null,
    is_simulator: deps.config.gateway === 'simulator',
    is_charging: await isChargingSetUp(deps.db, campaign),
    gateway: await findGatewayInUse(deps.db),
    has_webhook_secret: deps.config.gateway === 'simulator' || deps.config.webhookSecrets.length > 0,
  }
}

export async function action(args: Route.ActionArgs) {
  const desk = await requireCampaign(args)
  if ((await args.request.clone().formData()).get('intent') === 'check') {
    await checkGateway(desk.deps)
    throw redirect(withQuery(paths.settings(desk.campaign.id), { checked: '1' }))
  }
  const { value, fault } = await readForm(args.request, campaignChangeSchema, campaignShape)
  if (fault) return data({ fault, refusal: null }, 422)
  const { refusal } = await attempt(desk, (tx) => changeCampaign(tx, desk.actor, { ...value, campaign_id: desk.campaign.id }))
  if (refusal) return data({ fault: null, refusal }, 409)
  throw redirect(withQuery(paths.settings(desk.campaign.id), { saved: '1' }))
}

export default function Settings({ loaderData, actionData }: Route.ComponentProps) {
  const problems = problemsOf(actionData?.fault?.errors)
  return (
    <>
      <title>{titleWith(problems, `Settings · ${loaderData.values.name}`)}</title>
      <PageHead title="Settings" />
      <ErrorSummary problems={problems} />
      {actionData?.refusal && <Note tone="danger">{actionData.refusal.message}</Note>}
      {loaderData.saved && !actionData && <Note tone="good">The settings are saved.</Note>}
      {loaderData.checked && !actionData && (
        <Note tone="info">The payment service was asked. What it said stands below, under Mail and payments.</Note>
      )}
      <Sheet title="Campaign">
        <Form method="post" className="form">
          <input type="hidden" name="version" value={loaderData.values.version} />
          <CampaignFields {...loaderData} fault={actionData?.fault ?? null} is_made />
          <div className="row">
            <Button type="submit" variant="primary">
              Save settings
            </Button>
          </div>
        </Form>
      </Sheet>
      <Sheet title="Mail and payments">
        <Facts
          facts={[
            { term: 'Mails', fact: mailText(loaderData) },
            { term: 'Cards', fact: cardText(loaderData) },
            { term: 'Payment account', fact: accountText(loaderData) },
            ...(loaderData.is_simulator ? [] : [{ term: 'Rights of the key', fact: <Rights {...loaderData} /> }]),
          ]}
        />
        {!loaderData.is_simulator && (
          <Form method="post">
            <Button type="submit" name="intent" value="check">
              Ask the payment service again
            </Button>
          </Form>
        )}
        <p className="meta">Whoever runs Afterfund sets both when it is started; its README says how.</p>
      </Sheet>
      <Sheet title="This browser">
        <ColoursSwitch />
        <KeysSwitch />
      </Sheet>
    </>
  )
}

type Loaded = Route.ComponentProps['loaderData']

function mailText({ has_mail_server, values }: Loaded): string {
  if (has_mail_server) return 'leave through the mail server that is set up'
  return values.mode === 'test'
    ? 'stay here, under Messages → Mailbox: no mail server is set up'
    : 'wait: no mail server is set up, and a live campaign sends only with one'
}

function cardText({ is_charging, is_simulator, values, gateway }: Loaded): string {
  if (gateway.mode !== null && gateway.mode !== values.mode) {
    return values.mode === 'live'
      ? 'cannot be saved or charged: charging is not set up, since no live key of Stripe is in use'
      : 'cannot be saved or charged: a live key is in use, and it serves live campaigns only'
  }
  if (!is_charging) return 'cannot be saved or charged yet: the payment service was not reached so far'
  if (values.mode === 'live') return 'are charged by Stripe: money moves'
  return is_simulator ? 'are charged by a simulator of Stripe: no money moves' : 'test cards only: no money moves'
}

function accountText({ is_simulator, gateway: { account, mode, check }, has_webhook_secret }: Loaded): string {
  if (check?.refusal === 'http_401') return 'not known: Stripe does not take the key'
  if (account === null) return 'not known yet: the payment service was not reached so far'
  if (is_simulator) return `${account}, of the simulator`
  const news = has_webhook_secret ? '' : '; what changes there is noticed once an hour only, since no webhook secret is set'
  return `${account}, with a ${mode} key${news}`
}

/** What a restricted key lacks, in the words of Stripe's own page. */
function Rights({ gateway: { check } }: Loaded) {
  if (!check?.missing_rights) return <>not known yet</>
  if (check.missing_rights.length === 0) return <>all that are needed</>
  return (
    <>
      {check.missing_rights.map((right) => (
        <p key={right}>{missingRightText(right)}</p>
      ))}
      <a href={newKeyUrl()}>Make a new key at Stripe, with all of them ticked</a>
    </>
  )
}
