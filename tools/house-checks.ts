// Rules of the house that no linter knows. Each has a test that plants a violation (tools/house-checks/*.test.ts).
import { checkDocs } from './house-checks/check-docs.ts'
import { checkLock } from './house-checks/check-lock.ts'
import { checkHouseRules, findLongFiles } from './house-checks/house-rules.ts'
import { checkImports } from './house-checks/import-rules.ts'
import { pathsOfRepository, readSourceFiles } from './house-checks/source-files.ts'

const files = readSourceFiles()
const findings = [
  ...checkImports(files),
  ...checkHouseRules(files),
  ...checkLock(files),
  ...checkDocs(files, pathsOfRepository()),
]
for (const { path, line, message } of findings) process.stdout.write(`${path}:${line} ${message}\n`)
for (const { path, message } of findLongFiles(files)) process.stdout.write(`note: ${path}: ${message}\n`)
if (findings.length > 0) process.exitCode = 1
