import { StartError } from '../src/db/start-error.ts'

/** The value of `--name value` or `--name=value`; undefined when it is not there. */
export function readOption(name: string): string | undefined {
  const args = process.argv.slice(2)
  const joined = args.find((arg) => arg.startsWith(`--${name}=`))
  if (joined) return joined.slice(name.length + 3)
  const at = args.indexOf(`--${name}`)
  return at < 0 ? undefined : args[at + 1]
}

/** The first argument that is no option: the file of a backup. */
export function readFileArgument(usage: string): string {
  const file = process.argv.slice(2).find((arg) => !arg.startsWith('--'))
  if (!file) throw new StartError(usage)
  return file
}
