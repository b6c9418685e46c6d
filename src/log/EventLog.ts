import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import type { Entry, OpenRow, Row } from "../core/Entry.ts"
import { saidBy } from "./driverError.ts"

/** The log can no longer be read or written; `cause` is the driver's error. Whoever gets it takes no more input. */
export class LogUnavailable extends Data.TaggedError("LogUnavailable")<{
  readonly file: string
  readonly doing: string
  readonly cause: unknown
}> {
  override get message() {
    return `${this.doing} ${this.file}: ${saidBy(this.cause)}`
  }
}

/**
 * A log or its keys cannot be opened; `message` is one plain line that says what is wrong and what helps.
 *
 * `locked` another process writes it; `unwritable` the disk or its rights do not let us; `corrupt` it was damaged;
 * `newer-format` a later ringback wrote it; `missing` there is none; `not-a-log` the file is something else;
 * `keys-missing` the log is there and its keys file is not.
 */
export class LogOpenError extends Data.TaggedError("LogOpenError")<{
  readonly reason: "locked" | "unwritable" | "corrupt" | "newer-format" | "missing" | "not-a-log" | "keys-missing"
  readonly file: string
  readonly message: string
}> {}

/** Where a log ends. An empty one: seq 0, at 0, the genesis hash. */
export interface Head {
  readonly seq: number
  readonly at: number
  /** Of the newest entry: the run's digest. */
  readonly hash: string
}

/**
 * Reading a log, also one that is being written by another process.
 *
 * A page holds at most `limit` rows and never more than `limits.readEntriesMax`; an empty page is the log's end.
 * Rows come back as they are stored, also from a file that was altered: what has no meaning (a type without a name, a kind
 * that is none) reads `?` and the number found, so that `verify` can name the entry. Gaps in `seq` are not filled.
 */
export interface LogReader {
  /** Rows after `seq`, at most `limit`, oldest first. No read holds a transaction longer than this page. */
  readonly read: (after: number, limit: number) => Effect.Effect<ReadonlyArray<Row>, LogUnavailable>
  /** Rows about one subject after `seq`, at most `limit`, oldest first. */
  readonly readSubject: (
    subject: string,
    after: number,
    limit: number,
  ) => Effect.Effect<ReadonlyArray<Row>, LogUnavailable>
  /** Rows about the subjects that the entries at these places are about, after `after`, at most `limit`, oldest first. */
  readonly readSameSubjects: (
    seqs: ReadonlyArray<number>,
    after: number,
    limit: number,
  ) => Effect.Effect<ReadonlyArray<Row>, LogUnavailable>
  readonly head: Effect.Effect<Head, LogUnavailable>
}

/** The append-only log of one run. Only the engine appends. */
export class EventLog extends Context.Tag("ringback/EventLog")<
  EventLog,
  LogReader & {
    /**
     * Appends whole turns in one transaction, all rows or none, in the order given, before it returns.
     * Synchronous: the caller's answers wait for the commit, and a fibre per group would cost more than the commit.
     * Refuses rows whose seq is not the next. After a `Left` the log is closed and every later append is a `Left` too.
     * A `packed` log takes them without their hashes.
     */
    readonly append: (rows: ReadonlyArray<OpenRow>) => Either.Either<void, LogUnavailable>
    /**
     * Of a log in memory that packs its rows, and makes their hashes when somebody looks at one; what is read of it has them.
     * `read` like the reader's, at once. `encode` makes rows that it takes as they are, as `encodeUnhashed` does and with its errors.
     */
    readonly packed?: {
      readonly encode: (entry: Entry<unknown>) => OpenRow
      readonly hashAt: (seq: number) => string
      readonly read: (after: number, limit: number) => ReadonlyArray<Row>
    }
    /**
     * Appends like `append`, on a thread of its own while the caller goes on; that thread makes the hashes too, behind the
     * one before, and the rows have them when it tells that it is done. Until then nothing may be appended but further such
     * groups: behind the first, whose last hash nobody knows yet (`previous` is undefined). When one fails, all that are under way do.
     * False: not now, use `append` when no group is under way, or try again when one of them has ended. For groups so big that
     * handing them over is worth it; a log that has no such thread has no such method.
     */
    readonly appendBehind?: (
      rows: ReadonlyArray<OpenRow>,
      previous: string | undefined,
      written: (result: Either.Either<void, LogUnavailable>) => void,
    ) => boolean
    /** Where the log is, for people: a path or `:memory:`. */
    readonly place: string
  }
>() {}
