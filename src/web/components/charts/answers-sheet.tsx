import { Link } from 'react-router'
import type { Figures } from '../../../domain/campaigns/figures.ts'
import { paths } from '../../paths.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Count, plural } from '../../ui/numbers.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { Empty } from '../../ui/states.tsx'
import { Head, Table } from '../../ui/table.tsx'
import { AnswersChart } from './answers-chart.tsx'
import { ChartSheet } from './chart-sheet.tsx'
import { answersFinding, percentText, shortDay } from './figure-words.ts'
import { mailingNames, plotAnswers } from './plot-answers.ts'

interface Props {
  campaign_id: string
  asked: number
  answers: Figures['answers']
  /** Leads to all figures: where the picture stands by itself. */
  more?: boolean
}

/** Surveys answered over time: all so far, and each day's, with the days on which backers were asked. */
export function AnswersSheet({ campaign_id, asked, answers, more }: Props) {
  const plot = plotAnswers(answers)
  if (!plot) return <NoAnswers campaign_id={campaign_id} asked={asked} />
  const { answered, today } = answers
  return (
    <ChartSheet
      title="Surveys answered"
      name="Surveys answered by day"
      finding={answersFinding({ asked, answers })}
      aside={
        <>
          <span>
            <Link to={paths.backers(campaign_id, { survey: 'completed' })}>
              <Count of={answered} />
            </Link>{' '}
            of{' '}
            <Link to={paths.backers(campaign_id, { survey: ['sent', 'started', 'completed'] })}>
              <Count of={asked} />
            </Link>{' '}
            · {percentText(answered, asked)}
          </span>
          {more && <Link to={paths.figures(campaign_id)}>All figures</Link>}
        </>
      }
      table={<AnswersTable campaign_id={campaign_id} answers={answers} />}
    >
      <AnswersChart plot={plot} answered={answered} asked={asked} today={today} />
    </ChartSheet>
  )
}

function NoAnswers({ campaign_id, asked }: Pick<Props, 'campaign_id' | 'asked'>) {
  return (
    <Sheet title="Surveys answered">
      <Empty title="No answers yet" action={<ButtonLink to={paths.survey(campaign_id)}>See the survey</ButtonLink>}>
        How many surveys are answered, day by day, appears here.{' '}
        {asked > 0 ? `${plural(asked, 'backer was', 'backers were')} asked.` : 'The survey was not sent to anybody yet.'}
      </Empty>
    </Sheet>
  )
}

/** Newest first; days on which nothing happened are left out. */
function AnswersTable({ campaign_id, answers }: Pick<Props, 'campaign_id' | 'answers'>) {
  const { days, mailings, today } = answers
  const sent = mailingNames(mailings)
  const all = [...new Set([...days, ...sent].map(({ day }) => day))].sort()
  let total = 0
  const rows = all.map((day) => {
    const found = days.find((one) => one.day === day)
    total = found?.total ?? total
    return { day, answers: found?.answers ?? 0, total, sent: sent.filter((one) => one.day === day) }
  })
  return (
    <Table caption="Surveys answered by day, newest first" compact>
      <thead>
        <tr>
          <Head>Day</Head>
          <Head number>Answers</Head>
          <Head number>All so far</Head>
          <Head>Mailed on that day</Head>
        </tr>
      </thead>
      <tbody>
        {rows.toReversed().map((row) => (
          <tr key={row.day}>
            <th scope="row">
              <time dateTime={row.day}>{shortDay(row.day, today)}</time>
            </th>
            <td className="number">
              {row.answers > 0 ? (
                <Link to={paths.orders(campaign_id, { answered: row.day })}>
                  <Count of={row.answers} />
                </Link>
              ) : (
                0
              )}
            </td>
            <td className="number">
              <Count of={row.total} />
            </td>
            <td className="wraps">
              {row.sent.map(({ name, backers }) => `${name} to ${plural(backers, 'backer', 'backers')}`).join(', ')}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
