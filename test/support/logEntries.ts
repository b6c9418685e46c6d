import { ringback } from "./ringback.ts"

/** An entry as `ringback log --json` prints it. */
export interface LoggedEntry {
  readonly seq: number
  readonly at: number
  readonly cause: number
  readonly kind: string
  readonly type: string
  readonly subject: string
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect to be there
  readonly data: any
  readonly hash: string
}

/** All entries of a log, also of one that a server writes. */
export const entriesOf = async (log: string, args: ReadonlyArray<string> = []): Promise<ReadonlyArray<LoggedEntry>> => {
  const { code, stderr, stdout } = await ringback(["log", log, "--json", ...args])
  if (code !== 0) throw new Error(`ringback log ended with ${code}: ${stderr}`)
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as LoggedEntry)
}
