/** The code of an error of SQLite (`SQLITE_…`) or the file system (`E…`); `unknown` if it has none. */
export const codeOf = (cause: unknown): string =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "unknown"

/** What an error of SQLite says about a log that was open, and what to do; of any other error what it says. */
export const saidBy = (cause: unknown): string => {
  const said = cause instanceof Error ? cause.message : String(cause)
  const code = codeOf(cause)
  if (!code.startsWith("SQLITE_")) return said
  const [, help] = helps.find(([begins]) => code.startsWith(begins)) ?? []
  return `${said} (${code}); ${help ?? "check its disk and folder, then try again: what was acknowledged is in it"}`
}

const helps: ReadonlyArray<readonly [begins: string, help: string]> = [
  ["SQLITE_FULL", "make room on its disk, then try again: what was acknowledged is in it"],
  ["SQLITE_READONLY", "give this user the right to write it, then try again: what was acknowledged is in it"],
  ["SQLITE_BUSY", "another program keeps it; stop that, or try again"],
  ["SQLITE_LOCKED", "another program keeps it; stop that, or try again"],
  ["SQLITE_CORRUPT", "it is damaged: restore a copy of it, or begin a new log in another file"],
  ["SQLITE_NOTADB", "it is damaged: restore a copy of it, or begin a new log in another file"],
]
