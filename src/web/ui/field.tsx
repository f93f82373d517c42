import { CircleAlert, TriangleAlert } from 'lucide-react'
import type { InputHTMLAttributes, ReactNode, SelectHTMLAttributes, TextareaHTMLAttributes } from 'react'
import { Icon } from './icon.tsx'

/** What stands around a control. `errors` takes Conform's list; only the first is shown, the rest follow when it is mended. */
export interface FieldWords {
  label: ReactNode
  help?: ReactNode
  errors?: readonly string[] | undefined
  /** Amber: it may be saved as it is. */
  warning?: ReactNode
  optional?: boolean
  /** Label and help for assistive technology only, where a table head says them. */
  hide_label?: boolean
}

interface Described {
  id: string
  'aria-describedby': string | undefined
  'aria-invalid': true | undefined
}

/** Label, help, error, control: in this order, tied together by ids. The control is drawn by `children`. */
export function Field({ id, children, ...words }: FieldWords & { id: string; children: (described: Described) => ReactNode }) {
  const error = words.errors?.[0]
  const describedBy = [words.help && `${id}-help`, error && `${id}-error`, words.warning && `${id}-warning`]
    .filter(Boolean)
    .join(' ')
  return (
    <div className="field">
      <label className={words.hide_label ? 'visually-hidden' : 'field-label'} htmlFor={id}>
        {words.label}
        {words.optional && <span className="field-optional"> (optional)</span>}
      </label>
      <FieldNotes id={id} help={words.help} error={error} warning={words.warning} hide_help={words.hide_label} />
      {children({ id, 'aria-describedby': describedBy || undefined, 'aria-invalid': error ? true : undefined })}
    </div>
  )
}

interface NotesProps {
  id: string
  help?: ReactNode
  error?: string | undefined
  warning?: ReactNode
  hide_help?: boolean | undefined
}

/** Help, error and warning of a control or a group, with the ids that describe it. */
export function FieldNotes({ id, help, error, warning, hide_help }: NotesProps) {
  return (
    <>
      {help && (
        <span className={hide_help ? 'visually-hidden' : 'field-help'} id={`${id}-help`}>
          {help}
        </span>
      )}
      {error && (
        <span className="field-error" id={`${id}-error`}>
          <Icon of={CircleAlert} />
          <span>{error}</span>
        </span>
      )}
      {warning && (
        <span className="field-warning" id={`${id}-warning`}>
          <Icon of={TriangleAlert} />
          <span>{warning}</span>
        </span>
      )}
    </>
  )
}

interface Sized {
  /** The width hints the answer: characters, like 11 for a postal code. */
  width_ch?: number
}

type TextFieldProps = FieldWords &
  Sized & {
    name: string
    id?: string
    /** Before or after the input: a currency, a unit. */
    prefix?: ReactNode
    suffix?: ReactNode
  } & Omit<InputHTMLAttributes<HTMLInputElement>, 'prefix' | 'name' | 'id'>

/** One line of text. Native attributes (type, autoComplete, inputMode, required, defaultValue…) pass through. */
export function TextField({
  label,
  help,
  errors,
  warning,
  optional,
  hide_label,
  width_ch,
  prefix,
  suffix,
  ...input
}: TextFieldProps) {
  return (
    <Field {...{ label, help, errors, warning, optional, hide_label }} id={input.id ?? input.name}>
      {(described) => {
        const control = <input type="text" {...input} {...described} className="input" style={widthOf(width_ch)} />
        if (!prefix && !suffix) return control
        return (
          <span className="input-affix">
            {prefix}
            {control}
            {suffix}
          </span>
        )
      }}
    </Field>
  )
}

type TextAreaProps = FieldWords & { name: string; id?: string } & TextareaHTMLAttributes<HTMLTextAreaElement>

export function TextArea({ label, help, errors, warning, optional, hide_label, ...input }: TextAreaProps) {
  return (
    <Field {...{ label, help, errors, warning, optional, hide_label }} id={input.id ?? input.name}>
      {(described) => <textarea rows={4} {...input} {...described} className="input" />}
    </Field>
  )
}

type SelectProps = FieldWords &
  Sized & {
    name: string
    id?: string
    options: readonly { value: string; label: string; disabled?: boolean }[]
    /** First entry without a value: "Choose a country". */
    placeholder?: string
  } & Omit<SelectHTMLAttributes<HTMLSelectElement>, 'children'>

export function SelectField({
  label,
  help,
  errors,
  warning,
  optional,
  hide_label,
  width_ch,
  options,
  placeholder,
  ...input
}: SelectProps) {
  return (
    <Field {...{ label, help, errors, warning, optional, hide_label }} id={input.id ?? input.name}>
      {(described) => (
        <select {...input} {...described} className="input" style={widthOf(width_ch)}>
          {placeholder !== undefined && <option value="">{placeholder}</option>}
          {options.map((option) => (
            <option key={option.value} value={option.value} disabled={option.disabled}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

function widthOf(characters: number | undefined) {
  // the field's own padding and border come on top of its characters
  return characters === undefined ? undefined : { inlineSize: `calc(${characters}ch + 28px)` }
}

type OptionProps = {
  type: 'radio' | 'checkbox'
  name: string
  value?: string
  label: ReactNode
  help?: ReactNode
  /** At the end of the row: a price, "ships in wave 2". */
  end?: ReactNode
} & Omit<InputHTMLAttributes<HTMLInputElement>, 'type' | 'name' | 'value'>

/** A radio or checkbox whose whole row is its label. */
export function Option({ label, help, end, ...input }: OptionProps) {
  return (
    <label className="option">
      <input {...input} />
      <span>
        {label}
        {help && <span className="option-help">{help}</span>}
      </span>
      {end && <span className="option-end">{end}</span>}
    </label>
  )
}

interface GroupProps extends FieldWords {
  /** Target of the error summary's link, so it equals the name of the controls. */
  id: string
  children: ReactNode
}

/** A set of options under one question, as a fieldset. */
export function OptionGroup({ id, label, help, errors, warning, optional, hide_label, children }: GroupProps) {
  const error = errors?.[0]
  const describedBy = [help && `${id}-help`, error && `${id}-error`, warning && `${id}-warning`].filter(Boolean).join(' ')
  return (
    <fieldset id={id} tabIndex={-1} aria-describedby={describedBy || undefined}>
      <legend className={hide_label ? 'visually-hidden' : 'fieldset-legend'}>
        {label}
        {optional && <span className="field-optional"> (optional)</span>}
      </legend>
      <FieldNotes id={id} help={help} error={error} warning={warning} />
      {children}
    </fieldset>
  )
}
