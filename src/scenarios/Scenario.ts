import * as Data from "effect/Data"
import type { JsonObject } from "../core/canonical.ts"
import type { Row } from "../core/Entry.ts"
import type { WireRequest } from "../network/nodeClient.ts"
import type { ClientFile } from "./client/clientFile.ts"
import type { Bounds } from "./explore/bounds.ts"

/** A scenario whose file, and every file it includes, was found good. */
export interface Scenario {
  /** As it was named: for people, and for what is written about it. */
  readonly file: string
  readonly name: string
  readonly description: string | undefined
  readonly seed: number
  /** First instant, virtual ms. */
  readonly start: number
  /** `twilio` and `callbacks` of a settings file, as they are written. */
  readonly settings: JsonObject
  readonly endpoints: ReadonlyArray<Endpoint>
  readonly application: Application | undefined
  /** How the client library is set up for steps that send by it; undefined: as it is by itself. */
  readonly client: ClientFile | undefined
  readonly steps: ReadonlyArray<PlacedStep>
  readonly expectations: ReadonlyArray<PlacedExpectation>
  /** Whether what is still to come happens before the expectations at the end are judged. */
  readonly toEnd: boolean
  /** Steps that are performed when it is played, those of loops as often as they come. */
  readonly performed: number
  /** Bounds of what exploration draws, as they are written; undefined: the usual ones. */
  readonly explore: Bounds | undefined
}

/** A step where it stands. Its keys were checked against its kind's schema. */
export interface PlacedStep {
  readonly place: Place
  /** The key that says what it does (steps/table.ts). */
  readonly kind: string
  /** Everything it says, but for steps and expectations within it. */
  readonly written: JsonObject
  /** The steps of a loop, or of an included file. */
  readonly inner: ReadonlyArray<PlacedStep>
  /** What an `expect` step judges. */
  readonly expectations: ReadonlyArray<PlacedExpectation>
}

/** An expectation where it stands. Its keys were checked against its kind's schema. */
export interface PlacedExpectation {
  readonly place: Place
  /** The key that says what it is about (expectations/table.ts). */
  readonly kind: string
  readonly written: JsonObject
}

/** Where callbacks and webhooks go that begin with `url`. */
export interface Endpoint {
  readonly place: Place
  readonly url: string
  /** Answers as a settings file has them; undefined when it is forwarded. */
  readonly answers: ReadonlyArray<JsonObject> | undefined
  readonly failPercent: number | undefined
  /** Where the real application listens. */
  readonly forward: string | undefined
}

/** The application under test, where the scenario starts it. */
export interface Application {
  /** A command that starts it, for a shell. */
  readonly run: string | undefined
  /** Brings it back to its beginning: a command, or a URL that is sent a POST. */
  readonly reset: string | undefined
  /** A URL that answers 2xx once it is up; undefined: the endpoint it is forwarded to takes connections. */
  readonly ready: string | undefined
  /** Port on which the exchange listens for it; 0: any free one. */
  readonly port: number
  /** Where it is said how it comes up, and what brings it back. */
  readonly places: { readonly up: Place; readonly reset: Place }
}

export interface RunScenarioOptions {
  /** Instead of the scenario's own. */
  readonly seed?: number
  /** Merged into the scenario's settings as a JSON merge patch, `endpoints` included: faults that are tried on it. */
  readonly settings?: JsonObject
  /** Answers for endpoints that are forwarded, by their URL as the scenario has it: an application in this process. */
  readonly handlers?: ReadonlyMap<string, Handler>
  /** Told the log of a playing that breaks off. */
  readonly onBroken?: (rows: ReadonlyArray<Row>) => void
  /** Whether the run goes on by itself, beside an application that has a life of its own: waits are then in the host's time. */
  readonly live?: () => boolean
  /** Told after each step that is not within a loop. */
  readonly onStep?: (done: number, all: number) => void
  /** Entries that may follow from one step, and host ms it may take, before it is told that it never settles. */
  readonly stepEntriesMax?: number
  readonly stepMsMax?: number
}

/** An application in this process. A promise that is rejected is a connection that is reset. */
export type Handler = (request: WireRequest, exchange: Reached) => Promise<HandlerAnswer>

/** How an application reaches the exchange. */
export interface Reached {
  /** Undefined where it does not listen: the scenario names no application. */
  readonly url: string | undefined
  readonly accountSid: string
  readonly authToken: string
}

export interface HandlerAnswer {
  readonly status: number
  readonly body?: string
  readonly contentType?: string
}

/** Where in a file something stands. */
export interface Place {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** Keys with dots between: `steps.3.send.to`. */
  readonly path: string
}

/** How one expectation fared, or a step that says what it is answered. */
export interface Check {
  readonly place: Place
  /** What was expected, in words. */
  readonly expected: string
  readonly met: boolean
  /** What is wrong, in words. */
  readonly why?: string
  /** What comes nearest, field by field. */
  readonly closest?: Miss
  /** What happened to the subject of the closest miss, or to the one that is too many. */
  readonly timeline?: Timeline
}

export interface Miss {
  /** What it is: a SID, or `entry 12`. */
  readonly id: string
  readonly fields: ReadonlyArray<Compared>
}

/** A field that was expected, and what it is. */
export interface Compared {
  readonly field: string
  readonly expected: string
  readonly found: string
  readonly fits: boolean
  /** Of texts that differ in part: `kept [-expected-]{+found+} kept`. */
  readonly diff?: string
}

export interface Timeline {
  readonly subject: string
  readonly events: ReadonlyArray<TimelineEvent>
  /** Entries about it that are not among the events, because there are too many. */
  readonly more: number
}

export interface TimelineEvent {
  readonly seq: number
  /** Virtual ms. */
  readonly at: number
  readonly type: string
  readonly gist: string
}

/** A scenario that was played to its end, or to a step that did not fare as it should. */
export interface Outcome {
  readonly scenario: Scenario
  readonly seed: number
  readonly passed: boolean
  /** Every expectation that was judged, in order; those of steps first. */
  readonly checks: ReadonlyArray<Check>
  /** How many entries its log has. */
  readonly entries: number
  /** The whole log, which is read when somebody asks for it. */
  readonly rows: ReadonlyArray<Row>
  readonly digest: string
  /** The virtual instant at which it ended, ms. */
  readonly at: number
  /** What a reader should know besides: callbacks to addresses that no endpoint answers for. */
  readonly notes: ReadonlyArray<string>
}

/**
 * A scenario that cannot be played, or not to its end: each line names the place, what was expected and what was found. Lines within
 * one are details of it.
 */
export class ScenarioBroken extends Data.TaggedError("ScenarioBroken")<{ readonly lines: ReadonlyArray<string> }> {
  override get message() {
    return this.lines.join("\n")
  }
}

/** The failure of something at a place of a file. */
export const brokenAt = (place: Place, what: string): ScenarioBroken =>
  new ScenarioBroken({ lines: [`${placeShown(place)}: ${what}`] })

/** A place as people find it: `scenarios/otp.yaml:12: steps.3.send`. */
export const placeShown = ({ file, line, path }: Place): string => `${file}:${line}${path === "" ? "" : `: ${path}`}`
