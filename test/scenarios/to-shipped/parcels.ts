import { describe, expect, test } from 'vitest'
import { NUMBERS } from '../k5-campaign.ts'
import { wordsOf } from '../sample-steps.ts'
import { FORMULA } from './answers.ts'
import { everybody, type Story } from './story.ts'

const { ADA, MIGUEL, KENJI, ZOE, PAT, LAYLA, JEAN_LUC, HUBERT } = NUMBERS

/** Exports for the warehouse, against the orders. */
export function warehouseGetsLists(story: Story): void {
  const { order, one, get, post, move, csv } = story
  describe('the warehouse gets its lists', () => {
    test('both forms hold what the orders say, and only what is ready', async () => {
      expect(await move('reopen_address', await one(LAYLA))).toMatchObject({ moved: 1 })
      await post('/holds', { selection: await one(MIGUEL), reason: 'Asks for a later date' })
      const handed = everybody.filter((number) => ![LAYLA, MIGUEL, JEAN_LUC].some((out) => out === number))
      const orders = (await Promise.all(handed.map(order))).toSorted((a, b) => a.number - b.number)
      expect(await get('/exports/ready-orders/count')).toMatchObject({ orders: 7, on_hold: 1, nothing_ships: 1 })
      const wide = await csv('/exports/ready-orders?audience=machines')
      const long = await csv('/exports/ready-orders?form=lines&audience=machines')
      expect(wide.map(({ order_number }) => Number(order_number))).toEqual(orders.map(({ number }) => number))
      for (const [place, { number, address, lines, backer: person }] of orders.entries()) {
        const { name, line1: address_line_1, city, postcode, country: country_code } = address
        const head = { order_number: String(number), name, address_line_1, city, postcode, country_code, email: person.email }
        expect(wide[place]).toMatchObject(head)
        const pieces: Record<string, number> = {}
        for (const { sku, quantity } of lines) pieces[sku] = (pieces[sku] ?? 0) + quantity
        const told = Object.entries(wide[place] ?? {}).filter(([column, cell]) => /^[A-Z]/.test(column) && cell !== '0')
        expect(Object.fromEntries(told.map(([column, cell]) => [column, Number(cell)]))).toEqual(pieces)
        const rows = long.filter(({ order_number }) => Number(order_number) === number)
        expect(Object.fromEntries(rows.map(({ sku = '', quantity }) => [sku, Number(quantity)]))).toEqual(pieces)
        for (const row of rows) expect(row).toMatchObject(head)
      }
      await post('/releases', { selection: await one(MIGUEL) })
      await move('finalize_address', await one(LAYLA))
      expect(await get('/exports/ready-orders/count')).toMatchObject({ orders: 9, on_hold: 0, nothing_ships: 1 })
    })

    test('the form for people runs nothing in a spreadsheet, and who took what is written down', async () => {
      const text: string = await get('/exports/ready-orders?form=lines')
      expect(text).not.toMatch(/(^|,)"?[=@+-]/m)
      expect((await csv('/exports/ready-orders?form=lines')).map((row) => row.delivery_notes)).toContain(`'${FORMULA}`)
      const only = await csv(`/exports/ready-orders?ids=${(await one(ZOE)).ids[0]}&audience=machines`)
      expect(only).toHaveLength(1)
      const { data } = await get('/exports')
      expect(data).toMatchObject([
        { form: 'orders', audience: 'machines', orders: 1 },
        { form: 'lines', audience: 'people', orders: 9 },
        { form: 'lines', audience: 'people', orders: 9 },
        { form: 'lines', audience: 'machines', orders: 7 },
        { form: 'orders', audience: 'machines', orders: 7 },
      ])
      expect(new Set(data.map((one: { actor: { kind: string } }) => one.actor.kind))).toEqual(new Set(['staff']))
    })
  })
}

/** Tracking numbers come back, parcels leave, their backers are told, one is taken back. */
export function parcelsLeave(story: Story): void {
  const { world, backer, order, statuses, one, get, post, tried, move, csv, mailsTo, mailTo } = story
  describe('parcels leave', () => {
    const number = async (who: number): Promise<number> => (await order(who)).number
    const send = async (rows: string[]) => {
      const form = new FormData()
      form.set('file', new File([['Order number;Carrier;Tracking number', ...rows].join('\r\n')], 'from the warehouse.csv'))
      const { status, body } = await tried('/tracking-files', form)
      expect(status, JSON.stringify(body)).toBe(201)
      return body
    }
    let file: { id: string; operation_id: string }

    test('tracking numbers come back: the preview says which rows ship nothing and why; nothing has left yet', async () => {
      const preview = await send([
        `${await number(ADA)};DHL;00340434161094042557`,
        `${await number(MIGUEL)};;`,
        `${await number(KENJI)};Australia Post;9.25E+11`,
        `${await number(ZOE)};DHL;00340434161094042564`,
        `${await number(PAT)};UPS;1Z999AA10123456784`,
        '4711;UPS;1Z999AA10123456785',
        `${await number(JEAN_LUC)};UPS;1Z999AA10123456786`,
        `${await number(ZOE)};DHL;00340434161094042564`,
      ])
      expect(preview).toMatchObject({ state: 'previewed', rows_total: 8, ships: 3, reported: 5 })
      const problems = preview.problems.map(({ code, count }: { code: string; count: number }) => [code, count])
      expect(Object.fromEntries(problems)).toEqual({
        number_missing: 1,
        number_damaged: 1,
        order_unknown: 1,
        nothing_ships: 1,
        repeated: 1,
      })
      expect(await statuses(ADA, ZOE, PAT)).toEqual(Array(3).fill('ready_to_ship'))
      file = preview
    })

    test('applied, every row is shipped or reported, and once more it ships nothing', async () => {
      const applied = await post(`/tracking-files/${file.id}/apply`)
      expect(applied).toMatchObject({ state: 'applied', ships: 3, reported: 5 })
      expect(applied.ships + applied.reported).toBe(applied.rows_total)
      expect(await post(`/tracking-files/${file.id}/apply`)).toEqual(applied)
      expect(await statuses(ADA, ZOE, PAT, MIGUEL, KENJI, JEAN_LUC)).toEqual([
        ...Array(3).fill('shipped'),
        ...Array(3).fill('ready_to_ship'),
      ])
      const { data: rows } = await get(`/tracking-files/${file.id}/rows`)
      const outcomes = rows.map(({ outcome, problem }: { outcome: string; problem: string | null }) => problem ?? outcome)
      expect(outcomes).toEqual([
        'shipped',
        'number_missing',
        'number_damaged',
        'shipped',
        'shipped',
        'order_unknown',
        'nothing_ships',
        'repeated',
      ])
      expect(await csv(`/tracking-files/${file.id}/problems.csv`)).toHaveLength(5)
      file = applied
      // What was damaged is mended and sent again; the warehouse's file holds the others still.
      const mended = await send([
        `${await number(KENJI)};Australia Post;925000000017`,
        `${await number(ADA)};DHL;00340434161094042557`,
      ])
      expect(mended).toMatchObject({ ships: 1, reported: 1, problems: [{ code: 'already_shipped', count: 1 }] })
      expect(await post(`/tracking-files/${mended.id}/apply`)).toMatchObject({ ships: 1, reported: 1 })
    })

    test('the mails are a step of their own: looked at, sent, and not sent twice', async () => {
      const selection = { filter: { operation: file.operation_id } }
      expect(await mailsTo('tracking')).toEqual([])
      expect(await post('/tracking-mails', { selection, dry_run: true })).toMatchObject({ state: 'preview', total: 3, mails: 3 })
      expect(await post('/tracking-mails', { selection })).toMatchObject({ state: 'done', mails: 3, mailed_before: 0 })
      expect(await post('/tracking-mails', { selection })).toMatchObject({ mails: 0, mailed_before: 3 })
      const mail = await mailTo(PAT, 'tracking')
      expect(mail.text).toContain('1Z999AA10123456784')
      expect(mail.text).toContain('https://www.ups.com/')
      expect(await mailsTo('tracking')).toHaveLength(3)
      const pat = await world.visit(mail.link)
      const page = await pat.open(pat.base)
      expect(wordsOf(page.html)).toContain('with UPS, number 1Z999AA10123456784.')
      expect(page.html).toContain('href="https://www.ups.com/')
    })

    test('marked by hand: one with its parcel, those without a parcel, and the rest', async () => {
      const tracking = { carrier: 'DPD', tracking_number: '05222000123456' }
      expect(await move('ship', await one(HUBERT), { tracking })).toMatchObject({ moved: 1 })
      expect(await move('ship', { filter: { status: ['ready_to_ship'] } })).toMatchObject({ moved: 5, left: [] })
      expect(await statuses(...everybody)).toEqual(Array(10).fill('shipped'))
      const { data } = await get(`/shipments?order_id=${(await order(HUBERT)).id}`)
      expect(data).toMatchObject([{ state: 'left', carrier: 'DPD', tracking_number: '05222000123456' }])
    })

    test('one is taken back within the day, and its backer sees it; later that is refused', async () => {
      expect(await move('undo_ship', await one(ZOE))).toMatchObject({ moved: 1 })
      expect(await order(ZOE)).toMatchObject({ status: 'ready_to_ship' })
      const { data } = await get(`/shipments?order_id=${(await order(ZOE)).id}`)
      expect(data).toMatchObject([{ state: 'undone', tracking_number: '00340434161094042564' }])
      const zoe = await world.visit(backer(ZOE).link)
      expect((await zoe.open(zoe.base)).html).not.toContain('00340434161094042564')
      const tracking = { carrier: 'DHL', tracking_number: '00340434161094042571' }
      expect(await move('ship', await one(ZOE), { tracking })).toMatchObject({ moved: 1 })
      expect(wordsOf((await zoe.open(zoe.base)).html)).toContain('00340434161094042571')
      await world.advance('PT25H')
      expect(await move('undo_ship', await one(ZOE))).toMatchObject({ moved: 0, left: [{ code: 'undo_window_over' }] })
    })
  })
}
