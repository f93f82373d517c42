import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '../../src/db/project-root.ts'
import { createApiKey } from '../../src/domain/accounts/api-keys.ts'
import { inTransaction } from '../../src/domain/shared/tx.ts'
import { verifyBooks } from '../../src/domain/verify.ts'
import { testFolder } from '../setup/folder.ts'
import { useHttpWorld } from '../setup/http-world.ts'

/* The script of docs/api.md, carried out word by word against the program: from a report to a parcel that was taken back. */

const world = useHttpWorld()

test('the guide to the API does what it says', async () => {
  const guide = readFileSync(join(projectRoot, 'docs', 'api.md'), 'utf8')
  const script = /```js\n([\s\S]*?)```/.exec(guide)?.[1] ?? ''
  const { key } = await inTransaction(world.parts, (tx) => createApiKey(tx, { account_id: world.account_id, name: 'guide' }))
  const folder = mkdtempSync(join(testFolder(), 'guide-'))
  const { code, output } = await runScript(script, folder, {
    AFTERFUND: world.url,
    KEY: key,
    REPORT: join(projectRoot, 'test', 'samples', 'ks-k5-2023-all-rewards.csv'),
  })
  expect(output).toContain('taken back {"total":1,"moved":1')
  expect(code, output).toBe(0)
  expect(readFileSync(join(folder, 'ready-orders.csv'), 'utf8')).toContain('Musterstraße 7')
  rmSync(folder, { recursive: true })
  const { body } = await world.get('/campaigns')
  const { id } = body.data[0]
  const orders = await world.get(`/campaigns/${id}/orders`)
  expect(orders.body.data).toMatchObject([{ number: 1, status: 'ready_to_ship', captured: 0 }])
  const timeline = await world.get(`/campaigns/${id}/orders/${orders.body.data[0].id}/timeline`)
  const kinds = timeline.body.data.map(({ kind }: { kind: string }) => kind)
  for (const kind of ['complete_survey', 'lock', 'nothing_owed', 'finalize_address', 'ship', 'tracking_mails_sent', 'undo_ship'])
    expect(kinds).toContain(kind)
  expect(await verifyBooks(world.parts.db, new Date())).toEqual([])
})

/** Runs a script beside this process, which serves the program's logs meanwhile. */
async function runScript(
  script: string,
  cwd: string,
  env: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  writeFileSync(join(cwd, 'guide.mjs'), script)
  const child = spawn(process.execPath, ['guide.mjs'], { cwd, env })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, output }
}
