/** What went wrong, in words for whoever wrote the test: what was expected, what was found, where. */
export class RingbackError extends Error {
  override readonly name: string = "RingbackError"
}

/** The stack below a call, kept so that a failure that comes later names the line of the test. */
export const calledFrom = (call: (...args: ReadonlyArray<never>) => unknown): string => {
  const here: { stack?: string } = {}
  Error.captureStackTrace(here, call)
  return (here.stack ?? "").replace(/^.*\n?/, "")
}

/** An error whose stack is where its test called. */
export const failedAt = (frames: string, message: string): RingbackError => {
  const error = new RingbackError(message)
  error.stack = `${error.name}: ${message}\n${frames}`
  return error
}
