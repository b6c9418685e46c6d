import * as fs from "node:fs"
import * as path from "node:path"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { fileFailure } from "../../core/fileFailure.ts"
import { lineOf } from "../../core/traffic/lines.ts"
import { type RecordedExchange, type TrafficHeader, trafficFormat } from "../../core/traffic/RecordedExchange.ts"
import { makeFolders } from "../../log/folders.ts"
import { importedFrom } from "../imported.ts"
import { csvItems } from "./csvItems.ts"
import { Exchanges } from "./exchanges.ts"
import { type Format, recognise } from "./formats.ts"
import type { Item } from "./items.ts"
import { JsonItems } from "./jsonItems.ts"
import { again, type Kind, kindOf, piecesOf } from "./pieces.ts"
import { Unusable } from "./Told.ts"
import { YamlItems } from "./yamlItems.ts"

/** An import that gave nothing; the message is one line for people. */
export class ImportFailed extends Data.TaggedError("ImportFailed")<{ readonly message: string }> {}

export interface ImportOptions {
  readonly file: string
  /** The recording to write; it must not exist. */
  readonly out: string
  /** Only items of this format are used; nothing said: of every format, as they are found. */
  readonly format: Format | undefined
  /** Takes out of an exchange what has no place on a disk, and what the recording's header says of that. */
  readonly redact: (exchange: RecordedExchange) => RecordedExchange
  readonly redaction: TrafficHeader["redaction"]
  /** Who writes the recording. */
  readonly by: string
  readonly progress: (read: { readonly bytes: number; readonly exchanges: number }) => void
}

/** How much there was of something, and the first of it: where it stands in the file, and why. */
export interface Tally {
  readonly count: number
  readonly told: ReadonlyArray<{ readonly place: string; readonly reason: string }>
}

/** What became of a file. Of many problems and notes the first are told. */
export interface Imported {
  readonly formats: ReadonlyArray<Format>
  readonly exchanges: number
  readonly bytes: number
  readonly lost: Tally
  readonly notes: Tally
}

/** Problems and notes that are told. */
export const toldMax = 1_000
/** Characters of the recording that are written together. */
const writtenTogether = 1024 * 1024

/**
 * Makes a recording out of a file of another format, piece by piece.
 *
 * What cannot be used is in what it gives, each with its place and reason; a recording is written if there is one exchange in it.
 * Fails   when the file cannot be read, holds nothing that can be used, or the recording cannot be written
 */
export const importTraffic = (options: ImportOptions): Effect.Effect<Imported, ImportFailed> =>
  Effect.acquireUseRelease(
    Effect.try({ try: () => new Writing(options), catch: failed(options) }),
    (writing) => Effect.tryPromise({ try: () => writing.all(), catch: failed(options) }),
    (writing) => Effect.sync(() => writing.close()),
  )

/** What the system says of files; anything else that is thrown is a defect, and shows as one. */
const failed =
  ({ file, out }: Pick<ImportOptions, "file" | "out">) =>
  (cause: unknown): ImportFailed => {
    if (cause instanceof ImportFailed) return cause
    const { code, path: named, syscall } = cause as NodeJS.ErrnoException
    if (code === undefined) throw cause
    const read = syscall === "read" || named === file
    return new ImportFailed({
      message: fileFailure({ doing: read ? "read" : "written", file: read ? file : out }, cause),
    })
  }

/** Counts, and keeps the first. */
class Counting implements Tally {
  count = 0
  readonly told: Array<Tally["told"][number]> = []

  add(place: string, reason: string): void {
    this.count++
    if (this.told.length < toldMax) this.told.push({ place, reason })
  }
}

/** One import while it goes on. */
class Writing {
  readonly #options: ImportOptions
  readonly #part: string
  #fd: number | undefined
  #text = ""
  readonly #exchanges = new Exchanges()
  readonly #formats = new Set<Format>()
  readonly #lost = new Counting()
  readonly #notes = new Counting()
  #made = 0
  #bytes = 0

  constructor(options: ImportOptions) {
    const { out } = options
    this.#options = options
    this.#part = `${out}.part`
    if (fs.existsSync(out)) throw new ImportFailed({ message: `${out} exists; name another file` })
  }

  async all(): Promise<Imported> {
    const { file, out } = this.#options
    for await (const item of this.#items()) {
      this.#take(item)
      if (this.#text.length >= writtenTogether) this.#write()
    }
    if (this.#made === 0) {
      const [first] = this.#lost.told
      const why = first === undefined ? "it holds no exchanges" : `${first.place}: ${first.reason}`
      const more = this.#lost.count > 1 ? ` (and ${this.#lost.count - 1} more)` : ""
      throw new ImportFailed({ message: `${file}: nothing of it can be used: ${why}${more}` })
    }
    this.#write()
    const fd = this.#fd
    if (fd !== undefined) fs.fsyncSync(fd)
    fs.renameSync(this.#part, out)
    return {
      formats: [...this.#formats],
      exchanges: this.#made,
      bytes: this.#bytes,
      lost: this.#lost,
      notes: this.#notes,
    }
  }

  close(): void {
    if (this.#fd === undefined) return
    fs.closeSync(this.#fd)
    this.#fd = undefined
    fs.rmSync(this.#part, { force: true })
  }

  async *#items(): AsyncGenerator<Item> {
    const { file, progress } = this.#options
    const pieces = piecesOf(file, (bytes) => {
      this.#bytes = bytes
      progress({ bytes, exchanges: this.#made })
    })
    const first = await pieces.next()
    const kind = kindOf(first.done === true ? "" : first.value)
    if ("problem" in kind) throw new ImportFailed({ message: `${file}: ${kind.problem}` })
    yield* itemsOf(kind.kind, again(first.done === true ? "" : first.value, pieces))
  }

  #take(item: Item): void {
    if (item._tag === "Lost") this.#lost.add(item.place, item.reason)
    else if (item._tag === "Note") this.#notes.add(item.place, item.reason)
    else
      try {
        this.#found(item)
      } catch (error) {
        if (!(error instanceof Unusable)) throw error
        this.#lost.add(item.place, error.message)
      }
  }

  #found(item: Extract<Item, { _tag: "Found" }>): void {
    const { format, read } = recognise(item)
    const wanted = this.#options.format
    if (wanted !== undefined && format !== wanted)
      throw new Unusable(`expected an exchange of ${wanted}, found one of ${format}`)
    const told = read()
    if (told === undefined) return
    const { exchange, lost, notes } = this.#exchanges.make(told)
    this.#formats.add(format)
    this.#made++
    for (const reason of lost) this.#lost.add(item.place, reason)
    for (const reason of notes) this.#notes.add(item.place, reason)
    if (this.#made === 1) this.#begin(exchange.at)
    this.#text += `${lineOf(this.#options.redact(exchange))}\n`
  }

  /** The recording comes to be with its first exchange. Its owner alone reads it: not all that is secret looks so. */
  #begin(started: number): void {
    const { by, out, redaction } = this.#options
    makeFolders(path.dirname(path.resolve(out)))
    fs.rmSync(this.#part, { force: true })
    this.#fd = fs.openSync(this.#part, "wx", 0o600)
    this.#text = `${lineOf({
      by,
      format: trafficFormat,
      kind: "traffic",
      recording: "ringback",
      redaction,
      source: `${importedFrom}${[...this.#formats].join(" ")}`,
      started,
    })}\n`
  }

  #write(): void {
    if (this.#fd !== undefined) fs.writeFileSync(this.#fd, this.#text)
    this.#text = ""
  }
}

const itemsOf = (kind: Kind, pieces: AsyncGenerator<string>): AsyncGenerator<Item> =>
  kind === "csv" ? csvItems(pieces) : kind === "json" ? jsonItems(pieces) : yamlItems(pieces)

async function* jsonItems(pieces: AsyncGenerator<string>): AsyncGenerator<Item> {
  const items = new JsonItems()
  try {
    for await (const piece of pieces) yield* items.take(piece)
  } catch (error) {
    // The parser throws plain errors; those of the system have a code.
    if (!(error instanceof Error) || "code" in error) throw error
    yield {
      _tag: "Lost",
      place: `entry ${items.begun}`,
      reason: `there or behind it the file is no JSON: ${error.message}`,
    }
    return
  }
  if (!items.whole)
    yield { _tag: "Lost", place: `entry ${items.begun}`, reason: "there or behind it the file is cut off" }
}

async function* yamlItems(pieces: AsyncGenerator<string>): AsyncGenerator<Item> {
  const items = new YamlItems()
  for await (const piece of pieces) yield* items.take(piece)
  yield* items.end()
}
