import { sha256Bytes } from "../core/canonical.ts"
import {
  type Entry,
  fromHashedText,
  genesis,
  hashedText,
  type OpenRow,
  type Row,
  type UnhashedRow,
} from "../core/Entry.ts"
import { EntryWriter } from "./EntryWriter.ts"
import { HashThread } from "./HashThread.ts"

/** Bytes of a piece of memory; the largest entry fits in several times. The first piece is smaller: most runs are short. */
const chunkBytes = 2 ** 20
const firstChunkBytes = 2 ** 16

/** Digits of a hash. */
const hashBytes = 64

/** Integers for each row, and rows whose integers lie together. */
const columns = 3
const pageRows = 2_048

/** Rows that are handed to the thread together, and rows before it is started: a short run is over before it is up. */
const batchRows = 4_000
const threadRowsBefore = 20_000

/** Where a text lies: in which memory, and its number; where the room before it begins; its bytes. */
interface Laid {
  readonly bytes: Buffer
  readonly chunk: number
  readonly from: number
  readonly length: number
}

/** A row that lies in packed memory already. Its data is read there when somebody asks for it, which hardly anybody does. */
class PackedRow implements OpenRow, Laid {
  hash = ""
  readonly entry: Entry<unknown>
  readonly bytes: Buffer
  readonly chunk: number
  readonly from: number
  readonly length: number

  constructor(entry: Entry<unknown>, { bytes, chunk, from, length }: Laid) {
    this.entry = entry
    this.bytes = bytes
    this.chunk = chunk
    this.from = from
    this.length = length
  }

  get seq() {
    return this.entry.seq
  }

  get at() {
    return this.entry.at
  }

  get cause() {
    return this.entry.cause
  }

  get kind() {
    return this.entry.kind
  }

  get type() {
    return this.entry.type
  }

  get subject() {
    return this.entry.subject
  }

  get data(): string {
    return rowIn(this.bytes, this.from, this.length).data
  }
}

/**
 * The rows of a log in memory, packed: what each is hashed over lies as text in memory that the collector leaves alone, behind room for
 * the hash before it. As objects they would all outlive what they were made for, and be copied twice.
 *
 * Hashes are made when somebody asks for them; of many rows, meanwhile, by a thread of its own. Where that dies, or does not answer, they
 * are made here, from the last that is known: nothing but time is lost.
 */
export class PackedRows {
  readonly #chunks: Array<Buffer<SharedArrayBuffer>> = []
  readonly #writer = new EntryWriter()
  /** Bytes of the last chunk that are taken. */
  #taken = 0
  /** For each row: the number of its chunk, where its room begins, and the bytes of its text. */
  readonly #places: Array<Int32Array<ArrayBuffer>> = []
  readonly #subjects: Array<string> = []
  /** Rows that have their hash before them, and the hash of the last of these. */
  #hashed = 0
  #hash = genesis
  /** Rows that the thread was given, and chunks that it knows. */
  #given = 0
  #shared = 0
  #thread: HashThread | undefined
  readonly #start: () => HashThread

  constructor(start: () => HashThread = () => new HashThread()) {
    this.#start = start
  }

  get length(): number {
    return this.#subjects.length
  }

  /**
   * Makes an entry a row that is to be added. It lies where it will be from then on: one that is never added, because a rule threw later
   * in its turn, leaves its place empty.
   */
  readonly encode = (entry: Entry<unknown>): OpenRow => {
    if (this.#chunks.length === 0) this.#begin(0)
    let length = this.#writer.write(entry, this.#taken + hashBytes)
    if (length > this.#room) {
      this.#begin(length)
      length = this.#writer.write(entry, hashBytes)
    }
    return new PackedRow(entry, this.#take(length))
  }

  /** Adds rows that follow those before. Their hashes are not looked at. */
  add(rows: ReadonlyArray<UnhashedRow>): void {
    for (let i = 0; i < rows.length; i++) this.#add(rows[i] as UnhashedRow)
    if (this.length >= threadRowsBefore && this.length - Math.max(this.#given, this.#hashed) >= batchRows) this.#give()
  }

  /** The row at a place, from 0. */
  at(index: number): Row {
    const [chunk, from, bytes] = this.#placeOf(index)
    return { ...rowIn(chunk, from, bytes), hash: this.hashAt(index) }
  }

  subjectAt(index: number): string {
    return this.#subjects[index] as string
  }

  /** The hash of the row at a place, from 0. */
  hashAt(index: number): string {
    this.#makeHashes()
    if (index === this.length - 1) return this.#hash
    const [chunk, from] = this.#placeOf(index + 1)
    return chunk.toString("latin1", from, from + hashBytes)
  }

  /** Ends the thread. */
  async stop(): Promise<void> {
    await this.#thread?.stop()
  }

  #add(row: UnhashedRow): void {
    const { chunk, from, length } = this.#lies(row) ? row : this.#laid(row)
    const at = this.length % pageRows
    if (at === 0) this.#places.push(new Int32Array(pageRows * columns))
    const page = this.#places[this.#places.length - 1] as Int32Array
    page[at * columns] = chunk
    page[at * columns + 1] = from
    page[at * columns + 2] = length
    this.#subjects.push(row.subject)
  }

  /** Whether a row was made here. */
  #lies(row: UnhashedRow): row is PackedRow {
    return row instanceof PackedRow && this.#chunks[row.chunk] === row.bytes
  }

  /** Puts a row that was made elsewhere into memory. */
  #laid(row: UnhashedRow): Laid {
    const text = hashedText(row)
    const length = Buffer.byteLength(text)
    if (this.#room < length) this.#begin(length)
    this.#last.write(text, this.#taken + hashBytes)
    return this.#take(length)
  }

  /** Takes so many bytes for a text, and the room before it. */
  #take(length: number): Laid {
    const from = this.#taken
    this.#taken += hashBytes + length
    return { bytes: this.#last, chunk: this.#chunks.length - 1, from, length }
  }

  get #last(): Buffer<SharedArrayBuffer> {
    return this.#chunks[this.#chunks.length - 1] as Buffer<SharedArrayBuffer>
  }

  /** Bytes that a text may have which comes next. */
  get #room(): number {
    return this.#chunks.length === 0 ? 0 : this.#last.length - this.#taken - hashBytes
  }

  /** Begins a chunk in which a text of so many bytes fits. */
  #begin(length: number): void {
    const bytes = this.#chunks.length === 0 && length <= firstChunkBytes - hashBytes ? firstChunkBytes : chunkBytes
    const chunk = Buffer.from(new SharedArrayBuffer(bytes))
    this.#chunks.push(chunk)
    this.#taken = 0
    this.#writer.use(chunk)
  }

  #placeOf(index: number): readonly [chunk: Buffer, from: number, bytes: number] {
    const page = this.#places[Math.floor(index / pageRows)] as Int32Array
    const at = (index % pageRows) * columns
    return [this.#chunks[page[at] as number] as Buffer, page[at + 1] as number, page[at + 2] as number]
  }

  #makeHashes(): void {
    if (this.#given > this.#hashed) {
      const last = this.#thread?.last()
      if (last !== undefined) {
        this.#hash = last
        this.#hashed = this.#given
      }
      this.#given = 0
    }
    for (; this.#hashed < this.length; this.#hashed++) {
      const [chunk, from, bytes] = this.#placeOf(this.#hashed)
      chunk.write(this.#hash, from, "latin1")
      this.#hash = sha256Bytes(chunk.subarray(from, from + hashBytes + bytes))
    }
  }

  #give(): void {
    this.#thread ??= this.#start()
    if (!this.#thread.usable) return
    const goesOn = this.#given > this.#hashed
    this.#thread.give({
      chunks: this.#chunks.slice(this.#shared).map(({ buffer }, i) => [this.#shared + i, buffer]),
      texts: this.#placesFrom(goesOn ? this.#given : this.#hashed),
      previous: goesOn ? "" : this.#hash,
    })
    this.#given = this.length
    this.#shared = this.#chunks.length
  }

  /** The integers of all rows from a place on. */
  #placesFrom(index: number): Int32Array<ArrayBuffer> {
    const found = new Int32Array((this.length - index) * columns)
    for (let i = index; i < this.length; ) {
      const page = this.#places[Math.floor(i / pageRows)] as Int32Array
      const end = Math.min(this.length, i - (i % pageRows) + pageRows)
      found.set(
        page.subarray((i % pageRows) * columns, (i % pageRows) * columns + (end - i) * columns),
        (i - index) * columns,
      )
      i = end
    }
    return found
  }
}

const rowIn = (chunk: Buffer, from: number, length: number): UnhashedRow =>
  fromHashedText(chunk.toString("utf8", from + hashBytes, from + hashBytes + length))
