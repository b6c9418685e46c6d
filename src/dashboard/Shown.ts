import type { SeenMessage } from "../carriers/delivery/seen.ts"
import type { SeenCall } from "../carriers/twilio/calls/seenCalls.ts"
import type { Conversations } from "../conversations/state.ts"
import type { JsonObject } from "../core/canonical.ts"
import type { OutboundRequested } from "../core/entries.ts"
import type { Run } from "../engine/Run.ts"
import type { AnyMachine, WorldState } from "../engine/World.ts"
import type { Head, LogReader } from "../log/EventLog.ts"
import type { Breakpoint } from "../timetravel/Breakpoints.ts"

/** What pages need of the run they show; made in app/. Everything is as it is now. */
export interface Shown {
  readonly run: Run
  readonly version: string
  /** The run's own account. */
  readonly accountSid: () => string
  readonly messages: MessagesSource
  readonly calls: CallsSource
  /** The conversation service's part of the run, and of another world of the same machines. */
  readonly conversations: () => Conversations
  readonly conversationsIn: (world: WorldState) => Conversations
  /** Numbers that accounts have, oldest first. */
  readonly numbers: () => ReadonlyArray<ShownNumber>
  readonly accounts: () => ReadonlyArray<ShownAccount>
  /** The settings as a settings file has them, and as the rules read them; secrets by name only. */
  readonly settings: () => { readonly settings: JsonObject; readonly in_force: JsonObject }
  /** The templates of answers and callbacks. */
  readonly templates: () => ReadonlyArray<ShownTemplate>
  /** Of another world of the same machines: one as it was. */
  readonly messagesIn: (world: WorldState) => MessagesSource
  readonly callsIn: (world: WorldState) => CallsSource
  readonly machines: ReadonlyArray<AnyMachine>
  /** Forks that were made of the run, oldest first. */
  readonly forks: () => ReadonlyArray<ShownFork>
  /** Entries at which the clock is to stop. */
  readonly breakpoints: () => ReadonlyArray<Breakpoint>
  /** The signature that a request which leaves the world carries. */
  readonly signatureOf: (request: OutboundRequested) => string | undefined
}

/** The run's messages. */
export interface MessagesSource {
  /** How many there are. */
  readonly count: () => number
  /**
   * Newest first: all, or those older than one; of one number alone, if one is named. `undefined` when that one is not known.
   */
  readonly newest: (
    before?: string,
    among?: { readonly to?: string | undefined; readonly from?: string | undefined },
  ) => Iterable<SeenMessage> | undefined
  readonly bySid: (sid: string) => SeenMessage | undefined
}

/** The run's calls. */
export interface CallsSource {
  /** How many there are. */
  readonly count: () => number
  /** Newest first: all, or those older than one; `undefined` when that one is not known. */
  readonly newest: (before?: string) => Iterable<SeenCall> | undefined
  readonly bySid: (sid: string) => SeenCall | undefined
}

export interface ShownNumber {
  readonly sid: string
  readonly number: string
  readonly accountSid: string
  readonly friendlyName: string
  readonly smsUrl: string
  readonly smsMethod: string
  readonly smsFallbackUrl: string
  readonly statusCallback: string
  readonly voiceUrl: string
  readonly voiceMethod: string
  readonly voiceFallbackUrl: string
  /** Settings name it; it was not bought. */
  readonly bySettings: boolean
}

export interface ShownTemplate {
  readonly name: string
  readonly text: string
  /** Another one than the run was started with. */
  readonly edited: boolean
  /** The first names of the paths it can name. */
  readonly known: ReadonlyArray<string>
}

export interface ShownAccount {
  readonly sid: string
  readonly name: string
  readonly status: string
  readonly own: boolean
}

export interface ShownFork {
  readonly id: number
  readonly asked: {
    readonly at: number | undefined
    readonly answers: ReadonlyArray<string>
    readonly set: ReadonlyArray<string>
    readonly swap: readonly [number, number] | undefined
    readonly inputs: "drop" | "keep"
  }
  /** Where its log is. */
  readonly place: string
  /** The last entry that both runs have. */
  readonly cut: number
  readonly head: Head
  readonly reader: LogReader
}
