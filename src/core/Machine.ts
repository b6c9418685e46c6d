import type { JsonObject } from "./canonical.ts"
import type { Draft, Entry, EntryType } from "./Entry.ts"

/** The world as rules see it: read-only by agreement, and the only thing they may look at. */
export interface World {
  /** The run's seed, from `run.started`. */
  readonly seed: number
  /** `at` of the newest entry: virtual ms since the Unix epoch. */
  readonly at: number
  /** The settings in force, secrets replaced by their names. */
  readonly settings: JsonObject
  /** Behaviour flags in force. */
  readonly flags: ReadonlySet<number>
  /** The slice of a machine. */
  readonly slice: <S>(machine: Machine<S>) => S
}

/**
 * One part of the world: a slice of state, how entries change it, and the rules that answer entries with drafts.
 *
 * `evolve` holds no rule and trusts its entries; it may change the slice in place but must not keep hold of and change
 * an entry's data. Reactions are pure. Machines do not import each other: each reacts to entries.
 */
export interface Machine<S> {
  readonly name: string
  readonly initial: () => S
  readonly evolve: ReadonlyArray<Evolution<S>>
  readonly react: ReadonlyArray<Reaction<S>>
  /**
   * What is done about what a turn leaves open: asked when nothing follows any more, and again after what it answers, until that is
   * nothing. Each draft names its cause.
   */
  readonly turnEnds?: (world: World, slice: S) => ReadonlyArray<Draft & { readonly cause: number }>
  /** How the slice goes into a snapshot and comes back, where it is more than plain data, maps and sets. */
  readonly snapshot?: Snapshot<S>
}

export interface Snapshot<S> {
  /** In parts of a bounded size, made one after the other: only one of them is in memory at a time. */
  readonly save: (slice: S) => Iterable<unknown>
  /** Trusts what `save` of the same rules has written; a snapshot of other rules never gets here. */
  readonly load: (parts: Iterable<unknown>) => S
}

export interface Evolution<S> {
  readonly type: string
  // biome-ignore lint/suspicious/noExplicitAny: the entry's data type is checked where `evolves` pairs it with its type
  readonly run: (slice: S, entry: Entry<any>) => void
}

export interface Reaction<S> {
  readonly type: string
  // biome-ignore lint/suspicious/noExplicitAny: the entry's data type is checked where `reacts` pairs it with its type
  readonly run: (world: World, entry: Entry<any>, slice: S) => ReadonlyArray<Draft>
}

/** Pairs a type of entry with what it does to a slice. */
export const evolves = <S, D>(type: EntryType<D>, run: (slice: S, entry: Entry<D>) => void): Evolution<S> => ({
  type: type.type,
  run,
})

/** Pairs a type of entry with the rule that answers it. */
export const reacts = <S, D>(
  type: EntryType<D>,
  run: (world: World, entry: Entry<D>, slice: S) => ReadonlyArray<Draft>,
): Reaction<S> => ({ type: type.type, run })
