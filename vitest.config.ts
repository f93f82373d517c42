import { globSync, readFileSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

// Tests stand beside the code. Those that ask for a database get the server's setup; the rest start without it.
const besideCode = globSync(['src/**/*.test.{ts,tsx}', 'tools/**/*.test.ts']).filter((path) => !path.endsWith('.race.test.ts'))
const wantsDatabase = (path: string) =>
  /test\/setup\/(?:database|deps|api)\.ts|cloneDatabase|useTest\w+/.test(readFileSync(path, 'utf8'))
const globalSetup = ['test/setup/global-database.ts']
const long = { testTimeout: 120_000, hookTimeout: 120_000 }

export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'unit', include: besideCode.filter((path) => !wantsDatabase(path)) } },
      { extends: true, test: { name: 'database', globalSetup, include: besideCode.filter(wantsDatabase) } },
      { extends: true, test: { name: 'race', globalSetup, include: ['{src,test}/**/*.race.test.ts'], ...long } },
      {
        extends: true,
        test: {
          name: 'scenario',
          globalSetup,
          include: ['test/{scenarios,properties,torture,simulation}/**/*.test.ts'],
          ...long,
        },
      },
      { extends: true, test: { name: 'e2e', globalSetup, include: ['test/e2e/**/*.test.ts'], ...long } },
    ],
  },
})
