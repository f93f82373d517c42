/** A reason the program cannot start (or a tool cannot run), in one sentence that names the way out. Shown without a stack. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StartError'
  }
}
