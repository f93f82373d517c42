import { type ReactNode, useId } from 'react'
import { Scroller } from '../../ui/sheet.tsx'

interface ChartSheetProps {
  title: string
  /** Facts or links at the end of the head. */
  aside?: ReactNode
  /** The sentence that says what the picture shows. */
  finding: ReactNode
  /** What is drawn, for whoever does not see it: "Surveys answered by day". */
  name: string
  /** The same data as rows. */
  table: ReactNode
  children: ReactNode
}

/** A picture with its sentence and its table. "Show as table" is a <details>: it swaps the two without script. */
export function ChartSheet({ title, aside, finding, name, table, children }: ChartSheetProps) {
  const [heading, sentence] = [useId(), useId()]
  return (
    <section className="sheet chart-sheet" aria-labelledby={heading}>
      <header className="sheet-head">
        <h2 id={heading}>{title}</h2>
        {aside && <div className="sheet-aside">{aside}</div>}
      </header>
      <div className="chart-body">
        <p className="chart-finding" id={sentence}>
          {finding}
        </p>
        <details className="chart-swap">
          <summary>
            <span className="chart-when-closed">Show as table</span>
            <span className="chart-when-open">Show as chart</span>
          </summary>
          <Scroller label={`${title}, as table`}>{table}</Scroller>
        </details>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is of a form */}
        <div className="chart" role="group" aria-label={name} aria-describedby={sentence}>
          {children}
        </div>
      </div>
    </section>
  )
}
