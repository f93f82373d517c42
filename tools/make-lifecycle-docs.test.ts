import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '../src/db/project-root.ts'
import { lifecycleDocs } from './make-lifecycle-docs.ts'

test('the picture of the lifecycle in the docs is the table in the code', () => {
  const page = readFileSync(join(projectRoot, 'docs', 'generated', 'lifecycle.md'), 'utf8')
  expect(page, 'run `node tools/make-lifecycle-docs.ts`').toBe(lifecycleDocs())
})
