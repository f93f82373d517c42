import { sql } from 'kysely'
import { dateText } from '../../lib/time-text.ts'
import type { Campaign } from '../shared/policy.ts'
import type { Db } from '../shared/tx.ts'

/** Mailings that bring answers. */
export const ASKING_MAILINGS = ['send_surveys', 'remind_backers'] as const

/** Days are those of the campaign's time zone, written 2026-11-23. */
export interface AnswerFigures {
  /** surveys answered so far: one order each, canceled ones too */
  answered: number
  /** in order, only days with an answer; `total`: all answers up to its end */
  days: { day: string; answers: number; total: number }[]
  /** invitations and reminders that reached somebody, in order */
  mailings: { operation_id: string; kind: (typeof ASKING_MAILINGS)[number]; day: string; backers: number }[]
  today: string
}

/**
 * Answers by day: an order is made when its survey is answered. Guarantees: `answered` is the number of orders; each day's answers are the
 * orders that the filter `answered` finds. Reads indexes alone, however many orders there are. The caller has checked whose campaign it is.
 */
export async function findAnswers(
  db: Db,
  { id, time_zone }: Pick<Campaign, 'id' | 'time_zone'>,
  now: Date,
): Promise<AnswerFigures> {
  const { rows } = await sql<{ day: string; answers: number }>`with
      ends as (select min(created_at) as first, max(created_at) as last from orders where campaign_id = ${id}),
      days as (
        select d as day from ends, generate_series(date_trunc('day', first at time zone ${time_zone}), last at time zone ${time_zone},
          interval '1 day') d),
      counted as (
        select to_char(day, 'YYYY-MM-DD') as day,
          (select count(*) from orders o where o.campaign_id = ${id} and o.created_at >= day at time zone ${time_zone}
            and o.created_at < (day + interval '1 day') at time zone ${time_zone})::int as answers
        from days)
    select day, answers from counted where answers > 0 order by day`.execute(db)
  let answered = 0
  const days = rows.map(({ day, answers }) => {
    answered += answers
    return { day, answers, total: answered }
  })
  return { answered, days, mailings: await findMailings(db, { id, time_zone }), today: dateText(now, time_zone) }
}

async function findMailings(db: Db, { id, time_zone }: Pick<Campaign, 'id' | 'time_zone'>): Promise<AnswerFigures['mailings']> {
  const { rows } = await sql<AnswerFigures['mailings'][number]>`select id as operation_id, kind, moved as backers,
      to_char(created_at at time zone ${time_zone}, 'YYYY-MM-DD') as day
    from operations where campaign_id = ${id} and kind = any(${[...ASKING_MAILINGS]}::text[]) and moved > 0
    order by created_at, id`.execute(db)
  return rows
}
