import { pipeline, Readable } from "node:stream"
import { parse } from "csv-parse"
import type { Item } from "./items.ts"
import { columnsOf, type LogRow } from "./messageLog.ts"
import { again } from "./pieces.ts"
import { instantOf, Unusable } from "./Told.ts"

/* The rows of a message log, oldest first: the console exports the newest first. So all of them are in memory. */

/** Rows of one log, and characters of one row. */
export const rowsMax = 500_000
const rowCharsMax = 64 * 1024
/** How long after its newest row a log is taken to have been exported. */
const exportedAfterMs = 24 * 60 * 60 * 1000

interface PlacedRow {
  readonly place: string
  readonly row: LogRow
  readonly at: number | undefined
}

/** Gives the items of a message log whose text comes in pieces. */
export async function* csvItems(pieces: AsyncIterator<string>): AsyncGenerator<Item> {
  const rows: Array<PlacedRow> = []
  let more = 0
  try {
    for await (const placed of rowsOf(pieces)) {
      if (rows.length < rowsMax) rows.push(placed)
      else more++
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (!(error instanceof Unusable) && !String(code).startsWith("CSV_")) throw error
    yield {
      _tag: "Lost",
      place: rows.at(-1)?.place ?? "line 1",
      reason: `from here on it is no CSV: ${oneLine(message)}`,
    }
  }
  if (more > 0)
    yield { _tag: "Lost", place: `row ${rowsMax + 1}`, reason: `${more} rows; at most ${rowsMax} of one log are read` }
  const inOrder = rows
    .map((placed, i) => ({ ...placed, i }))
    .sort((a, b) => (a.at ?? Number.MAX_SAFE_INTEGER) - (b.at ?? Number.MAX_SAFE_INTEGER) || b.i - a.i)
  for (const { place, row } of inOrder) yield { _tag: "Found", place, list: "row", value: row }
  const newest = inOrder.findLast(({ at }) => at !== undefined)?.at ?? 0
  for (const { place, row } of inOrder)
    yield { _tag: "Found", place, list: "row at the end", value: { row, at: newest + exportedAfterMs } }
}

async function* rowsOf(pieces: AsyncIterator<string>): AsyncGenerator<PlacedRow> {
  const first = await pieces.next()
  const beginning: string = first.done === true ? "" : first.value
  const parser = parse({
    bom: true,
    delimiter: delimiterIn(beginning),
    info: true,
    max_record_size: rowCharsMax,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  })
  // What goes wrong in the file is thrown where the rows are taken.
  pipeline(Readable.from(again(beginning, pieces)), parser, () => undefined)
  let columns: ReadonlyArray<string> | undefined
  let line = 0
  for await (const { info, record } of parser as AsyncIterable<{ info: { lines: number }; record: Array<string> }>) {
    if (columns === undefined) columns = columnsOf(record)
    else {
      const row: LogRow = new Map(columns.map((name, i) => [name, record[i] ?? ""]))
      const at = instantOf(row.get("datecreated")) ?? instantOf(row.get("sentdate")) ?? instantOf(row.get("datesent"))
      yield { place: `line ${line + 1}`, row, at }
    }
    line = info.lines
  }
}

/** A spreadsheet may have written it anew with semicolons. The header has one or the other, and texts below it may have both. */
const delimiterIn = (beginning: string): string => {
  const [header = ""] = beginning.split(/\r?\n/, 1)
  return header.split(";").length > header.split(",").length ? ";" : ","
}

const oneLine = (message: string): string => message.replace(/\s+/g, " ").slice(0, 200)
