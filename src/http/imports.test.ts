import { readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { makeCampaign } from '../../test/factories/campaign.ts'
import { useTestApi } from '../../test/setup/api.ts'

const api = useTestApi()
const report = readFileSync(new URL('../../test/samples/ks-k5-2023-all-rewards.csv', import.meta.url))
let base: string

async function makeBase(): Promise<string> {
  const { id } = await makeCampaign(api.program.deps)
  await api.program.deps.db.updateTable('campaigns').set({ account_id: api.account_id }).where('id', '=', id).execute()
  return `/campaigns/${id}/imports`
}

function formOf(bytes: Uint8Array, name = 'report.csv'): FormData {
  const form = new FormData()
  form.set('file', new File([bytes as Uint8Array<ArrayBuffer>], name))
  return form
}

beforeAll(async () => {
  base = await makeBase()
})

test('a report is uploaded, looked at, applied; again it changes nothing', async () => {
  const upload = await api.post(base, formOf(report))
  expect(upload).toMatchObject({
    status: 201,
    body: { state: 'previewed', file_name: 'report.csv', imported: null, fault: null },
  })
  const { rows_total, counts, id } = upload.body
  expect(counts.new + counts.problem + counts.twice).toBe(rows_total)
  const { body: applied } = await api.post(`${base}/${id}/apply`)
  expect(applied).toMatchObject({ state: 'applied', rows_total })
  expect(applied.imported + applied.reported).toBe(rows_total)
  expect((await api.post(`${base}/${id}/apply`)).body).toEqual(applied)
  const again = await api.post(base, formOf(report))
  expect(again.body.counts).toMatchObject({ new: 0, changed: 0 })
  expect((await api.post(`${base}/${again.body.id}/discard`)).body).toMatchObject({ state: 'discarded' })
  expect((await api.post(`${base}/${again.body.id}/apply`)).body).toMatchObject({ status: 409, code: 'import_discarded' })
  expect((await api.get(base)).body.data.map((each: { id: string }) => each.id)).toEqual([again.body.id, id])
  const first = (await api.get(`${base}?limit=1`)).body
  expect((await api.get(`${base}?limit=1&cursor=${first.next_cursor}`)).body).toMatchObject({ data: [{ id }], next_cursor: null })
})

test('the body may be the file itself, and a repeat with its key is the same import', async () => {
  const key = { 'content-type': 'text/csv', 'idempotency-key': 'upload-1' }
  const first = await api.post(`${base}?file_name=raw.csv`, new Uint8Array(report), key)
  expect(first).toMatchObject({ status: 201, body: { state: 'previewed', file_name: 'raw.csv' } })
  expect((await api.post(`${base}?file_name=raw.csv`, new Uint8Array(report), key)).body).toEqual(first.body)
  const streamed = await api.post(`${base}?file_name=raw.csv`, new Uint8Array(report), { 'content-type': 'text/csv' })
  expect(streamed.body).toMatchObject({ state: 'previewed', rows_total: first.body.rows_total })
  const form = { 'idempotency-key': 'upload-2' }
  const sent = await api.post(base, formOf(report), form)
  expect((await api.post(base, formOf(report), form)).body.id).toBe(sent.body.id)
})

test('problem rows are listed page by page, and come as a file to correct', async () => {
  const own = await makeBase()
  const lines = report.toString('utf8').split('\n')
  const broken = [...lines.slice(0, 6), ...lines.slice(1, 4).map((line) => line.replace(/^(\d+),\d+/, '$1,x'))].join('\n')
  const { body } = await api.post(own, formOf(Buffer.from(broken)))
  expect(body.state).toBe('previewed')
  const count = body.counts.problem + body.counts.twice
  expect(count).toBeGreaterThan(1)
  const page = (await api.get(`${own}/${body.id}/problems?limit=1`)).body
  expect(page.data[0].problems[0]).toMatchObject({ code: expect.any(String), fix: expect.any(String) })
  const rest = (await api.get(`${own}/${body.id}/problems?cursor=${page.next_cursor}`)).body
  expect(page.data.length + rest.data.length).toBe(count)
  expect((await api.get(`${own}/${body.id}/rows?show=new`)).body.data).toHaveLength(body.counts.new)
  const file = await api.get(`${own}/${body.id}/problems.csv`)
  expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="report - rows to correct.csv"/)
  expect(file.body.trim().split('\n')).toHaveLength(count + 1)
})

test('what is no report, no file or too large is refused', async () => {
  const none = await api.post(base, formOf(Buffer.from('hello')))
  expect(none).toMatchObject({
    status: 201,
    body: { state: 'refused', fault: { message: expect.any(String), fix: expect.any(String) } },
  })
  expect((await api.post(`${base}/${none.body.id}/apply`)).body).toMatchObject({ status: 409, code: 'import_refused' })
  expect((await api.post(base, new FormData())).body).toMatchObject({ status: 422, code: 'file_missing' })
  expect((await api.post(base, 'a,b', { 'content-type': 'text/csv' })).body).toMatchObject({ status: 422, code: 'file_missing' })
  expect((await api.post(base, { a: 1 })).body).toMatchObject({ status: 415, code: 'unsupported_media_type' })
  const length = { 'content-type': 'text/csv', 'content-length': String(300 * 1024 * 1024) }
  const large = await api.post(`${base}?file_name=x.csv`, 'a,b', length)
  expect(large.body).toMatchObject({ status: 413, code: 'too_large', limit_bytes: expect.any(Number) })
})

test('to a stranger nothing of it exists', async () => {
  const { body } = await api.get(base)
  const id = body.data[0].id
  for (const path of ['', `/${id}`, `/${id}/rows`, `/${id}/problems`, `/${id}/problems.csv`]) {
    expect((await api.stranger.get(`${base}${path}`)).status, path).toBe(404)
  }
  expect((await api.stranger.post(base, formOf(report))).status).toBe(404)
  expect((await api.stranger.post(`${base}/${id}/apply`)).status).toBe(404)
  expect((await api.stranger.post(`${base}/${id}/discard`)).status).toBe(404)
})
