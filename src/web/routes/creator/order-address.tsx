import { data, Form, redirect } from 'react-router'
import { type AddressPreview, changeAddress, previewAddress } from '../../../domain/orders/change-address.ts'
import { findOrder } from '../../../domain/orders/queries.ts'
import { type Address, addressInputSchema, checkAddress, normaliseAddress } from '../../../domain/shipping/address.ts'
import { changeCountry, fitAddress } from '../../../domain/shipping/address-fit.ts'
import { addressFormOf } from '../../../domain/shipping/address-form.ts'
import { countriesByName } from '../../../lib/countries.ts'
import { AddressFields } from '../../components/address-fields.tsx'
import { typedFields } from '../../form.server.ts'
import { paths, withQuery } from '../../paths.ts'
import { orRefusalPage } from '../../session.server.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { ErrorSummary, problemsOf, titleWith } from '../../ui/error-summary.tsx'
import { Option, SelectField, TextArea } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { Money } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import type { Route } from './+types/order-address'
import { attempt, requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign } = await requireCampaign(args)
  const order = await orRefusalPage(findOrder(deps.db, { campaign_id: campaign.id }, args.params.order, deps.clock.now()))
  const { address, number, version, currency } = order
  return {
    campaign: { id: campaign.id, name: campaign.name },
    order: { id: order.id, number, version, currency },
    countries: countriesByName(),
    ...shown(address ?? normaliseAddress({ country: order.country ?? '' }), campaign.ship_from_country),
  }
}

/** The form of the address's country with what is typed in it. */
function shown(values: Address, from: string) {
  const form = values.country ? addressFormOf(values.country, from) : []
  return {
    form,
    values,
    warnings: Object.fromEntries(checkAddress(values).warnings.map(({ field, message }) => [field, message])),
  }
}

export async function action(args: Route.ActionArgs) {
  const desk = await requireCampaign(args)
  const { campaign, deps, actor } = desk
  const fields = await typedFields(args.request)
  const parsed = addressInputSchema.safeParse(
    Object.fromEntries(Object.keys(addressInputSchema.shape).map((key) => [key, fields[key] ?? ''])),
  )
  const key = { campaign_id: campaign.id, order_id: args.params.order }
  const again = (
    address: Address,
    more: { errors?: Record<string, string[]>; message?: string; preview?: AddressPreview | null },
  ) => data({ ...shown(address, campaign.ship_from_country), errors: {}, message: null, preview: null, fields, ...more }, 422)
  if (!parsed.success) {
    return again(normaliseAddress({}), {
      errors: Object.fromEntries(parsed.error.issues.map((issue) => [issue.path.join('.'), [issue.message]])),
    })
  }
  const typed = normaliseAddress(parsed.data)
  if (fields.intent === 'country')
    return again(changeCountry({ ...typed, country: fields.country_shown || typed.country }, typed.country), {})
  const address = fitAddress(typed)
  const agreed = fields.agreed_balance ? { agreed_balance: Number(fields.agreed_balance) } : {}
  const { refusal } = await attempt(desk, (tx) =>
    changeAddress(tx, actor, {
      ...key,
      address,
      address_accepted: fields.address_accepted === 'on',
      expected_version: Number(fields.version),
      reason: fields.reason ?? '',
      ...agreed,
    }),
  )
  if (!refusal) throw redirect(withQuery(paths.order(campaign.id, key.order_id), { saved: 'address' }), { status: 303 })
  const preview = refusal.code === 'price_changed' ? await previewAddress(deps.db, actor, { ...key, address }) : null
  const errors = Object.fromEntries(refusal.fields.map(({ field, message }) => [field.replace('address.', ''), [message]]))
  return again(address, { errors, message: refusal.fields.length === 0 ? refusal.message : undefined, preview })
}

export default function OrderAddress({ loaderData, actionData }: Route.ComponentProps) {
  const { campaign, order, countries } = loaderData
  const { form, values, warnings } = actionData ?? loaderData
  const errors: Record<string, string[]> = actionData?.errors ?? {}
  const problems = problemsOf(errors)
  const preview = actionData?.preview
  return (
    <>
      <title>{titleWith(problems, `Correct the address of order ${order.number} · ${campaign.name}`)}</title>
      <PageHead
        title="Correct the address"
        crumbs={{ label: `Order ${order.number}`, to: paths.order(campaign.id, order.id) }}
        facts="Its backer is mailed what you save."
      />
      <ErrorSummary problems={problems} />
      {actionData?.message && !preview && <Note tone="danger">{actionData.message}</Note>}
      <Sheet label="Address">
        <Form method="post" className="form">
          <input type="hidden" name="version" value={order.version} />
          <input type="hidden" name="country_shown" value={values.country} />
          {preview && <Repriced preview={preview} currency={order.currency} />}
          <SelectField
            name="country"
            label="Country"
            options={countries}
            defaultValue={values.country}
            placeholder="Choose a country"
            errors={errors.country}
          />
          <Button type="submit" name="intent" value="country" formNoValidate>
            Show the form for this country
          </Button>
          <AddressFields form={form} values={values} errors={errors} warnings={warnings} />
          {Object.keys(warnings).length > 0 && (
            <Option
              type="checkbox"
              name="address_accepted"
              value="on"
              label="It is right as it is"
              help="An order with an unanswered warning cannot be made ready to ship."
            />
          )}
          <TextArea
            name="reason"
            label="Why"
            help="Kept with the order."
            optional
            defaultValue={actionData?.fields.reason}
            rows={2}
            maxLength={1000}
          />
          <div className="row">
            <ButtonLink to={paths.order(campaign.id, order.id)}>Keep the old address</ButtonLink>
            <Button type="submit" name="intent" value="save" variant="primary">
              {preview ? 'Save the address at the new price' : 'Save the address'}
            </Button>
          </div>
        </Form>
      </Sheet>
    </>
  )
}

/** The price before and after, to be agreed to before it is saved. */
function Repriced({ preview, currency }: { preview: AddressPreview; currency: string }) {
  const money = (minor: number) => <Money minor={minor} currency={currency} />
  return (
    <Note tone="warn" live>
      <input type="hidden" name="agreed_balance" value={preview.balance_after} />
      <b>This address changes the price.</b> Shipping was {money(preview.shipping_before)} and becomes{' '}
      {money(preview.shipping_after)}; the balance was {money(preview.balance_before)} and becomes {money(preview.balance_after)}.
      Save again to agree to it for the backer.
    </Note>
  )
}
