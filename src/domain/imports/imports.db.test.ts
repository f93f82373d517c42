import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { applyReport, importReport, importWorld, uploadReport } from '../../../test/factories/import.ts'
import { sample } from '../../../test/factories/read-report.ts'
import { type K5Row, k5Cells, k5Header, k5Line, k5Report } from '../../../test/factories/report-file.ts'
import { useTestDatabase } from '../../../test/setup/database.ts'
import { inTransaction } from '../shared/tx.ts'
import { applyImport, discardImport } from './apply-import.ts'
import { exportImportProblems } from './export-problems.ts'
import { findImport, listImportProblems, listImportRows, listImports } from './find-imports.ts'
import { readImport } from './read-import.ts'

const database = useTestDatabase()
const { parts, campaignOf, backersOf, everything } = importWorld(database)

test('the K5 sample: previewed, applied, and the same file again changes nothing', async () => {
  const { id, staff } = await campaignOf()
  const view = await uploadReport(parts(), staff, id, sample('ks-k5-2023-all-rewards.csv'), 'ks-k5.csv')
  expect(view).toMatchObject({
    state: 'previewed',
    generation: 'K5',
    rows_total: 13,
    fault: null,
    imported: null,
    reported: null,
  })
  expect(view.counts).toEqual({ new: 13, changed: 0, unchanged: 0, problem: 0, twice: 0, gone: 0 })
  expect(await backersOf(id)).toEqual(new Map())
  expect(await applyReport(parts(), staff, id, view.id)).toMatchObject({ new: 13, imported: 13, reported: 0 })

  const backers = await backersOf(id)
  expect([...backers.values()].map(({ pledge_status, survey }) => `${pledge_status} ${survey}`).sort()).toEqual([
    'canceled withdrawn',
    ...Array(9).fill('collected not_sent'),
    'dropped not_sent',
    'errored waiting',
    'pending waiting',
  ])
  expect(backers.get('208812301')).toMatchObject({
    name: 'Miguel Ortega',
    pledge_amount: 124600,
    pledge_minimum: 11400,
    pledge_shipping: 1200,
    pledge_bonus: 112000,
    pledge_country: 'BR',
    pledged_at: '2023-10-02 18:01:00',
    platform_number: 2,
    email_state: 'ok',
  })
  expect(backers.get('208812312')?.email_state).toBe('relay')
  expect(backers.get('208812304')?.report_note).toBe('=HYPERLINK("http://x")')
  expect(backers.get('208812307')?.level_id).toBeNull()
  const question = await database.db.selectFrom('questions').selectAll().where('campaign_id', '=', id).executeTakeFirstOrThrow()
  expect(question).toMatchObject({ prompt: 'Which sleeve colour?', level_id: null, required: false })
  expect(backers.get('208812301')?.prefill).toMatchObject({
    address: { line1: 'Rua Exemplo 45', sublocality: '', postcode: '01310-100', country: 'BR' },
    answers: { [question.id]: 'Blue' },
  })
  expect(backers.get('208812302')?.prefill).toEqual({ address: null, answers: {} })

  const levels = await database.db.selectFrom('levels').selectAll().where('campaign_id', '=', id).orderBy('position').execute()
  expect(levels.map(({ name, price, proposed_price }) => [name, price, proposed_price])).toEqual([
    ['Core Pledge', null, 4900],
    ['Deluxe Pledge', null, 8900],
  ])
  const skus = await database.db.selectFrom('skus').select('code').where('campaign_id', '=', id).orderBy('code').execute()
  expect(skus.map(({ code }) => code)).toEqual(['CORE-GAME', 'METAL-COINS-SET-OF-30', 'PLAYMAT-60X60'])
  const addons = await database.db.selectFrom('addons').selectAll().where('campaign_id', '=', id).orderBy('position').execute()
  expect(addons.map(({ name, offered, platform_price }) => [name, offered, platform_price])).toEqual([
    ['Playmat (60x60)', false, null],
    ['Metal Coins | Set of 30', false, null],
  ])
  const pledged = await database.db.selectFrom('pledged_addons').selectAll().where('campaign_id', '=', id).execute()
  expect(pledged.map(({ quantity }) => quantity).sort((a, b) => a - b)).toEqual([1, 1, 1, 2, 2])
  const events = await database.db
    .selectFrom('events')
    .selectAll()
    .where('campaign_id', '=', id)
    .where('kind', '=', 'backer_imported')
    .execute()
  expect(events).toHaveLength(13)

  const before = await everything(id)
  const again = await importReport(parts(), staff, id, sample('ks-k5-2023-all-rewards.csv'), 'ks-k5.csv')
  expect(again.counts).toMatchObject({ new: 0, changed: 0, unchanged: 13, imported: 13, reported: 0 })
  expect(await everything(id)).toEqual(before)
  expect((await listImports(database.db, id)).data).toHaveLength(2)
})

test('the K3 sample: a zip by reward, and the pledges without one', async () => {
  const { id, staff } = await campaignOf('AUD')
  const { counts } = await importReport(parts(), staff, id, sample('ks-k3-per-reward.zip'), 'reports.zip')
  expect(counts).toMatchObject({ new: 8, imported: 8, reported: 0 })
  const level = await database.db.selectFrom('levels').selectAll().where('campaign_id', '=', id).executeTakeFirstOrThrow()
  expect(level).toMatchObject({ name: '$59', report_name: '$59', platform_reward_id: null, proposed_price: 5900 })
  const backers = await backersOf(id)
  expect(backers.get('192785200')).toMatchObject({ level_id: level.id, pledge_bonus: null, pledge_amount: 113500 })
  expect(backers.get('375540600')).toMatchObject({ level_id: null, pledge_amount: 500 })
})

test('a fault of the file refuses it and changes nothing', async () => {
  const { id, staff } = await campaignOf()
  const good = await importReport(parts(), staff, id, k5Report([{}, {}]))
  const before = await everything(id)
  const text = k5Report(Array.from({ length: 3_000 }, () => ({})))
  for (const [content, code] of [
    ['', 'empty_file'],
    [text.slice(0, -40), 'cut_off'],
    [text.replace('Email', 'Mail'), 'column_missing'],
    [Buffer.from(text.replace('Backer 7', 'Zoë'), 'latin1'), 'wrong_encoding'],
  ] as const) {
    const view = await uploadReport(parts(), staff, id, content)
    expect(view).toMatchObject({ state: 'refused', rows_total: 0, fault: { code } })
    await expect(applyReport(parts(), staff, id, view.id)).rejects.toMatchObject({ code: 'import_refused' })
    expect(await database.db.selectFrom('import_rows').select('n').where('import_id', '=', view.id).execute()).toEqual([])
  }
  expect(await database.db.selectFrom('import_parts').select('part').execute()).toEqual([])
  expect(await everything(id)).toEqual(before)
  expect((await findImport(database.db, { campaign_id: id, import_id: good.import_id })).imported).toBe(2)
})

test('rows with problems are kept out and listed; imported and reported are all rows', async () => {
  const { id, staff } = await campaignOf()
  const text = k5Report([{}, { Email: 'nobody' }, {}, { 'Backer UID': '900000001', Notes: 'differs' }]) + k5Line(k5Cells(3))
  const view = await uploadReport(parts(), staff, id, text)
  expect(view.counts).toEqual({ new: 1, changed: 0, unchanged: 0, problem: 3, twice: 1, gone: 0 })
  const { rows } = await listImportProblems(database.db, { campaign_id: id, import_id: view.id })
  expect(rows.map(({ line, problems }) => [line, problems.map(({ code }) => code)])).toEqual([
    [2, ['uid_twice']],
    [3, ['email_invalid']],
    [5, ['uid_twice']],
    [6, ['row_twice']],
  ])
  expect(await applyReport(parts(), staff, id, view.id)).toMatchObject({ imported: 1, reported: 4 })
  expect((await backersOf(id)).size).toBe(1)
})

test('the list of rows goes page by page, and the problem file can be corrected and uploaded again', async () => {
  const { id, staff } = await campaignOf('AUD')
  const zip = sample('ks-k3-per-reward.zip')
  await importReport(parts(), staff, id, zip, 'reports.zip')
  const other = await campaignOf()
  const bad = Array.from(
    { length: 25 },
    (_, i): K5Row => ({
      Email: `bad${i}`,
      Notes: '=HYPERLINK("http://x")',
      'Survey Response': '2023/12/10, 08:10',
      'Which colour?': '+Blue',
    }),
  )
  const view = await uploadReport(parts(), other.staff, other.id, k5Report([...bad, {}]))
  const key = { campaign_id: other.id, import_id: view.id }
  const seen: number[] = []
  for (let cursor: number | undefined, more = true; more; ) {
    const page = await listImportRows(database.db, key, { show: 'problem', cursor, limit: 10 })
    seen.push(...page.rows.map(({ n }) => n))
    cursor = page.next ?? undefined
    more = page.next !== null
  }
  expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => i + 1))
  const file = await exportImportProblems(database.db, key)
  const csv = (await Array.fromAsync(file.chunks)).join('')
  expect(file.file_name).toBe('report - rows to correct.csv')
  expect(csv).toContain(`"'=HYPERLINK(""http://x"")"`)
  expect(csv).not.toMatch(/(^|,)"?[=+]/m)
  const corrected = await importReport(parts(), other.staff, other.id, csv.replace(/bad(\d+)/g, 'good$1@example.com'))
  expect(corrected.counts).toMatchObject({ new: 25, problem: 0, gone: 0 })
  const backer = (await backersOf(other.id)).get('900000001')
  expect(backer).toMatchObject({ email: 'good0@example.com', report_note: '=HYPERLINK("http://x")' })
  const { answers } = (backer as unknown as { prefill: { answers: Record<string, string> } }).prefill
  expect(Object.values(answers)).toEqual(['+Blue'])
})

test('the problem file of a zip by reward keeps each row’s level', async () => {
  const { id, staff } = await campaignOf('AUD')
  const view = await uploadReport(parts(), staff, id, sample('ks-k3-per-reward.zip'), 'reports.zip')
  await sql`update import_rows set kind = 'problem' where import_id = ${view.id} and n in (1, 7)`.execute(database.db)
  const csv = (
    await Array.fromAsync((await exportImportProblems(database.db, { campaign_id: id, import_id: view.id })).chunks)
  ).join('')
  const { counts } = await importReport(parts(), staff, id, csv, 'rows to correct.csv')
  expect(counts).toMatchObject({ new: 2, problem: 0 })
  const levels = await database.db.selectFrom('levels').select('name').where('campaign_id', '=', id).execute()
  expect(levels.map(({ name }) => name)).toEqual(['$59'])
  expect((await backersOf(id)).get('375540600')?.level_id).toBeNull()
})

test('two imports previewed side by side: the second compares afresh', async () => {
  const { id, staff } = await campaignOf()
  const first = await uploadReport(parts(), staff, id, k5Report([{}, {}]))
  const second = await uploadReport(parts(), staff, id, k5Report([{}, { Notes: 'x' }, {}]))
  await applyReport(parts(), staff, id, first.id)
  expect(await applyReport(parts(), staff, id, second.id)).toMatchObject({
    new: 1,
    changed: 1,
    unchanged: 1,
    imported: 3,
    reported: 0,
  })
  expect((await backersOf(id)).size).toBe(3)
})

test('an import is read once, discarded for good, and another account sees nothing of it', async () => {
  const { id, staff } = await campaignOf()
  const view = await uploadReport(parts(), staff, id, k5Report([{}]))
  const key = { campaign_id: id, import_id: view.id }
  await readImport(parts(), key)
  expect(await findImport(database.db, key)).toEqual(view)
  const stranger = await campaignOf()
  await expect(applyReport(parts(), stranger.staff, id, view.id)).rejects.toMatchObject({ status: 404 })
  await expect(findImport(database.db, { campaign_id: stranger.id, import_id: view.id })).rejects.toMatchObject({ status: 404 })
  await expect(
    listImportRows(database.db, { campaign_id: stranger.id, import_id: view.id }, { show: 'new' }),
  ).rejects.toMatchObject({ status: 404 })
  await inTransaction(parts(), (tx) => discardImport(tx, staff, key))
  await expect(applyReport(parts(), staff, id, view.id)).rejects.toMatchObject({ code: 'import_discarded' })
  expect(await database.db.selectFrom('import_rows').select('n').where('import_id', '=', view.id).execute()).toEqual([])
})

test('every header of a report survives in the original row', async () => {
  const { id, staff } = await campaignOf()
  const view = await uploadReport(parts(), staff, id, k5Report([{ Notes: 'tab\there\\ "quoted" \u{1F98A}' }]))
  const row = await database.db.selectFrom('import_rows').selectAll().where('import_id', '=', view.id).executeTakeFirstOrThrow()
  expect(Object.keys(row.original as object).sort()).toEqual([...k5Header].sort())
  expect((row.original as Record<string, string>).Notes).toBe('tab\there\\ "quoted" \u{1F98A}')
})

test('nobody takes statistics of the backers while an import writes them: they would count none of them', async () => {
  const { id: campaign_id, staff } = await campaignOf()
  const view = await uploadReport(parts(), staff, campaign_id, k5Report([{}]))
  const analyze = () =>
    database.db.transaction().execute((db) => sql`lock table backers in share update exclusive mode nowait`.execute(db))
  await analyze()
  await inTransaction(parts(), async (tx) => {
    await applyImport(tx, staff, { campaign_id, import_id: view.id })
    await expect(analyze()).rejects.toMatchObject({ code: '55P03' })
  })
})
