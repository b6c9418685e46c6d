/** What was to be done with a file. */
export interface FileUse {
  readonly file: string
  /** What it is to whoever named it. */
  readonly what?: string
  readonly doing: "read" | "written"
}

/** What an error of the file system means to whoever named the file: one line, behind its semicolon what to do. */
export const fileFailure = ({ doing, file, what = "file" }: FileUse, cause: unknown): string => {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : ""
  if (code === "EISDIR") return `${file} is a folder; name a file`
  if (code === "ENOENT" && doing === "read") return `there is no ${what} at ${file}; check the path`
  if (code === "ENOTDIR" && doing === "read") return `there is no ${what} at ${file}: a file is in its path; check it`
  const why = whys.get(code)
  if (why !== undefined) return `${file} cannot be ${doing}: ${why}`
  const said = cause instanceof Error ? cause.message : String(cause)
  const [, words = said] = /^[A-Z0-9]+: (.*?)(?:, \w+(?: '.*)?)?$/s.exec(said) ?? []
  return `${file} cannot be ${doing}: ${words}${code === "" || words === said ? "" : ` (${code})`}; name another file`
}

const whys: ReadonlyMap<string, string> = new Map([
  ["EACCES", "permission denied (EACCES); give this user the right to, or name another file"],
  ["EPERM", "permission denied (EPERM); give this user the right to, or name another file"],
  ["EROFS", "the file system is read-only (EROFS); name a file elsewhere"],
  ["ENOSPC", "the disk is full (ENOSPC); make room, or name a file elsewhere"],
  ["EFBIG", "it may not become larger (EFBIG); raise the limit (ulimit -f), or name a file elsewhere"],
  ["ENOENT", "its folder cannot be made (ENOENT); name a file elsewhere"],
  ["ENOTDIR", "a file is where its folder would be (ENOTDIR); name a file elsewhere"],
  ["EEXIST", "a file is where its folder would be (EEXIST); name a file elsewhere"],
  ["EBADF", "it is not open (EBADF); open it, or name a file"],
])
