// `node tools/search-logs.ts FOLDER`: the last step of `npm test`. Searches what all programs of the run have printed and kept
// (test/setup/keep-logs.ts) for secrets. A run that kept nothing to search has failed too.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findSecrets } from './find-secrets.ts'

const folder = process.argv[2] ?? ''
const names = readdirSync(folder).sort()
/** Without one of each, a program was not searched but forgotten. */
const kinds = { 'a program': /^program-/, 'a simulator': /^journal-/, 'a database': /^postgres-/ }
const missing = Object.entries(kinds).flatMap(([kind, pattern]) => (names.some((name) => pattern.test(name)) ? [] : [kind]))

const findings = names.flatMap((name) =>
  findSecrets(readFileSync(join(folder, name), 'utf8')).map(({ kind, line }) => `${join(folder, name)}:${line} holds a ${kind}`),
)
for (const finding of findings.slice(0, 50)) process.stdout.write(`${finding}\n`)
if (findings.length > 50) process.stdout.write(`... and ${findings.length - 50} more\n`)
for (const kind of missing) process.stdout.write(`Nothing of ${kind} was kept, so nothing of it was searched.\n`)
if (findings.length > 0 || missing.length > 0) process.exitCode = 1
