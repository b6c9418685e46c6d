import { readFileSync } from "node:fs"
import { join } from "node:path"
import { deepStrictEqual } from "@effect/vitest/utils"
import { newFolder } from "../support/folder.ts"
import { leaksIn } from "../support/leaks.ts"
import { entriesOf } from "../support/logEntries.ts"
import { ringback } from "../support/ringback.ts"

/** Given to forks, which keep neither. */
const marks = { url: "mkFQ7xforkedUrlZr9w", token: "mkFQ7xforkedTokenZr9w" }

/** What the commands of time travel, and the one that makes tables, show and write of a log. A fork is refused that is given a password or a token. */
export const looksBack = async (
  db: string,
): Promise<ReadonlyArray<readonly [where: string, content: string | Uint8Array]>> => {
  const folder = newFolder()
  const [trace, fork, tables] = [join(folder, "trace.html"), join(folder, "fork.db"), join(folder, "tables.db")]
  const sid = (await entriesOf(db, ["--type", "message.created"]))[0]?.subject ?? ""
  const forking = (set: string) => ringback(["fork", db, "--at", "9", "--set", set, "--out", fork])
  const ended = [
    await ringback(["trace", db, "--out", trace]),
    await ringback(["at", db, "2999-01-01"]),
    await ringback(["show", db, sid]),
    await forking(`endpoints[https://u:${marks.url}@x.test].fail_percent=1`),
    await forking(`twilio.auth_token=${marks.token}`),
    await forking("twilio.default_behavior=failure"),
    await ringback(["diff", db, fork]),
    await ringback(["project", db, "--out", tables, "--json"]),
  ]
  deepStrictEqual(
    ended.map(({ code }) => code),
    [0, 0, 0, 2, 2, 0, 1, 0],
  )
  const shown = [
    ["trace", readFileSync(trace)],
    ["fork", readFileSync(fork)],
    ["tables", readFileSync(tables)],
    ...ended.map(({ stderr, stdout }, i) => [`looking back ${i}`, stdout + stderr] as const),
  ] as const
  deepStrictEqual(
    shown.flatMap(([, content]) => leaksIn(content, marks)),
    [],
  )
  return shown
}
