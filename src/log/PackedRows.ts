import { sha256Bytes } from "../core/canonical.ts"
import { fromHashedText, genesis, hashedText, type Row, TextRow, type UnhashedRow } from "../core/Entry.ts"
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

/**
 * The rows of a log in memory, packed: what each is hashed over lies as text in memory that the collector leaves alone, behind room for
 * the hash before it. As objects they would all outlive what they were made for, and be copied twice.
 *
 * Hashes are made when somebody asks for them; of many rows, meanwhile, by a thread of its own. Where that dies, or does not answer, they
 * are made here, from the last that is known: nothing but time is lost.
 */
export class PackedRows {
  readonly #chunks: Array<Buffer<SharedArrayBuffer>> = []
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

  /** Adds rows that follow those before. Their hashes are not looked at. */
  add(rows: ReadonlyArray<UnhashedRow>): void {
    for (let i = 0; i < rows.length; i++) this.#add(rows[i] as UnhashedRow)
    if (this.length >= threadRowsBefore && this.length - Math.max(this.#given, this.#hashed) >= batchRows) this.#give()
  }

  /** The row at a place, from 0. */
  at(index: number): Row {
    const [chunk, from, bytes] = this.#placeOf(index)
    const text = from + hashBytes
    return { ...fromHashedText(chunk.toString("utf8", text, text + bytes)), hash: this.hashAt(index) }
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
    const text = row instanceof TextRow ? row.text : hashedText(row)
    let chunk = this.#chunks[this.#chunks.length - 1]
    if (chunk === undefined || !fits(text, chunk.length - this.#taken - hashBytes)) {
      chunk = Buffer.from(new SharedArrayBuffer(sizeFor(text, this.#chunks.length)))
      this.#chunks.push(chunk)
      this.#taken = 0
    }
    const bytes = chunk.write(text, this.#taken + hashBytes)
    const at = this.length % pageRows
    if (at === 0) this.#places.push(new Int32Array(pageRows * columns))
    const page = this.#places[this.#places.length - 1] as Int32Array
    page[at * columns] = this.#chunks.length - 1
    page[at * columns + 1] = this.#taken
    page[at * columns + 2] = bytes
    this.#taken += hashBytes + bytes
    this.#subjects.push(row.subject)
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

/** Whether a text has at most so many bytes; most are told apart by their length. */
const fits = (text: string, bytes: number): boolean => text.length * 3 <= bytes || Buffer.byteLength(text) <= bytes

const sizeFor = (text: string, chunks: number): number =>
  chunks === 0 && fits(text, firstChunkBytes - hashBytes) ? firstChunkBytes : chunkBytes
