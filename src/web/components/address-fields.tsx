import type { Address, AddressField } from '../../domain/shipping/address.ts'
import type { AddressFormField } from '../../domain/shipping/address-form.ts'
import { SelectField, TextArea, TextField } from '../ui/field.tsx'

type Props = {
  /** the country's own form, from `addressFormOf` in the loader */
  form: AddressFormField[]
  values: Partial<Address>
  errors?: Partial<Record<AddressField, string[]>>
  /** shown in amber; the backer may go on */
  warnings?: Partial<Record<AddressField, string>>
  /** put before each field's name, for a form with two addresses */
  prefix?: string
}

/** The fields of one country's address form: native controls, without script. The country itself is chosen beside it. */
export function AddressFields({ form, values, errors = {}, warnings = {}, prefix = '' }: Props) {
  return form.map((field) => {
    const value = values[field.field] ?? ''
    const shared = {
      name: `${prefix}${field.field}`,
      label: field.label,
      help: field.help || undefined,
      errors: errors[field.field],
      warning: warnings[field.field],
      optional: !field.required,
      required: field.required,
      autoComplete: field.autocomplete,
      defaultValue: value,
    }
    if (field.options.length > 0) return <RegionSelect key={field.field} field={field} shared={shared} value={value} />
    if (field.field === 'delivery_notes')
      return <TextArea key={field.field} {...shared} dir="auto" rows={2} maxLength={field.max_length} />
    return (
      <TextField
        key={field.field}
        {...shared}
        type={field.inputmode === 'tel' ? 'tel' : 'text'}
        inputMode={field.inputmode}
        dir={field.inputmode === 'tel' ? 'ltr' : 'auto'}
        maxLength={field.max_length}
        width_ch={field.field === 'postcode' ? 12 : undefined}
      />
    )
  })
}

type SelectProps = { field: AddressFormField; shared: { name: string; label: string }; value: string }

/** The regions of a country; one that the list does not know (from a report, say) stays choosable as it is. */
function RegionSelect({ field, shared, value }: SelectProps) {
  const known = value === '' || field.options.some((option) => option.value === value)
  return (
    <SelectField
      {...shared}
      placeholder="Choose…"
      options={known ? field.options : [{ value, label: value }, ...field.options]}
    />
  )
}
