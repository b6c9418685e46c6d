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
  /** Whether the time for looking is up; asked now and then. */
  readonly isOver?: (() => boolean) | undefined
}

/** Things that are walked over between two looks at the time. */
const atOnce = 500

/** A page of what fits, of things newest first; at most `limits.listScanMessagesMax` of them are walked over, and as long as there is time. */
export const walked = <Row extends { readonly sid: string }>(
  newestFirst: Iterable<Row>,
  { isOver = () => false, size }: Pick<ListAsked, "isOver" | "size">,
  fits: (row: Row) => boolean,
): ListPage<Row> => {
  const rows: Array<Row> = []
  let looked = 0
  let last: string | undefined
  for (const row of newestFirst) {
    if (rows.length === size) return { rows, older: last, cut: false }
    if (looked === limits.listScanMessagesMax || (looked > 0 && looked % atOnce === 0 && isOver()))
      return { rows, older: last, cut: true }
    looked++
    last = row.sid
    if (fits(row)) rows.push(row)
  }
  return { rows, older: undefined, cut: false }
}
