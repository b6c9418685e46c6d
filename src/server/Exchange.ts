import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import type { SeenMessage, SeenVerification } from "../carriers/delivery/seen.ts"
import type { Json, JsonObject } from "../core/canonical.ts"
import type { Draft, Entry } from "../core/Entry.ts"
import type { ApiRequested } from "../core/entries.ts"
import type { EngineStopped, OrderFailed } from "../engine/outside.ts"
import type { Run } from "../engine/Run.ts"
import type { Made } from "../engine/turn.ts"
import type { Head, LogReader } from "../log/EventLog.ts"
import { apiOf } from "../network/apis.ts"
import type { ProxySeen } from "../proxy/seen.ts"
import type { Breakpoint } from "../timetravel/Breakpoints.ts"

/** What the server needs of the run it serves; made in app/. */
export class Exchange extends Context.Tag("ringback/Exchange")<
  Exchange,
  {
    readonly run: Run
    readonly version: string
    readonly provider: string
    /** Counts as `/health` shows them. */
    readonly statistics: () => { readonly messages: number; readonly calls: number; readonly callbacks: number }
    readonly health: HealthDoor
    /** The run's messages, for reading back. */
    readonly messages: MessagesView
    /** Verifications with their codes as they stand now, newest first. */
    readonly verifications: () => Iterable<SeenVerification>
    /** Makes an HTTP request of the carrier's API the input it is. */
    readonly carrier: ApiDoor
    /** The other APIs of the run, by their name (network/apis.ts); the carrier has every path that is nobody's. */
    readonly doors: ReadonlyMap<string, ApiDoor>
    readonly settings: SettingsDoor
    readonly templates: TemplatesDoor
    readonly numbers: NumbersDoor
    readonly travel: TravelDoor
    readonly phones: PhonesDoor
    readonly calls: CallsDoor
    /** What came to the proxy of the server; absent where that has none. */
    readonly proxySeen?: (() => ProxySeen) | undefined
  }
>() {}

/** Whether something is there, as far as it was needed lately; `detail` says what was wrong. */
export interface HealthCheck {
  readonly status: "up" | "down" | "unknown"
  readonly detail?: string
}
/** What `/health` says of how the run is run, and of what it depends on. */
export interface HealthDoor {
  /** How strict it is: development, staging, production. */
  readonly profile: string
  readonly checks: () => HealthChecks
}

export interface HealthChecks {
  readonly carrier: HealthCheck
  readonly gateway: HealthCheck
  readonly monitor: HealthCheck
}

/** Forks of the run, and breakpoints of its clock. Neither is in its log. */
export interface TravelDoor {
  readonly fork: (order: ForkOrder) => Effect.Effect<ForkMade, OrderRefused>
  /** Those that were made, oldest first. */
  readonly forks: () => ReadonlyArray<ForkMade>
  readonly breakpoints: {
    readonly all: () => ReadonlyArray<Breakpoint>
    /** The left says what is wrong with a pattern. */
    readonly add: (pattern: string) => Either.Either<Breakpoint, string>
    /** Whether there was one. */
    readonly remove: (id: number) => boolean
  }
}

/** What goes otherwise after an entry, and whether what came from outside after it comes again. */
export interface ForkOrder {
  /** Undefined: before the attempts whose answers change. */
  readonly at: number | undefined
  /** `PATH=VALUE` in the words of the settings file. */
  readonly set: ReadonlyArray<string>
  /** `SEQ=ANSWER`: what one attempt is answered. */
  readonly answers: ReadonlyArray<string>
  /** The entries that set two pending timers, which change places. */
  readonly swap: readonly [number, number] | undefined
  readonly inputs: "drop" | "keep"
}

export interface ForkMade {
  readonly id: number
  readonly asked: ForkOrder
  /** Where its log is: a path or `:memory:`. */
  readonly place: string
  /** The last entry that both runs have. */
  readonly cut: number
  readonly head: Head
  readonly reader: LogReader
}

/** An order that cannot be carried out; the message says why. */
export class OrderRefused extends Data.TaggedError("OrderRefused")<{ readonly message: string }> {}

/** The accounts' numbers, as the control API changes them. */
export interface NumbersDoor {
  /** Sets a number up as its owner would by the carrier's API; `undefined` when nobody has it. */
  readonly change: (
    sid: string,
    params: ReadonlyArray<readonly [name: string, value: string]>,
  ) => Effect.Effect<{ readonly status: number; readonly body: string } | undefined, AskedInVain | EngineStopped>
}

/** The carrier's API gave no answer; the message says why. */
export class AskedInVain extends Data.TaggedError("AskedInVain")<{ readonly message: string }> {}

/** Phones on the other side of the carrier, as the control API sees them. */
export interface PhonesDoor {
  /** The input that a message from a phone is, or what is wrong with it. */
  readonly arriving: (message: PhoneMessage) => Either.Either<Draft, string>
  /** The input that says who wants messages from whom, or what is wrong with it. */
  readonly optOut: (pair: OptOutPair, out: boolean) => Either.Either<Draft<OptOutPair>, string>
  /** What was made of a message from a phone; `undefined` when nobody has its number. */
  readonly received: (made: ReadonlyArray<Made>) => Received | undefined
  /** Oldest first; each is behind the one with the next smaller `n`. */
  readonly optOuts: () => Iterable<OptOutPair & Placed>
  readonly alerts: () => ReadonlyArray<ShownAlert>
}

/** The other ends of calls, as the control API sees them. */
export interface CallsDoor {
  /** The input that a phone's call is, or what is wrong with it. */
  readonly calling: (call: PhoneCall) => Either.Either<Draft, string>
  /** What was made of a phone's call; `undefined` when nobody has its number. */
  readonly called: (made: ReadonlyArray<Made>) => PlacedCall | undefined
  /** The input that something whoever is at the other end does is, or what is wrong with it. */
  readonly doing: (sid: string, act: CallAct) => Either.Either<Draft, string>
  /** Where a call stands; `undefined` when there is none of this SID. */
  readonly stateOf: (sid: string) => CallStanding | undefined
  /** What is heard and done in a call, as entries about it tell it; `before` holds requests that are answered among them. */
  readonly transcript: (
    entries: ReadonlyArray<Entry<unknown>>,
    before?: ReadonlyArray<Entry<unknown>>,
  ) => ReadonlyArray<TranscriptLine>
}

export interface PhoneCall {
  readonly from: string
  readonly to: string
  /** What whoever calls does, step by step. */
  readonly steps: ReadonlyArray<string>
}

export interface PlacedCall {
  readonly sid: string
  readonly account_sid: string
}

export interface CallStanding {
  readonly sid: string
  readonly status: string
  /** Whether a number of the exchange is called, whose instructions answer. */
  readonly asks: boolean
  /** Whether it came in, from a phone or from within the exchange. */
  readonly inbound: boolean
}

export type CallAct =
  | { readonly do: "press"; readonly digits: string }
  | { readonly do: "speak"; readonly text: string; readonly confidence: number }
  | { readonly do: "answer" | "hang up" }

export interface TranscriptLine {
  readonly seq: number
  readonly at: number
  readonly what: string
  readonly text?: string
  readonly digits?: string
  readonly url?: string
  readonly ms?: number
  readonly sid?: string
  readonly code?: number
}

export interface PhoneMessage {
  readonly from: string
  readonly to: string
  /** `undefined` is a message without a text, which needs media; an empty text is one. */
  readonly body: string | undefined
  readonly media: ReadonlyArray<string>
}

export interface Received {
  readonly sid: string
  readonly account_sid: string
  /** The keyword that the message is, and what the carrier itself answered. */
  readonly keyword: "STOP" | "START" | "HELP" | null
  readonly automatic_reply: string | null
}

export interface OptOutPair {
  readonly recipient: string
  readonly sender: string
}

/** A place among its kind, from 1, and the virtual ms of its beginning. */
interface Placed {
  readonly n: number
  readonly since: number
}

export interface ShownAlert extends Placed {
  readonly sid: string
  readonly account_sid: string
  readonly alert_text: string
  readonly detail: string | null
  readonly error_code: number
  readonly log_level: "error" | "warning"
  readonly more_info: string
  readonly request_method: string | null
  readonly request_url: string | null
  readonly resource_sid: string
}

/** The settings that can change while the exchange runs. */
export interface SettingsDoor {
  /** As a settings file has them, and as the rules read them; secrets by name only. */
  readonly read: () => { readonly settings: JsonObject; readonly in_force: JsonObject }
  /** Merges a patch into them; what is wrong with it changes nothing. */
  readonly change: (patch: unknown) => Effect.Effect<void, BadChange | EngineStopped | OrderFailed>
  /** What a patch would change of what the rules read; nothing is changed. */
  readonly preview: (patch: unknown) => Effect.Effect<ReadonlyArray<SettingsDifference>, BadChange>
}

/** The templates of answers and callbacks, as they can change while the exchange runs. */
export interface TemplatesDoor {
  readonly read: () => ReadonlyArray<ShownTemplate>
  /** Takes a group of texts by their names, null for the text of the start; what is wrong with it changes nothing. */
  readonly change: (patch: unknown) => Effect.Effect<void, BadChange | EngineStopped | OrderFailed>
  /** What the templates of such a group would yield; nothing is changed. */
  readonly preview: (patch: unknown) => Effect.Effect<ReadonlyArray<TemplateYield>, BadChange>
}

export interface ShownTemplate {
  readonly name: string
  readonly text: string
  /** Whether it is another one than the run was started with. */
  readonly edited: boolean
  /** The first names of the paths it can name. */
  readonly known: ReadonlyArray<string>
}

/** What a template would yield, and of what: a message, a call, an error. */
export interface TemplateYield {
  readonly name: string
  readonly of: string
  readonly body: string
}

/** One place where settings would differ; undefined: not there. */
export interface SettingsDifference {
  readonly path: string
  readonly from: Json | undefined
  readonly to: Json | undefined
}

export interface SettingsProblem {
  readonly path: string
  readonly expected: string
  readonly found: string
}

/** A change that was refused; each problem names the place, what was expected and what was found. */
export class BadChange extends Data.TaggedError("BadChange")<{ readonly problems: ReadonlyArray<SettingsProblem> }> {}

/** What tests and pages read back of messages. */
export interface MessagesView {
  readonly count: () => number
  /** Newest first: all, or those older than one; of one number alone, if one is named. `undefined` when that one is not known. */
  readonly newest: (
    before?: string,
    among?: { readonly to?: string | undefined; readonly from?: string | undefined },
  ) => Iterable<SeenMessage> | undefined
  readonly bySid: (sid: string) => SeenMessage | undefined
}

/** The carrier's way in and out as HTTP sees it. */
export interface ApiDoor {
  readonly wireIn: (request: HttpRequest) => Draft<ApiRequested>
  /** Headers of every answer, flat: name, value, name, value. */
  readonly headers: (answer: ApiAnswer) => Array<string>
  /**
   * The text of an answer whose holes only the edge can fill. `host` is the Host header; `secure`: it was asked for under https, at a host
   * of the carrier. Throws when a secret cannot be kept.
   */
  readonly fill: (body: string, host: string | undefined, secure?: boolean) => string
  /** Bytes an answer names by their hash alone; `undefined` when they are kept no longer. */
  readonly bytes: (sha256: string) => Uint8Array | undefined
  /** The answer in place of such bytes. */
  readonly gone: Refused
  /** Answers to requests that never became an entry: the exchange is overloaded, or is stopping. */
  readonly overloaded: Refused
  readonly unavailable: Refused
  /** Headers of the answer to a CORS preflight. */
  readonly preflight: ReadonlyArray<string>
  /** Paths that are for whoever may use pages and the control API alone, and how others are refused; absent: none. */
  readonly guard?: {
    readonly covers: (path: string) => boolean
    readonly body: (status: number, message: string) => string
  }
}

/** The door that requests to a path, without its query, come in by. */
export const doorOf = (
  { carrier, doors }: Pick<typeof Exchange.Service, "carrier" | "doors">,
  path: string,
): ApiDoor => (doors.size === 0 ? carrier : (doors.get(apiOf(path)) ?? carrier))

/** An answer as HTTP sees it. */
export interface ApiAnswer {
  readonly status: number
  readonly body: string | Uint8Array
  /** What the body is when it is bytes. */
  readonly contentType?: string | undefined
  /** That of the answer's entry; empty when there is none. */
  readonly hash: string
  /** When it was given, virtual ms; absent when there is no entry. */
  readonly at?: number | undefined
  /** Requests under way. */
  readonly concurrent: number
}

export interface Refused {
  readonly status: number
  readonly body: string
}

export interface HttpRequest {
  readonly method: string
  readonly url: string
  readonly authorization: string | undefined
  readonly contentType: string | undefined
  /** All of them, names in lower case; absent where none but these two are known. */
  readonly headers?: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  /** The address at the other end of the connection; absent where there is none. */
  readonly peer?: string | undefined
  readonly body:
    | Uint8Array
    | { readonly cut?: true; readonly length: number; readonly sha256: string; readonly why: "too-large" }
}
