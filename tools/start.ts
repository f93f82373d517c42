// `npm start`: builds what is missing or old, then runs the program. Where it cannot, it says why in one sentence.
// `--no-demo` starts empty; `--no-build` takes the build that is there (read-only installations, tests).
import { pathToFileURL } from 'node:url'
import { buildProgram, bundle, isBuildStale } from './build-program.ts'
import { runTool } from './run-tool.ts'

await runTool(async () => {
  if (!process.argv.includes('--no-build') && isBuildStale()) {
    process.stdout.write('Building Afterfund (a few seconds) ...\n')
    buildProgram()
  }
  process.env.NODE_ENV ??= 'production'
  const { main } = (await import(pathToFileURL(bundle).href)) as typeof import('../src/main.ts')
  await main(process.env, {
    withDemo: !process.argv.includes('--no-demo'),
    announce: (lines) => process.stdout.write(`${lines.join('\n')}\n`),
  })
})
