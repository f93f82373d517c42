import { beforeAll, describe, expect, test } from 'vitest'
import { campaignInput } from '../../test/factories/account.ts'
import { berlin } from '../../test/factories/campaign.ts'
import { useTestApi } from '../../test/setup/api.ts'
import { confirmSurvey } from '../domain/orders/change-order.ts'
import { inTransaction } from '../domain/shared/tx.ts'
import { newId } from '../lib/id.ts'

const api = useTestApi()

describe('the catalogue', () => {
  let path: string
  let campaign_id: string
  beforeAll(async () => {
    campaign_id = (await api.post('/campaigns', campaignInput)).body.id
    path = `/campaigns/${campaign_id}`
  })

  const makeItem = (name: string, options: string[] = ['']) =>
    api.post(`${path}/items`, { name, skus: options.map((option_name) => ({ option_name, weight_g: 100 })) })
  const makeLevel = async (name: string, items: { item_id: string; quantity: number }[] = []) => {
    const { body } = await api.post(`${path}/levels`, { name, items })
    expect((await api.put(`${path}/pledge-prices`, { levels: { [body.id]: 4900 } })).status).toBe(200)
    return body
  }
  const makeAddon = async (name: string, item_id: string, over = {}) =>
    (await api.post(`${path}/addons`, { name, price: 3000, items: [{ item_id, quantity: 1 }], ...over })).body

  /** A backer of a level with a confirmed order, as the survey makes it. */
  async function makeOrder(level_id: string, data: Record<string, unknown> = {}, over: Record<string, unknown> = {}) {
    const id = newId()
    const now = api.program.deps.clock.now()
    const { db } = api.program.deps
    const pledge = { pledge_status: 'collected', pledge_amount: 4900, pledge_country: 'DE', survey: 'sent' }
    const row = { campaign_id, id, platform_uid: id, name: 'Zoë', email: 'zoe@example.com', level_id, ...pledge }
    await db
      .insertInto('backers')
      .values({ ...row, ...over, created_at: now, updated_at: now } as never)
      .execute()
    await confirm(id, { address: berlin, ...data })
    return id
  }
  const confirm = (backer_id: string, data: Record<string, unknown>) =>
    inTransaction(api.program.deps, (tx) =>
      confirmSurvey(tx, { kind: 'staff', id: api.account_id }, { campaign_id, backer_id, data: data as never }),
    )

  test('an item has SKUs with codes; one SKU asks no option', async () => {
    const one = await makeItem('Core Game', ['Standard'])
    expect(one.status).toBe(201)
    expect(one.body.skus).toMatchObject([{ code: 'CORE-GAME', option_name: '', weight_g: 100 }])
    const many = await makeItem('Étui à cartes', ['Blue', 'Red'])
    expect(many.body.skus.map((sku: { code: string }) => sku.code)).toEqual(['ETUI-A-CARTES-BLUE', 'ETUI-A-CARTES-RED'])
    expect((await makeItem('Core Game')).body.code).toBe('name_taken')
    expect((await makeItem('Cards', ['Blue', ''])).body.fields[0]).toMatchObject({
      field: 'skus.1.option_name',
      code: 'option_name_missing',
    })
    expect((await makeItem('Cards', ['Blue', 'Blue'])).body.code).toBe('option_name_twice')
    const taken = await api.post(`${path}/items`, { name: 'Cards', skus: [{ code: 'CORE-GAME' }] })
    expect(taken.body).toMatchObject({ code: 'code_taken', fields: [{ field: 'skus.0.code' }] })
    expect((await api.post(`${path}/items`, { name: 'Cards', skus: [] })).status).toBe(422)
    const [blue, red] = many.body.skus
    const swapped = await api.put(`${path}/items/${many.body.id}`, {
      name: 'Card case',
      skus: [
        { ...pick(blue), code: red.code, option_name: 'Red' },
        { ...pick(red), code: blue.code, option_name: 'Blue' },
      ],
    })
    expect(swapped.body.skus).toMatchObject([
      { id: blue.id, option_name: 'Red', code: red.code },
      { id: red.id, option_name: 'Blue' },
    ])
    expect((await api.delete(`${path}/items/${many.body.id}`)).status).toBe(204)
    expect((await api.get(`${path}/items/${many.body.id}`)).status).toBe(404)
  })

  test('a SKU added later does not break orders, and what orders hold stays', async () => {
    const { body: item } = await makeItem('Dice')
    const level = await makeLevel('Dice Pledge', [{ item_id: item.id, quantity: 2 }])
    const backer = await makeOrder(level.id)
    const [only] = item.skus
    const added = await api.put(`${path}/items/${item.id}`, {
      name: 'Dice',
      skus: [{ id: only.id, code: only.code, option_name: 'Blue' }, { option_name: 'Red' }],
    })
    expect(added.status).toBe(200)
    const [blue, red] = added.body.skus
    expect(blue.id).toBe(only.id)
    const again = await confirm(backer, { address: { ...berlin, line1: 'Other street 1' } })
    expect(again.version).toBe(2)
    const renamed = await api.put(`${path}/items/${item.id}`, {
      name: 'Dice',
      skus: [{ ...pick(blue), option_name: 'Green' }, pick(red)],
    })
    expect(renamed).toMatchObject({
      status: 409,
      body: {
        code: 'sku_in_orders',
        count: 1,
        detail: '1 order holds “Blue”, so it keeps its name. Add another option instead.',
      },
    })
    expect((await api.put(`${path}/items/${item.id}`, { name: 'Dice', skus: [pick(red)] })).body.code).toBe('sku_in_orders')
    const digital = { name: 'Dice', kind: 'digital', skus: [pick(blue), pick(red)] }
    expect((await api.put(`${path}/items/${item.id}`, digital)).body.code).toBe('item_in_orders')
    expect((await api.put(`${path}/items/${item.id}`, { name: 'Dice set', skus: [{ ...pick(blue), weight_g: 5 }] })).status).toBe(
      200,
    )
    expect((await api.delete(`${path}/items/${item.id}`)).body.code).toBe('item_in_contents')
    const emptied = await api.put(`${path}/levels/${level.id}`, { name: 'Dice Pledge', items: [] })
    expect(emptied.body).toMatchObject({ code: 'level_in_orders', count: 1 })
    const same = { name: 'Dice Level', items: [{ item_id: item.id, quantity: 2 }] }
    expect((await api.put(`${path}/levels/${level.id}`, same)).body).toMatchObject(same)
    expect((await api.delete(`${path}/levels/${level.id}`)).body).toMatchObject({ code: 'level_in_pledges', count: 1 })
  })

  test('stock never falls below what orders hold; price changes leave orders alone', async () => {
    const { body: item } = await makeItem('Coin')
    const level = await makeLevel('Coin Pledge', [{ item_id: item.id, quantity: 1 }])
    const addon = await makeAddon('Coins', item.id, { stock: 5, limit_per_backer: 3 })
    const unused = await makeAddon('Unused', item.id)
    const backer = await makeOrder(level.id, { addons: { [addon.id]: 2 } })
    const whole = { name: 'Coins', price: 3000, limit_per_backer: 3, items: [{ item_id: item.id, quantity: 1 }] }
    const less = await api.put(`${path}/addons/${addon.id}`, { ...whole, stock: 1 })
    expect(less).toMatchObject({ status: 422, body: { code: 'stock_below_held', fields: [{ field: 'stock' }] } })
    expect(less.body.detail).toContain('2 pieces')
    const dearer = await api.put(`${path}/addons/${addon.id}`, { ...whole, price: 9900, stock: 2 })
    expect(dearer.body).toMatchObject({ price: 9900, stock: 2, held: 2 })
    const again = await confirm(backer, { address: { ...berlin, line1: 'Other street 2' } })
    expect(again.balance_due).toBe(6000)
    const other = await api.put(`${path}/addons/${addon.id}`, { ...whole, items: [{ item_id: item.id, quantity: 2 }] })
    expect(other.body.code).toBe('addon_in_orders')
    expect((await api.delete(`${path}/addons/${addon.id}`)).body).toMatchObject({ code: 'addon_in_use', count: 1 })
    expect((await api.post(`${path}/addons`, { ...whole, items: [] })).body.fields[0].field).toBe('items')
    const foreign = await api.post(`${path}/addons`, { ...whole, items: [{ item_id: newId(), quantity: 1 }] })
    expect(foreign.body.code).toBe('unknown')
    expect((await api.delete(`${path}/addons/${unused.id}`)).status).toBe(204)
  })

  test('a draft forgets an add-on that was taken away', async () => {
    const { body: item } = await makeItem('Map')
    const level = await makeLevel('Map Pledge', [{ item_id: item.id, quantity: 1 }])
    const addon = await makeAddon('Second map', item.id)
    const backer_id = await makeOrder(level.id)
    const { db } = api.program.deps
    const data = { answers: {}, options: {}, addons: { [addon.id]: 1 }, country: 'DE', address: null, address_accepted: false }
    await db
      .insertInto('drafts')
      .values({ campaign_id, backer_id, data: JSON.stringify(data), base_version: 1, updated_at: new Date() })
      .execute()
    expect((await api.delete(`${path}/addons/${addon.id}`)).status).toBe(204)
    const draft = await db.selectFrom('drafts').selectAll().where('backer_id', '=', backer_id).executeTakeFirstOrThrow()
    expect(draft).toMatchObject({ version: 2, data: { ...data, addons: {} } })
  })

  test('a country stands in one region; fees are by level and add-on; not served has none', async () => {
    const { body: item } = await makeItem('Box')
    const level = await makeLevel('Box Pledge', [{ item_id: item.id, quantity: 1 }])
    const addon = await makeAddon('Second box', item.id)
    const regions = `${path}/shipping/regions`
    const fees = { level_fees: { [level.id]: 1200 }, addon_fees: { [addon.id]: 300 } }
    const europe = await api.post(regions, { name: 'Europe', kind: 'countries', countries: ['fr', 'DE', 'DE'], ...fees })
    expect(europe).toMatchObject({ status: 201, body: { countries: ['DE', 'FR'], served: true, ...fees } })
    const again = await api.post(regions, { name: 'Germany', kind: 'countries', countries: ['DE', 'AT'] })
    expect(again.body).toMatchObject({ code: 'country_taken', fields: [{ field: 'countries.DE' }] })
    expect((await api.post(regions, { name: 'None', kind: 'countries' })).body.code).toBe('countries_missing')
    expect((await api.post(regions, { name: 'Odd', kind: 'countries', countries: ['QQ'] })).status).toBe(422)
    const rest = await api.post(regions, { name: 'Rest', kind: 'everywhere_else', served: false, ...fees })
    expect(rest.body).toMatchObject({ served: false, level_fees: {}, addon_fees: {} })
    expect((await api.post(regions, { name: 'Rest', kind: 'everywhere_else' })).body.code).toBe('everywhere_else_exists')
    const wrong = await api.put(`${regions}/${europe.body.id}`, {
      name: 'Europe',
      kind: 'countries',
      countries: ['DE'],
      level_fees: { [newId()]: 1 },
    })
    expect(wrong.body.code).toBe('unknown')
    const smaller = await api.put(`${regions}/${europe.body.id}`, {
      name: 'Germany',
      kind: 'countries',
      countries: ['DE'],
      ...fees,
    })
    expect(smaller.body.countries).toEqual(['DE'])
    expect((await api.delete(`${regions}/${europe.body.id}`)).status).toBe(204)
    expect((await api.delete(`${regions}/${rest.body.id}`)).status).toBe(204)
    expect((await api.get(regions)).body.data).toEqual([])
  })

  test('a question keeps its meaning once it is answered', async () => {
    const { body: item } = await makeItem('Sleeve')
    const level = await makeLevel('Sleeve Pledge', [{ item_id: item.id, quantity: 1 }])
    const questions = `${path}/questions`
    const whole = {
      prompt: 'Which colour?',
      kind: 'choice',
      choices: ['Blue', 'Red', 'Green'],
      level_id: level.id,
      required: true,
    }
    const { body: question, status } = await api.post(questions, whole)
    expect(status).toBe(201)
    expect((await api.post(questions, { ...whole, choices: ['Blue'] })).body.code).toBe('choices_missing')
    expect((await api.post(questions, { ...whole, level_id: newId() })).body.code).toBe('unknown')
    expect((await api.post(questions, { ...whole, choices: ['Blue', 'Blue'] })).status).toBe(422)
    const { body: draft } = await api.post(questions, { prompt: 'Anything else?', kind: 'text', choices: [] })
    await makeOrder(level.id, { answers: { [question.id]: 'Blue' } })
    const put = (change: object) => api.put(`${questions}/${question.id}`, { ...whole, ...change })
    expect((await put({ prompt: 'Which size?' })).body).toMatchObject({ code: 'question_answered', count: 1 })
    expect((await put({ choices: ['Red', 'Green'] })).body.detail).toBe('1 order chose “Blue”, so it stays.')
    expect((await put({ choices: ['Blue', 'Red', 'Black'], help: 'The box', required: false })).status).toBe(200)
    expect((await api.delete(`${questions}/${question.id}`)).body.code).toBe('question_answered')
    expect((await api.delete(`${questions}/${draft.id}`)).status).toBe(204)
  })

  test('others find nothing and change nothing', async () => {
    const { body: item } = await makeItem('Private')
    for (const noun of [
      'items',
      'levels',
      'addons',
      'shipping/regions',
      'questions',
      'pledge-prices',
      'counts',
      'counts/skus',
      'order-lines.csv',
    ]) {
      expect((await api.stranger.get(`${path}/${noun}`)).status).toBe(404)
    }
    expect((await api.stranger.put(`${path}/items/${item.id}`, { name: 'Mine', skus: [{}] })).status).toBe(404)
    expect((await api.stranger.delete(`${path}/items/${item.id}`)).status).toBe(404)
    const mine = (await api.stranger.post('/campaigns', campaignInput)).body
    expect((await api.stranger.put(`/campaigns/${mine.id}/items/${item.id}`, { name: 'Mine', skus: [{}] })).status).toBe(404)
    expect((await api.get(`${path}/items/${item.id}`)).body.name).toBe('Private')
  })

  test('prices, counts and the line file over HTTP', async () => {
    const prices = await api.get(`${path}/pledge-prices`)
    const levels = Object.fromEntries(prices.body.levels.map((level: { id: string }) => [level.id, 4900]))
    const preview = await api.post(`${path}/pledge-prices/preview`, { levels })
    expect(preview.body).toMatchObject({ exact: 0, owing: 0, orders_kept: prices.body.orders_kept, mismatched: { data: [] } })
    const saved = await api.put(`${path}/pledge-prices`, { levels, bonus_spendable: false })
    expect(saved.body).toMatchObject({ bonus_spendable: false, levels: prices.body.levels.map(() => ({ price: 4900 })) })
    const counts = await api.get(`${path}/counts`)
    expect(counts.body.orders.open.count).toBe(prices.body.orders_kept)
    const skus = await api.get(`${path}/counts/skus`)
    const file = await api.get(`${path}/order-lines.csv`)
    expect(file.headers.get('content-disposition')).toMatch(/attachment; filename="order-lines-\d{4}-\d\d-\d\d.csv"/)
    const lines = String(file.body).trimEnd().split('\r\n').slice(1)
    const pieces = lines.reduce((sum, line) => sum + Number(line.split(',')[11]), 0)
    expect(pieces).toBe(skus.body.data.reduce((sum: number, row: { ordered: number }) => sum + row.ordered, 0))
    expect(pieces).toBeGreaterThan(0)
    const document = await api.get('/openapi.json')
    for (const at of ['/campaigns', '/campaigns/{campaign_id}/items/{item_id}', '/campaigns/{campaign_id}/shipping/regions']) {
      expect(document.body.paths[at]).toBeDefined()
    }
  })

  test('a create with an Idempotency-Key happens once', async () => {
    const once = { name: 'Once', skus: [{}] }
    const first = await api.post(`${path}/items`, once, { 'idempotency-key': 'make-once' })
    const second = await api.post(`${path}/items`, once, { 'idempotency-key': 'make-once' })
    expect(second).toMatchObject({ status: 201, body: first.body })
  })
})

function pick({ id, code, option_name }: { id: string; code: string; option_name: string }) {
  return { id, code, option_name }
}
