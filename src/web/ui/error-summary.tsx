import { useEffect, useRef } from 'react'

export interface FormProblem {
  /** The id of the field to mend; without it the sentence stands alone. */
  id?: string
  message: string
}

/** Conform's errors by field name as problems, in the order of the fields; the empty name is the form itself. */
export function problemsOf(errors: Record<string, readonly string[] | null | undefined> | null | undefined): FormProblem[] {
  return Object.entries(errors ?? {}).flatMap(([id, messages]) => {
    const message = messages?.[0]
    return message === undefined ? [] : [id === '' ? { message } : { id, message }]
  })
}

const NUMBERS = ['', 'One thing', 'Two things', 'Three things', 'Four things', 'Five things', 'Six things']

/** "Two things to put right", with a link to each field. Takes the focus when the page comes back with it, with and without script. */
export function ErrorSummary({ problems }: { problems: readonly FormProblem[] }) {
  const ref = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (problems.length > 0) ref.current?.focus()
  }, [problems])
  if (problems.length === 0) return null
  return (
    // biome-ignore lint/a11y/noAutofocus: after a refused form the reader must land on what is wrong
    <div className="error-summary" role="alert" aria-labelledby="error-summary" tabIndex={-1} ref={ref} autoFocus>
      <h2 id="error-summary">{NUMBERS[problems.length] ?? `${problems.length} things`} to put right</h2>
      <ul>
        {problems.map((problem) => (
          <li key={`${problem.id} ${problem.message}`}>
            {problem.id ? <a href={`#${problem.id}`}>{problem.message}</a> : problem.message}
          </li>
        ))}
      </ul>
    </div>
  )
}

/** The document's title of a page with problems starts with "Error:". */
export function titleWith(problems: readonly FormProblem[], title: string): string {
  return problems.length > 0 ? `Error: ${title}` : title
}
