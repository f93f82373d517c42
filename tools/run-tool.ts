/** Runs a command: a known refusal is one sentence and exit code 1, anything else keeps its stack. */
export async function runTool(run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    const isRefusal = error instanceof Error && ['StartError', 'DomainError'].includes(error.name)
    process.stderr.write(
      `${isRefusal ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    )
    process.exit(1)
  }
}
