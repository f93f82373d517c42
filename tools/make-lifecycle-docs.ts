import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../src/db/project-root.ts'
import {
  ACTORS,
  BACKER_MAY_CHANGE,
  ORDER_STATUSES,
  STATUS,
  TRANSITION_NAMES,
  TRANSITIONS,
  type Transition,
} from '../src/domain/orders/lifecycle.ts'

/** docs/generated/lifecycle.md: the picture and the tables of the lifecycle, drawn from the one table in the code. */
export function lifecycleDocs(): string {
  return [
    '# The order lifecycle',
    '',
    'Made by `node tools/make-lifecycle-docs.ts` from `src/domain/orders/lifecycle.ts`; a test compares them. Do not edit.',
    '',
    '```mermaid',
    'stateDiagram-v2',
    ...ORDER_STATUSES.map((status) => `  state "${STATUS[status].label}" as ${status}`),
    ...TRANSITION_NAMES.flatMap(arrows),
    '```',
    '',
    '## Statuses',
    '',
    '| Status | Shown as | Phase | Meaning |',
    '| --- | --- | --- | --- |',
    ...ORDER_STATUSES.map((s) => `| \`${s}\` | ${STATUS[s].label} | ${STATUS[s].phase} | ${STATUS[s].meaning} |`),
    '',
    '## Transitions',
    '',
    '| Name | From | To | Who | Left out when | Mail |',
    '| --- | --- | --- | --- | --- | --- |',
    ...TRANSITION_NAMES.map(row),
    '',
    '## What a backer may change',
    '',
    '| Status | answers, options, add-ons | shipping address | payment method |',
    '| --- | --- | --- | --- |',
    ...ORDER_STATUSES.map((status) => {
      const may = BACKER_MAY_CHANGE[status]
      return `| ${STATUS[status].label} | ${yes(may.choices)} | ${yes(may.address)} | ${yes(may.payment_method)} |`
    }),
    '',
  ].join('\n')
}

const yes = (may: boolean) => (may ? 'yes' : 'no')

function arrows(name: (typeof TRANSITION_NAMES)[number]): string[] {
  const transition: Transition = TRANSITIONS[name]
  const from = transition.from ?? ['[*]']
  return from.map((status) => `  ${status} --> ${transition.to ?? status}: ${name.replaceAll('_', ' ')}`)
}

function row(name: (typeof TRANSITION_NAMES)[number]): string {
  const transition: Transition = TRANSITIONS[name]
  const who = ACTORS.filter((actor) => transition.actors.includes(actor)).join(', ')
  const codes = transition.conditions.map((code) => `\`${code}\``).join(', ') || '-'
  const from = transition.from?.join(', ') ?? 'no order'
  return `| ${name.replaceAll('_', ' ')} | ${from} | ${transition.to ?? 'unchanged'} | ${who} | ${codes} | ${transition.mail ?? '-'} |`
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(join(projectRoot, 'docs', 'generated', 'lifecycle.md'), lifecycleDocs())
}
