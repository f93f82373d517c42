import { deleteQuestion, saveQuestion } from '../../../domain/catalog/save-question.ts'
import { questionInputSchema } from '../../../domain/catalog/schema.ts'
import { Option, OptionGroup, SelectField, TextArea, TextField } from '../../ui/field.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import type { Route } from './+types/catalog-question'
import { changeEntry, openEntry } from './catalog-entry.server.ts'
import { EntryPage } from './catalog-entry.tsx'

export async function loader(args: Route.LoaderArgs) {
  const { desk, catalog, entry } = await openEntry(args, 'questions')
  return {
    campaign: { id: desk.campaign.id, name: desk.campaign.name },
    prompt: entry?.prompt ?? null,
    help: entry?.help ?? '',
    kind: entry?.kind ?? 'text',
    choices: (entry?.choices ?? []).join('\n'),
    level_id: entry?.level_id ?? '',
    required: entry?.required ?? false,
    levels: catalog.levels.map(({ id, name }) => ({ value: id, label: name })),
  }
}

export async function action(args: Route.ActionArgs) {
  return await changeEntry(args, {
    part: 'questions',
    schema: questionInputSchema,
    read,
    save: saveQuestion,
    remove: deleteQuestion,
  })
}

function read(fields: Record<string, string>) {
  const choices = (fields.choices ?? '').split('\n').map((line) => line.trim())
  const input = {
    prompt: fields.prompt,
    help: fields.help,
    kind: fields.kind,
    choices: fields.kind === 'choice' ? choices.filter(Boolean) : [],
    level_id: fields.level_id || null,
    required: fields.required === 'on',
  }
  return { input, place: (field: string) => field.replace(/^choices\..*/, 'choices') }
}

export default function Question({ loaderData, actionData }: Route.ComponentProps) {
  const { campaign, prompt, levels } = loaderData
  const typed = actionData && Object.keys(actionData.typed).length > 0 ? actionData.typed : undefined
  const errors = actionData?.errors ?? {}
  const kind = typed ? typed.kind : loaderData.kind
  return (
    <EntryPage
      campaign={campaign}
      noun="question"
      name={prompt}
      facts="What you ask your backers in the survey, besides options and address."
      answer={actionData}
      delete_note="A question that an order answers stays."
    >
      <Sheet title="Question">
        <div className="form">
          <TextField
            name="prompt"
            label="Question"
            help="Once an order answers it, its text and kind stay."
            defaultValue={typed?.prompt ?? prompt ?? ''}
            errors={errors.prompt}
            dir="auto"
            maxLength={500}
            required
          />
          <TextArea
            name="help"
            label="Help"
            optional
            defaultValue={typed?.help ?? loaderData.help}
            errors={errors.help}
            rows={2}
            dir="auto"
            maxLength={2000}
          />
          <OptionGroup id="kind" label="Answered with" errors={errors.kind}>
            <Option type="radio" name="kind" value="text" label="Words of their own" defaultChecked={kind !== 'choice'} />
            <Option type="radio" name="kind" value="choice" label="One of the choices below" defaultChecked={kind === 'choice'} />
          </OptionGroup>
          <TextArea
            name="choices"
            label="Choices"
            help="One in a line, two at least."
            defaultValue={typed?.choices ?? loaderData.choices}
            errors={errors.choices}
            rows={5}
            dir="auto"
          />
          <SelectField
            name="level_id"
            label="Asked of"
            defaultValue={typed?.level_id ?? loaderData.level_id}
            errors={errors.level_id}
            options={[{ value: '', label: 'Every backer' }, ...levels]}
          />
          <Option
            type="checkbox"
            name="required"
            value="on"
            defaultChecked={typed ? typed.required === 'on' : loaderData.required}
            label="An answer is required"
            help="Without it the survey cannot be confirmed."
          />
        </div>
      </Sheet>
    </EntryPage>
  )
}
