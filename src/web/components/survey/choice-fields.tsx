import { Option, OptionGroup, SelectField, TextArea } from '../../ui/field.tsx'

/** An item that comes in several options. */
export interface PlaceProps {
  /** form field: `options.<key>` */
  name: string
  item: string
  options: { value: string; label: string }[]
  value: string
}

export interface QuestionProps {
  /** form field: `answers.<id>` */
  name: string
  prompt: string
  help: string
  kind: 'text' | 'choice'
  choices: string[]
  required: boolean
  value: string
}

export type FieldErrors = Readonly<Record<string, readonly string[] | undefined>>

/** Up to here choices are rows; more are a native select. */
const MOST_ROWS = 8

/** The options of what I get, and the creator's questions. */
export function ChoiceFields({
  places,
  questions,
  errors,
}: {
  places: readonly PlaceProps[]
  questions: readonly QuestionProps[]
  errors: FieldErrors
}) {
  return (
    <>
      {places.map((place) => (
        <OptionChoice key={place.name} place={place} errors={errors[place.name]} />
      ))}
      {questions.map((question) => (
        <QuestionField key={question.name} question={question} errors={errors[question.name]} />
      ))}
    </>
  )
}

function OptionChoice({ place, errors }: { place: PlaceProps; errors: readonly string[] | undefined }) {
  const label = <bdi>{place.item}</bdi>
  const help = 'Choose one.'
  if (place.options.length > MOST_ROWS) {
    return (
      <SelectField
        name={place.name}
        label={label}
        help={help}
        errors={errors}
        placeholder="Choose an option"
        options={place.options}
        defaultValue={place.value}
        required
      />
    )
  }
  return (
    <OptionGroup id={place.name} label={label} help={help} errors={errors}>
      {place.options.map(({ value, label: option }) => (
        <Option
          key={value}
          type="radio"
          name={place.name}
          value={value}
          defaultChecked={value === place.value}
          label={<bdi>{option}</bdi>}
          required
        />
      ))}
    </OptionGroup>
  )
}

function QuestionField({ question, errors }: { question: QuestionProps; errors: readonly string[] | undefined }) {
  const { name, required, value } = question
  const words = { label: <bdi>{question.prompt}</bdi>, help: question.help || undefined, errors, optional: !required }
  if (question.kind === 'text') {
    return <TextArea name={name} {...words} rows={2} dir="auto" maxLength={5000} defaultValue={value} required={required} />
  }
  const known = question.choices.includes(value) ? value : ''
  if (question.choices.length > MOST_ROWS) {
    const options = question.choices.map((choice) => ({ value: choice, label: choice }))
    const placeholder = required ? 'Choose an answer' : 'No answer'
    return (
      <SelectField name={name} {...words} placeholder={placeholder} options={options} defaultValue={known} required={required} />
    )
  }
  return (
    <OptionGroup id={name} {...words}>
      {question.choices.map((choice) => (
        <Option
          key={choice}
          type="radio"
          name={name}
          value={choice}
          defaultChecked={choice === known}
          label={<bdi>{choice}</bdi>}
          required={required}
        />
      ))}
      {!required && <Option type="radio" name={name} value="" defaultChecked={known === ''} label="No answer" />}
    </OptionGroup>
  )
}
