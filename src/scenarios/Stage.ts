import type * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import type * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { SeenMessage } from "../carriers/delivery/seen.ts"
import type { JsonObject } from "../core/canonical.ts"
import type { Draft, Entry, Row } from "../core/Entry.ts"
import type { ApiRequested, OutboundRequested, Pair } from "../core/entries.ts"
import type { Run } from "../engine/Run.ts"
import type { Made } from "../engine/turn.ts"
import type { Problem } from "./file/problems.ts"
import type { Application, Handler, ScenarioBroken } from "./Scenario.ts"

/*
 * What scenarios need of the exchange. It is made in app/, where settings and carriers meet; a scenario says nothing to the
 * exchange that HTTP or the control API could not.
 */

/** One run of the exchange, in memory, that stands still unless it is told to go on. */
export interface Stage {
  readonly run: Run
  /** Rows of its log after `seq`, at most `limit`, and at most a page. */
  readonly rows: (after: number, limit: number) => ReadonlyArray<Row>
  readonly accountSid: string
  readonly authToken: Redacted.Redacted<string>
  /** What a client of the account sends as its `Authorization`. */
  readonly authorization: Redacted.Redacted<string>
  /** Where it listens for the application under test; undefined when it does not. */
  readonly address: string | undefined
  /** The input that an HTTP request of the carrier's API is. */
  readonly request: (request: StageRequest) => Draft<ApiRequested>
  /** The text of an answer with what only the edge knows. */
  readonly fill: (body: string) => string
  /** The headers an answer has, name and value in turn. `at` virtual ms; `hash` of its entry. */
  readonly headers: (answer: {
    readonly status: number
    readonly body: string
    readonly hash: string
    readonly at: number
  }) => ReadonlyArray<string>
  /** A text for people, without the secrets of the run. */
  readonly hide: (text: string) => string
  readonly phones: {
    /** The input that a message from a phone is, or what is wrong with it. */
    readonly arriving: (message: PhoneMessage) => Either.Either<Draft, string>
    /** What was made of it; `undefined` when nobody has its number. */
    readonly received: (made: ReadonlyArray<Made>) => JsonObject | undefined
  }
  readonly calls: {
    /** The input that a phone's call is, or what is wrong with it. */
    readonly calling: (call: PhoneCall) => Either.Either<Draft, string>
    /** What was made of it; `undefined` when nobody has its number. */
    readonly called: (made: ReadonlyArray<Made>) => { readonly sid: string; readonly account_sid: string } | undefined
    /** The input that something whoever is at the other end does is, or what is wrong with it. */
    readonly doing: (sid: string, act: CallAct) => Either.Either<Draft, string>
    readonly stateOf: (
      sid: string,
    ) => { readonly asks: boolean; readonly inbound: boolean; readonly status: string } | undefined
    /** What is heard and done in a call, as entries about it tell it. */
    readonly transcript: (entries: ReadonlyArray<Entry<unknown>>) => ReadonlyArray<HeardLine>
  }
  /** Newest first. */
  readonly messages: () => Iterable<SeenMessage>
  /** Merges a patch into the settings in force; the left says what is wrong with it. */
  readonly change: (patch: JsonObject) => Effect.Effect<Either.Either<void, ReadonlyArray<string>>, ScenarioBroken>
  /** Whether a request would arrive with the signature that its receiver expects; `none`: it has no signature at all. */
  readonly signature: (request: OutboundRequested) => "valid" | "invalid" | "none"
}

export interface StageRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly authorization: string | undefined
  readonly contentType: string | undefined
  readonly body: Uint8Array
  /** The pairs that the body is the form of, where it is one. */
  readonly form?: ReadonlyArray<Pair>
}

export interface PhoneMessage {
  readonly from: string
  readonly to: string
  readonly body: string
  readonly media: ReadonlyArray<string>
}

export interface PhoneCall {
  readonly from: string
  readonly to: string
  /** What whoever calls does, step by step. */
  readonly steps: ReadonlyArray<string>
}

export type CallAct =
  | { readonly do: "press"; readonly digits: string }
  | { readonly do: "speak"; readonly text: string; readonly confidence: number }
  | { readonly do: "answer" | "hang up" }

export interface HeardLine {
  readonly what: string
  readonly text?: string
  readonly digits?: string
}

export interface StageOptions {
  readonly seed: number
  /** Virtual ms. */
  readonly start: number
  /** `twilio`, `callbacks` and `endpoints` of a settings file, checked before. */
  readonly settings: JsonObject
  /** The only addresses that requests leave for; anything else is refused at once. */
  readonly forwards: ReadonlyArray<Forward>
  /** The application under test: the exchange listens for it, starts it where it says how, and stops it at the end. */
  readonly application: Application | undefined
}

export interface Forward {
  /** What URLs begin with, as they are connected to. */
  readonly to: string
  /** Answers in this process, instead of HTTP. */
  readonly handler: Handler | undefined
}

/** Makes stages, and knows what the exchange knows of settings and entries. */
export interface Stages {
  /** What a scenario may say of settings, for editors. */
  readonly settingsSchema: Schema.Schema.AnyNoContext
  /** What is wrong with settings as a file would have them. */
  readonly checkSettings: (settings: unknown) => ReadonlyArray<Problem>
  /** What is wrong with a patch of settings while they are in force. */
  readonly checkChange: (settings: JsonObject, patch: JsonObject) => ReadonlyArray<Problem>
  /** Every type of entry that a log can hold. */
  readonly entryTypes: ReadonlyArray<string>
  readonly open: (options: StageOptions) => Effect.Effect<Stage, ScenarioBroken, Scope.Scope>
  /** The detail of a request that failed because no endpoint answers for its address. */
  readonly noEndpoint: string
  /** What an entry says, in a few words. */
  readonly gist: (entry: Entry) => string
  readonly traces: Traces
}

/** Logs as HTML files with timeline and slider. */
export interface Traces {
  /** Writes one, in place of an older one. Throws an error for people. */
  readonly write: (file: string, rows: ReadonlyArray<Row>, about: TraceAbout) => void
  /** Removes an older one, where there is one. Throws the file system's error. */
  readonly remove: (file: string) => void
}

export interface TraceAbout {
  readonly title: string
  /** A line each. */
  readonly notes: ReadonlyArray<string>
}
