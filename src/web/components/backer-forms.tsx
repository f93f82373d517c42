import type { ReactNode } from 'react'
import { Form } from 'react-router'
import { Button } from '../ui/button.tsx'
import { CopyText } from '../ui/copy-button.tsx'
import { Option, OptionGroup, TextArea, TextField } from '../ui/field.tsx'
import { Note } from '../ui/note.tsx'
import { Sheet } from '../ui/sheet.tsx'

/** What came back of a form on the page: it stands at the form that it belongs to. */
export interface FormAnswer {
  intent: string
  errors: Record<string, string[]>
  typed: Record<string, string>
  refusal: { message: string } | null
  link: string | null
}

interface FormProps {
  answer: FormAnswer | undefined
}

interface DeedProps extends FormProps {
  intent: string
  button: string
  variant?: 'outlined' | 'danger'
  children?: ReactNode
}

/** One form with one button, and what was refused of it. */
function DeedForm({ answer, intent, button, variant = 'outlined', children }: DeedProps) {
  const mine = answer?.intent === intent ? answer : undefined
  return (
    <Form method="post" className="form" noValidate preventScrollReset>
      <input type="hidden" name="intent" value={intent} />
      {mine?.refusal && Object.keys(mine.errors).length === 0 && (
        <Note tone="danger" live>
          {mine.refusal.message}
        </Note>
      )}
      {children}
      <Button variant={variant}>{button}</Button>
    </Form>
  )
}

interface ReasonProps extends FormProps {
  intent: string
  optional?: boolean
  help?: string
}

function ReasonField({ answer, intent, optional, help }: ReasonProps) {
  const mine = answer?.intent === intent ? answer : undefined
  return (
    <TextField
      name="reason"
      id={`reason-${intent}`}
      label="Reason"
      help={help ?? 'Kept with the backer.'}
      optional={optional ?? false}
      errors={mine?.errors.reason}
      defaultValue={mine?.typed.reason ?? ''}
      dir="auto"
      maxLength={1000}
    />
  )
}

interface ContactProps extends FormProps {
  name: string
  email: string
  email_state: 'ok' | 'relay' | 'bounced'
}

/** Name and mail, as staff correct them. */
export function ContactSheet({ name, email, email_state, answer }: ContactProps) {
  const mine = answer?.intent === 'contact' ? answer : undefined
  return (
    <Sheet title="Name and mail">
      {email_state === 'bounced' && <Note tone="warn">Mail to this address came back. Correct it, or say that it is right.</Note>}
      {email_state === 'relay' && (
        <Note tone="info">This is a relay address of the platform: it may stop working once the campaign is over there.</Note>
      )}
      <DeedForm answer={answer} intent="contact" button="Save name and mail">
        <input type="hidden" name="email_before" value={email} />
        <TextField
          name="name"
          label="Name"
          errors={mine?.errors.name}
          defaultValue={mine?.typed.name ?? name}
          dir="auto"
          maxLength={200}
        />
        <TextField
          name="email"
          type="email"
          label="Mail"
          errors={mine?.errors.email}
          defaultValue={mine?.typed.email ?? email}
          dir="ltr"
          maxLength={254}
        />
        {email_state === 'bounced' && (
          <Option type="checkbox" name="email_vouched" value="on" label="This address is right: try it again" />
        )}
        <ReasonField answer={answer} intent="contact" optional help="A later report never overwrites what you save here." />
      </DeedForm>
    </Sheet>
  )
}

/** The personal link: shown on request, sent again, or made void. */
export function LinkSheet({ answer, can_resend }: FormProps & { can_resend: string | null }) {
  const resent = answer?.intent === 'resend' ? answer : undefined
  return (
    <Sheet title="Personal link">
      {answer?.link ? (
        <>
          <CopyText text={answer.link} label="Copy the link" />
          <p className="meta">Whoever has it can fill in the survey. The timeline says that you looked.</p>
        </>
      ) : (
        <DeedForm answer={answer} intent="show_link" button="Show the link" />
      )}
      <Form method="post" preventScrollReset>
        <input type="hidden" name="intent" value="resend" />
        {resent?.refusal && (
          <Note tone="danger" live>
            {resent.refusal.message}
          </Note>
        )}
        <Button disabled_reason={can_resend}>Mail the link again</Button>
      </Form>
      <details>
        <summary>Make the link void…</summary>
        <div className="pt-3">
          <DeedForm answer={answer} intent="revoke" button="Make every link void">
            <p>Every link this backer was given stops working. The next mail carries a new one.</p>
            <ReasonField answer={answer} intent="revoke" optional />
          </DeedForm>
        </div>
      </details>
    </Sheet>
  )
}

/** Staff's own words about a backer. */
export function NoteSheet({ note, report_note, answer }: FormProps & { note: string; report_note: string }) {
  const mine = answer?.intent === 'note' ? answer : undefined
  return (
    <Sheet title="Note">
      {report_note !== '' && (
        <p className="meta">
          From the report: <bdi>{report_note}</bdi>
        </p>
      )}
      <DeedForm answer={answer} intent="note" button="Save the note">
        <TextArea
          name="note"
          label="Note"
          help="Only you see it."
          hide_label
          errors={mine?.errors.note}
          defaultValue={mine?.typed.note ?? note}
          rows={3}
          dir="auto"
          maxLength={5000}
        />
      </DeedForm>
    </Sheet>
  )
}

/** What becomes of a pledge that waits for the platform's money. */
export function DecideSheet({ answer }: FormProps) {
  const mine = answer?.intent === 'decide' ? answer : undefined
  const decision = mine?.typed.decision ?? 'collected'
  return (
    <Sheet title="Waiting for the platform">
      <DeedForm answer={answer} intent="decide" button="Decide about this pledge">
        <p>The platform has not collected this pledge yet, so there is no survey for it. You can decide instead of waiting.</p>
        <OptionGroup id="decision" label="This pledge">
          <Option
            type="radio"
            name="decision"
            value="collected"
            defaultChecked={decision === 'collected'}
            label="Counts as paid"
            help="You have the money, or will get it."
          />
          <Option
            type="radio"
            name="decision"
            value="dropped"
            defaultChecked={decision === 'dropped'}
            label="Counts as not paid"
            help="The backer pays everything here."
          />
        </OptionGroup>
        <ReasonField answer={answer} intent="decide" />
      </DeedForm>
    </Sheet>
  )
}

/** Takes a pledge without an order out of everything. */
export function WithdrawSheet({ answer }: FormProps) {
  const isOpen = answer?.intent === 'withdraw'
  return (
    <Sheet title="Withdraw this pledge">
      <p>This backer is then never surveyed, counted or mailed again. What they filled in is dropped.</p>
      <details open={isOpen}>
        <summary>Withdraw it…</summary>
        <div className="pt-3">
          <DeedForm answer={answer} intent="withdraw" button="Withdraw this pledge" variant="danger">
            <ReasonField answer={answer} intent="withdraw" />
          </DeedForm>
        </div>
      </details>
    </Sheet>
  )
}
