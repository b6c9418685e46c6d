import Database from "better-sqlite3"

/** A row as it lies in the table, but for its place in the log. */
export interface StoredRow {
  readonly seq: number
  readonly at: number
  readonly cause: number
  readonly kind: number
  readonly type: number
  readonly subject: number
  readonly data: string
  readonly hash: string
}

/** The first rows after `seq`. */
export const rowsAfter = (file: string, seq: number, count: number): ReadonlyArray<StoredRow> => {
  const db = new Database(file, { readonly: true })
  try {
    return db
      .prepare<[number, number], StoredRow>("SELECT * FROM entries WHERE seq > ? ORDER BY seq LIMIT ?")
      .all(seq, count)
  } finally {
    db.close()
  }
}

/** The last entry of a log. */
export const headSeq = (file: string): number => {
  const db = new Database(file, { readonly: true })
  try {
    return db.prepare<[], number>("SELECT coalesce(max(seq), 0) FROM entries").pluck().get() ?? 0
  } finally {
    db.close()
  }
}

/** Rows and bytes of text of a database's entries. */
export const sizeOf = (file: string): { readonly rows: number; readonly bytes: number } => {
  const db = new Database(file, { readonly: true })
  try {
    const size = "count(*) AS rows, sum(octet_length(data) + octet_length(hash)) AS bytes"
    return db.prepare<[], { rows: number; bytes: number }>(`SELECT ${size} FROM entries`).get() ?? { rows: 0, bytes: 0 }
  } finally {
    db.close()
  }
}

/** Refuses to go on unless ours and the floor's databases together hold the same number of rows and bytes, within 1 %. */
export const sameWork = (ours: string, ...floors: ReadonlyArray<string>): void => {
  const left = sizeOf(ours)
  const right = floors.map(sizeOf).reduce((a, b) => ({ rows: a.rows + b.rows, bytes: a.bytes + b.bytes }))
  const near = (a: number, b: number) => Math.abs(a - b) <= 0.01 * Math.max(a, b)
  if (!near(left.rows, right.rows) || !near(left.bytes, right.bytes))
    throw new Error(
      `the floor did other work: ${right.rows} rows of ${right.bytes} bytes, ringback ${left.rows} of ${left.bytes}`,
    )
}
