/** Why a simulator cannot start, as one sentence. Its name is the one that our commands print without a stack. */
export class SimulatorStartError extends Error {
  override name = 'StartError'
}
