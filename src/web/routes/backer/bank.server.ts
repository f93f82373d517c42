import type { BankOutcome } from '../../../domain/payments/ask-bank.ts'
import { type BankQuestion, findBankQuestion, findOrderOfBacker } from '../../../domain/payments/bank-visits.ts'
import { paths } from '../../paths.ts'
import type { Pledge } from './pledge.server.ts'

/** The bank's question of this backer's order, as it stands now. */
export async function findQuestion({ deps, key }: Pledge): Promise<BankQuestion | null> {
  const order = await findOrderOfBacker(deps.db, key)
  return order && (await findBankQuestion(deps.db, order, deps.clock.now()))
}

/** The page that tells what a press or a way back came to. */
export async function afterBank(pledge: Pledge, { outcome }: BankOutcome): Promise<string> {
  const { campaign_id, backer_id } = pledge.key
  const order = await findOrderOfBacker(pledge.deps.db, pledge.key)
  if (order?.status === 'paid') return paths.pledge(campaign_id, backer_id, { done: 'charged' })
  // It can be confirmed again, or is waited for: the question's own page says so. Else the order's says what became of it.
  const question = await findQuestion(pledge)
  if (!question) return paths.pledge(campaign_id, backer_id)
  return paths.pledge_bank(campaign_id, backer_id, outcome === 'waiting' ? { back: 'early' } : {})
}
