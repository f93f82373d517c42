import { countStages } from '../orders/counts.ts'
import { countFailedPayments, type FailedPayments } from '../payments/failed-payments.ts'
import type { Campaign } from '../shared/policy.ts'
import type { Db } from '../shared/tx.ts'
import { type AnswerFigures, findAnswers } from './figures-answers.ts'
import { type CountryFigures, findCountries } from './figures-countries.ts'
import { findMoney, type MoneyFigures } from './figures-money.ts'

export interface Figures {
  /** backers who got the survey, answered or not */
  asked: number
  answers: AnswerFigures
  money: MoneyFigures
  countries: CountryFigures
  failures: FailedPayments
}

/** How a campaign goes, in numbers that agree with its lists, counts and ledger. The caller has checked whose campaign it is. */
export async function findFigures(db: Db, campaign: Pick<Campaign, 'id' | 'time_zone'>, now: Date): Promise<Figures> {
  const stages = await countStages(db, campaign.id)
  const { sent, started, completed } = stages.surveys
  return {
    asked: sent + started + completed,
    answers: await findAnswers(db, campaign, now),
    money: await findMoney(db, campaign.id, stages),
    countries: await findCountries(db, campaign.id),
    failures: await countFailedPayments(db, campaign.id),
  }
}
