import type { Campaign } from '../../../domain/shared/policy.ts'
import type { FormFault } from '../../form.server.ts'
import { Option, OptionGroup, SelectField, TextField } from '../../ui/field.tsx'

export interface CampaignChoices {
  currencies: string[]
  countries: { value: string; label: string }[]
  time_zones: string[]
}

interface Props {
  choices: CampaignChoices
  values: Partial<Omit<Campaign, 'created_at' | 'updated_at' | 'prices_saved_at' | 'expiry_looked_on'>>
  fault: FormFault | null
  /** A campaign that exists: currency and mode are shown, since they stay for ever. */
  is_made: boolean
  has_mail_server?: boolean
}

/** The settings of a campaign: the same fields when it is made and later. */
export function CampaignFields({ choices, values, fault, is_made, has_mail_server }: Props) {
  const errors = fault?.errors ?? {}
  const value = (field: keyof Props['values']) => fault?.typed[field] ?? String(values[field] ?? '')
  const field = (name: keyof Props['values']) => ({ name, defaultValue: value(name), errors: errors[name] })
  return (
    <>
      <TextField {...field('name')} label="Name of the campaign" help="As your backers know it." required maxLength={120} />
      <TextField
        {...field('creator_name')}
        label="Your name, or your company’s"
        help="Backers see “by …”."
        required
        maxLength={120}
      />
      {is_made ? (
        <p className="stack">
          {values.currency} · {values.mode === 'test' ? 'test campaign' : 'live campaign'}. Both are fixed: every pledge is
          counted in this currency.
        </p>
      ) : (
        <FixedFields choices={choices} fault={fault} has_mail_server={has_mail_server} />
      )}
      <SelectField
        {...field('ship_from_country')}
        label="Country you ship from"
        options={choices.countries}
        placeholder="Choose a country"
        required
      />
      <SelectField
        {...field('time_zone')}
        label="Time zone"
        help="Deadlines end at midnight there."
        options={choices.time_zones.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))}
        placeholder="Choose a time zone"
        required
      />
      <TextField
        {...field('support_email')}
        type="email"
        label="Email address for backers’ questions"
        help="Their answers to your mails go there."
        required
      />
      <TextField
        {...field('lockdown_on')}
        type="date"
        label="Lockdown date"
        help="The day until which backers are told to answer. Nothing is locked by itself: you lock when you are ready."
        optional
        width_ch={14}
      />
      {is_made && <LaterFields values={values} fault={fault} field={field} />}
      <Option
        type="checkbox"
        name="payment_method_required"
        value="on"
        defaultChecked={fault ? fault.typed.payment_method_required === 'on' : (values.payment_method_required ?? false)}
        label="Ask every backer for a payment method"
        help="Leave it off, unless you charge everybody something later, such as shipping. With it, also those who owe nothing now are asked for a card, and no order can be locked without one."
      />
    </>
  )
}

type Field = (name: keyof Props['values']) => { name: string; defaultValue: string; errors: string[] | undefined }

/** What nobody needs to know of a campaign that begins. */
function LaterFields({ values, fault, field }: Pick<Props, 'values' | 'fault'> & { field: Field }) {
  return (
    <>
      <TextField
        {...field('charge_on')}
        type="date"
        label="Planned day of the charge"
        help="Nothing is charged by itself: you start each run. 14 days before, backers whose card expires by then are mailed, so that they can put in another one. Without a day, nobody is."
        optional
        width_ch={14}
      />
      <TextField
        {...field('undo_ship_hours')}
        type="number"
        min={0}
        max={720}
        label="Shipping can be undone within"
        help="Counted from the moment an order was marked as shipped; 0: never."
        suffix="hours"
        width_ch={5}
        required
      />
      <Option
        type="checkbox"
        name="retry_failed_cards"
        value="on"
        defaultChecked={fault ? fault.typed.retry_failed_cards === 'on' : (values.retry_failed_cards ?? true)}
        label="Try failed cards again by themselves"
        help="A few times, days apart, where the bank’s reason may pass: never twice a day, never a card that was refused for good. Backers are reminded either way."
      />
    </>
  )
}

function FixedFields({ choices, fault, has_mail_server }: Pick<Props, 'choices' | 'fault' | 'has_mail_server'>) {
  const mode = fault?.typed.mode ?? 'test'
  return (
    <>
      <SelectField
        name="currency"
        defaultValue={fault?.typed.currency ?? 'USD'}
        errors={fault?.errors.currency}
        label="Currency"
        help="The currency of your campaign on the platform. It cannot be changed later."
        options={choices.currencies.map((code) => ({ value: code, label: code }))}
        width_ch={8}
      />
      <OptionGroup
        id="mode"
        label="Kind of campaign"
        help="It cannot be changed later. Begin with a test if this is your first."
        errors={fault?.errors.mode}
      >
        <Option
          type="radio"
          name="mode"
          value="test"
          defaultChecked={mode === 'test'}
          label="Test"
          help="To try everything out. No money moves; without a mail server, mails stay in a mailbox here, where you can answer them as a backer."
        />
        <Option
          type="radio"
          name="mode"
          value="live"
          defaultChecked={mode === 'live'}
          label="Live"
          help={`For your real backers, whose mails leave.${has_mail_server ? '' : ' No mail server is set up yet: whoever runs Afterfund sets SMTP_URL before surveys can be sent.'}`}
        />
      </OptionGroup>
    </>
  )
}
