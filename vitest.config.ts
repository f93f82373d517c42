import { configDefaults, defineConfig } from 'vitest/config'

// Beside the code: x.test.ts needs no database unless it says x.db.test.ts; both kinds run on the same server setup.
const withDatabase = ['src/**/*.test.{ts,tsx}', 'tools/**/*.test.ts']

export default defineConfig({
  test: {
    globalSetup: ['test/setup/global-database.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'code', include: withDatabase, exclude: [...configDefaults.exclude, '**/*.race.test.ts'] } },
      { extends: true, test: { name: 'race', include: ['{src,test}/**/*.race.test.ts'], testTimeout: 60_000 } },
      {
        extends: true,
        test: {
          name: 'scenario',
          include: ['test/scenarios/**/*.test.ts'],
          exclude: ['**/*.race.test.ts'],
          testTimeout: 120_000,
        },
      },
      { extends: true, test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 } },
    ],
  },
})
