import { type KyselyPlugin, sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { applyImport, applyLimits } from '../../src/domain/imports/apply-import.ts'
import { confirmSurvey } from '../../src/domain/orders/change-order.ts'
import { inTransaction, type Tx } from '../../src/domain/shared/tx.ts'
import { verifyBooks } from '../../src/domain/verify.ts'
import { berlin, makeCampaign, type TestCampaign } from '../factories/campaign.ts'
import { importReport, uploadReport } from '../factories/import.ts'
import { type K5Row, k5Report } from '../factories/report-file.ts'
import { gate, someoneWaits } from '../factories/two-at-once.ts'
import { useTestProgram } from '../setup/deps.ts'

/*
 * The pause sits inside the first transaction, after all of its writes and before its commit, until the second one waits for a row.
 * The controls run the product's own command with its row locks taken out of the statements.
 */

const program = useTestProgram()
const report = (...rows: K5Row[]) => k5Report(rows)

async function race<A, B>(first: (tx: Tx) => Promise<A>, second: (tx: Tx) => Promise<B>): Promise<[A, PromiseSettledResult<B>]> {
  const wrote = gate()
  const both = inTransaction(
    program.deps,
    async (tx) => {
      const answer = await first(tx)
      wrote.open()
      await someoneWaits(program.deps.db)
      return answer
    },
    applyLimits,
  )
  await wrote.opened
  const [late] = await Promise.allSettled([inTransaction(program.deps, second, applyLimits)])
  return [await both, late as PromiseSettledResult<B>]
}

const apply = (campaign: TestCampaign, import_id: string) => (tx: Tx) =>
  applyImport(tx, campaign.staff, { campaign_id: campaign.id, import_id })

/** Takes the locks out of every statement: `for update`, and Kysely's `for no key update`. */
const withoutLocks: KyselyPlugin = {
  transformQuery: ({ node }) => {
    if (node.kind === 'SelectQueryNode') return { ...node, endModifiers: [] }
    if (node.kind !== 'RawNode') return node
    return { ...node, sqlFragments: node.sqlFragments.map((text) => text.replace(/ order by [bo]\.id for update of [bo]/, '')) }
  },
  transformResult: async ({ result }) => result,
}

const wrongApply = (campaign: TestCampaign, import_id: string) => (tx: Tx) =>
  applyImport({ ...tx, db: tx.db.withPlugin(withoutLocks) as Tx['db'] }, campaign.staff, { campaign_id: campaign.id, import_id })

async function traces(campaign_id: string) {
  const { rows } = await sql<{ backers: number; versions: number; applied: number; imported: number }>`select
      (select count(*) from backers where campaign_id = ${campaign_id}) as backers,
      (select coalesce(sum(version), 0) from backers where campaign_id = ${campaign_id}) as versions,
      (select count(*) from events where campaign_id = ${campaign_id} and kind = 'import_applied') as applied,
      (select count(*) from events where campaign_id = ${campaign_id} and kind = 'backer_imported') as imported`.execute(
    program.deps.db,
  )
  return rows[0]
}

describe('the same import applied twice at once', () => {
  async function previewed() {
    const campaign = await makeCampaign(program.deps)
    await importReport(program.deps, campaign.staff, campaign.id, report({}, {}))
    const view = await uploadReport(program.deps, campaign.staff, campaign.id, report({ Notes: 'x' }, {}, {}))
    return { campaign, import_id: view.id }
  }

  test('is applied once, and both get the same answer', async () => {
    const { campaign, import_id } = await previewed()
    const [first, second] = await race(apply(campaign, import_id), apply(campaign, import_id))
    expect(first).toMatchObject({ new: 1, changed: 1, unchanged: 1, imported: 3 })
    expect(second).toEqual({ status: 'fulfilled', value: first })
    expect(await traces(campaign.id)).toEqual({ backers: 3, versions: 4, applied: 2, imported: 4 })
  })

  test('control: without its locks the second goes through the rows again, and only the database stops it', async () => {
    const { campaign, import_id } = await previewed()
    const [first, second] = await race(apply(campaign, import_id), wrongApply(campaign, import_id))
    expect(second).not.toEqual({ status: 'fulfilled', value: first })
    expect(second).toMatchObject({ status: 'rejected', reason: { code: '23505' } })
  })

  test('pressed five times without a pause', async () => {
    const { campaign, import_id } = await previewed()
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => inTransaction(program.deps, apply(campaign, import_id), applyLimits)),
    )
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(await traces(campaign.id)).toEqual({ backers: 3, versions: 4, applied: 2, imported: 4 })
  })
})

describe('two imports of one campaign at once', () => {
  async function twoPreviews() {
    const campaign = await makeCampaign(program.deps)
    const one = await uploadReport(program.deps, campaign.staff, campaign.id, report({}, {}))
    const two = await uploadReport(program.deps, campaign.staff, campaign.id, report({}, { Notes: 'x' }, {}))
    return { campaign, one: one.id, two: two.id }
  }

  test('run one after the other; the second compares with what the first wrote', async () => {
    const { campaign, one, two } = await twoPreviews()
    const [first, second] = await race(apply(campaign, one), apply(campaign, two))
    expect(first).toMatchObject({ new: 2, imported: 2 })
    expect(second).toMatchObject({ status: 'fulfilled', value: { new: 1, changed: 1, unchanged: 1, imported: 3 } })
    expect(await traces(campaign.id)).toEqual({ backers: 3, versions: 4, applied: 2, imported: 4 })
  })

  test('control: without its locks the second compares with what was there before', async () => {
    const { campaign, one, two } = await twoPreviews()
    const [, second] = await race(apply(campaign, one), wrongApply(campaign, two))
    expect(second.status).toBe('rejected')
  })
})

describe('a backer confirms while a report that changes their pledge is applied', () => {
  async function answering() {
    const campaign = await makeCampaign(program.deps)
    await importReport(program.deps, campaign.staff, campaign.id, report({}))
    const backer = await program.deps.db
      .selectFrom('backers')
      .selectAll()
      .where('campaign_id', '=', campaign.id)
      .executeTakeFirstOrThrow()
    const raised = { 'Pledge Amount': '$70.00', 'Bonus Support': '$9.00', 'Backer Name': 'Another name' }
    const view = await uploadReport(program.deps, campaign.staff, campaign.id, report(raised))
    const confirm = (tx: Tx) =>
      confirmSurvey(tx, campaign.staff, { campaign_id: campaign.id, backer_id: backer.id, data: { address: berlin } as never })
    const ends = async () => ({
      order: await program.deps.db
        .selectFrom('orders')
        .selectAll()
        .where('campaign_id', '=', campaign.id)
        .executeTakeFirstOrThrow(),
      backer: await program.deps.db
        .selectFrom('backers')
        .selectAll()
        .where('campaign_id', '=', campaign.id)
        .executeTakeFirstOrThrow(),
    })
    return { campaign, import_id: view.id, confirm, ends }
  }

  test('the report first: the order is priced with the pledge as it is now', async () => {
    const { campaign, import_id, confirm, ends } = await answering()
    await race(apply(campaign, import_id), confirm)
    expect(await ends()).toMatchObject({
      order: { version: 1, balance_due: -900 },
      backer: { name: 'Another name', survey: 'completed' },
    })
    expect(await verifyBooks(program.deps.db, program.deps.clock.now())).toEqual([])
  })

  test('the backer first: the report finds an open order, and changes its amount only', async () => {
    const { campaign, import_id, confirm, ends } = await answering()
    const [, applied] = await race(confirm, apply(campaign, import_id))
    expect(applied).toMatchObject({ status: 'fulfilled', value: { imported: 1, repriced: 1 } })
    expect(await ends()).toMatchObject({
      order: { version: 2, balance_due: -900 },
      backer: { name: 'Backer 1', survey: 'completed' },
    })
    expect(await verifyBooks(program.deps.db, program.deps.clock.now())).toEqual([])
  })

  test('control: without its locks the report overlooks the order that is being confirmed', async () => {
    const { campaign, import_id, confirm, ends } = await answering()
    await race(confirm, wrongApply(campaign, import_id))
    const { order, backer } = await ends()
    expect([order.balance_due, backer.name]).not.toEqual([-900, 'Backer 1'])
  })
})
