import { limits } from "../../core/limits.ts"

/** What a list of anything comes to. */
export interface ListPage<Row> {
  readonly rows: ReadonlyArray<Row>
  /** Where the page behind this one begins; undefined where there is none. */
  readonly older: string | undefined
  /** Whether looking was given up before there was a page of them: there may be more behind. */
  readonly cut: boolean
}

export interface ListAsked {
  readonly search: string
  /** The `older` of the page before. */
  readonly before: string | undefined
  readonly size: number
  /** Virtual now. */
  readonly now: number
}

/** A page of what fits, of things newest first; at most `limits.listScanMessagesMax` of them are walked over. */
export const walked = <Row extends { readonly sid: string }>(
  newestFirst: Iterable<Row>,
  size: number,
  fits: (row: Row) => boolean,
): ListPage<Row> => {
  const rows: Array<Row> = []
  let looked = 0
  let last: string | undefined
  for (const row of newestFirst) {
    if (rows.length === size) return { rows, older: last, cut: false }
    if (looked === limits.listScanMessagesMax) return { rows, older: last, cut: true }
    looked++
    last = row.sid
    if (fits(row)) rows.push(row)
  }
  return { rows, older: undefined, cut: false }
}
