import * as fs from "node:fs"
import * as path from "node:path"
import { decode, type Entry, type Row, toLine } from "../core/Entry.ts"
import { type Difference, differenceOf } from "../engine/difference.ts"
import { makeFolders } from "../log/folders.ts"
import { BadLine, headerLine, rowOf } from "../log/recordingLines.ts"
import type { TimelineEvent } from "./Scenario.ts"

/*
 * Golden recordings: the log of a scenario as text, which every later run has to make again byte for byte.
 */

/** How a run stands to its recording. */
export type Golden =
  | { readonly _tag: "Absent" }
  | { readonly _tag: "Matches" }
  | { readonly _tag: "Written"; readonly file: string; readonly changed: boolean }
  | { readonly _tag: "NotCompared"; readonly why: string }
  | Differs

/** The first entry that is not as it was recorded. */
export interface Differs {
  readonly _tag: "Differs"
  readonly file: string
  /** Of the recording, from 1. */
  readonly line: number
  readonly problem: string
  readonly difference?: Difference
  /** The entry that was made, what it follows from, and so on to the input that began it. */
  readonly chain: ReadonlyArray<TimelineEvent & { readonly subject: string }>
}

/** The recording of a scenario's file: `recordings/otp.jsonl` of `scenarios/otp.yaml`. */
export const recordingOf = (folder: string, scenarioFile: string): string =>
  path.join(folder, `${path.basename(scenarioFile).replace(/\.ya?ml$/, "")}.jsonl`)

/** A log as the text of a recording, in pieces. */
function* linesOf(rows: ReadonlyArray<Row>): Generator<string> {
  yield headerLine
  for (const row of rows) yield toLine(row)
}

/** Writes a recording to a file beside its place and then puts it there. Throws the file system's error. */
export const writeRecording = (file: string, rows: ReadonlyArray<Row>): void => {
  makeFolders(path.dirname(path.resolve(file)))
  const part = `${file}.part`
  const fd = fs.openSync(part, "w")
  try {
    let text = ""
    for (const line of linesOf(rows)) {
      text += `${line}\n`
      if (text.length < pieceLength) continue
      fs.writeFileSync(fd, text)
      text = ""
    }
    fs.writeFileSync(fd, text)
  } finally {
    fs.closeSync(fd)
  }
  fs.renameSync(part, file)
}
const pieceLength = 1024 * 1024

/** Holds a run's rows against its recording. Throws the file system's error when that is there and cannot be read. */
export const compareRecording = (
  file: string,
  played: { readonly rows: ReadonlyArray<Row> },
  gist: (entry: Entry) => string,
): Golden => {
  if (!fs.existsSync(file)) return { _tag: "Absent" }
  const { rows } = played
  const recorded = fs.readFileSync(file, "utf8").split("\n")
  if (recorded.at(-1) === "") recorded.pop()
  let line = 0
  for (const made of linesOf(rows)) {
    if (recorded[line] !== made) return differs(file, line, recorded[line], rows, gist)
    line++
  }
  return recorded.length === line ? { _tag: "Matches" } : differs(file, line, recorded[line], rows, gist)
}

const differs = (
  file: string,
  index: number,
  recordedLine: string | undefined,
  rows: ReadonlyArray<Row>,
  gist: (entry: Entry) => string,
): Differs => {
  const at = { _tag: "Differs", file, line: index + 1 } as const
  if (index === 0) return { ...at, problem: "is no recording of this format", chain: [] }
  const made = rows[index - 1]
  const chain = made === undefined ? [] : causesOf(rows, made, gist)
  if (recordedLine === undefined) return { ...at, problem: `ends before entry ${index}, which was made`, chain }
  if (made === undefined) return { ...at, problem: `goes on with entry ${index}, and the run has ended`, chain }
  const recorded = read(recordedLine)
  if (recorded === undefined) return { ...at, problem: `holds no entry ${index} that can be read`, chain }
  const difference = differenceOf(recorded, made) ?? { field: "hash", recorded: recorded.hash, made: made.hash }
  return { ...at, problem: `entry ${index} (${made.type}) is not as it was recorded`, difference, chain }
}

const read = (line: string): Row | undefined => {
  try {
    return rowOf(line)
  } catch (error) {
    if (error instanceof BadLine) return undefined // A damaged line is told by its number.
    throw error
  }
}

/** An entry and what it follows from, newest first. */
const causesOf = (rows: ReadonlyArray<Row>, last: Row, gist: (entry: Entry) => string): Differs["chain"] => {
  const chain: Array<Differs["chain"][number]> = []
  for (let row: Row | undefined = last; row !== undefined && chain.length < chainMax; row = rows[row.cause - 1]) {
    const { at, seq, subject, type } = row
    chain.push({ seq, at, type, subject, gist: gist(decode(row)) })
  }
  return chain
}
const chainMax = 20
