import type { CallSettings } from "../../src/carriers/twilio/calls/callSettings.ts"
import { type CallStatusChanged, callStatusChanged } from "../../src/carriers/twilio/calls/entries.ts"
import { transcriptOf } from "../../src/carriers/twilio/calls/transcript.ts"
import type { Entry } from "../../src/core/Entry.ts"
import { type OutboundRequested, outboundAnswered, outboundRequested, type Pair } from "../../src/core/entries.ts"
import { at, type Stage } from "./given.ts"
import { account, answerOf, asked, type Differently, ranUntil, twilio } from "./twilio.ts"

export const base = `/2010-04-01/Accounts/${account}`
export const callsPath = `${base}/Calls.json`
export const callPath = (sid: string) => `${base}/Calls/${sid}.json`

export const callee = "+15551234567"
export const caller = "+15550000001"

/** The parameters of a call that is fine, with some changed or, where they are undefined, left out. */
export const callForm = (changes: Readonly<Record<string, string | undefined>> = {}): ReadonlyArray<Pair> => {
  const fine = { To: callee, From: caller, Twiml: "<Response/>" }
  return Object.entries({ ...fine, ...changes }).filter((pair): pair is [string, string] => pair[1] !== undefined)
}

/** A call is asked for. */
export const dials = (changes: Readonly<Record<string, string | undefined>> = {}, settings: Differently = {}): Stage =>
  twilio(settings).when(asked({ path: callsPath, params: callForm(changes) }))

/** Who is at the other end of calls to the usual callee, or to others. */
export const callees = (...all: NonNullable<CallSettings["callees"]>): Differently => ({ calls: { callees: all } })

/** A call with this TwiML, run until nothing is left to do; `then` is what whoever answers does. */
export const talks = (
  verbs: string,
  script: NonNullable<NonNullable<CallSettings["callees"]>[number]["script"]> = [],
  others: NonNullable<CallSettings["callees"]> = [],
): Stage =>
  ranUntil(
    dials(
      { Twiml: `<Response>${verbs}</Response>` },
      callees({ number: callee, outcome: "answered", script }, ...others),
    ),
  )

export const entriesOf = (stage: Stage): ReadonlyArray<Entry<unknown>> => stage.made.map(({ entry }) => entry)

/** The SID of the call that the last request made. */
export const sidOf = (stage: Stage): string => answerOf(stage).body.sid

/** The statuses of calls with when they came, of one or of all. */
export const lifeOf = (stage: Stage, sid?: string): ReadonlyArray<readonly [number, string]> =>
  entriesOf(stage).flatMap((entry) =>
    callStatusChanged.is(entry) && (sid === undefined || entry.subject === sid)
      ? [[entry.at, (entry.data as CallStatusChanged).status] as const]
      : [],
  )

/** Requests that left, by purpose. */
export const sentBy = (stage: Stage, purpose: "callback" | "twiml"): ReadonlyArray<Entry<OutboundRequested>> =>
  entriesOf(stage).filter(
    (entry): entry is Entry<OutboundRequested> => outboundRequested.is(entry) && entry.data.purpose === purpose,
  )

export const paramsOf = ({ data }: Entry<OutboundRequested>): Readonly<Record<string, string>> =>
  Object.fromEntries(data.params)

/** What is told of calls in a word and a text each. */
export const heard = (stage: Stage, subject?: string): ReadonlyArray<string> =>
  transcriptOf(entriesOf(stage).filter((entry) => subject === undefined || entry.subject === subject)).map(
    ({ code, digits, text, what }) =>
      [what, code, digits, text].filter((part) => part !== undefined && part !== "").join(" "),
  )

/** The last document that was asked for comes: TwiML, or another body. */
export const answers = (stage: Stage, verbs: string, how: { status?: number; type?: string } = {}): Stage => {
  const last = sentBy(stage, "twiml").at(-1)
  if (last === undefined) throw new Error("no document was asked for")
  const body = verbs.startsWith("<") ? `<Response>${verbs}</Response>` : verbs
  const data = { body, content_type: how.type ?? "text/xml", status: how.status ?? 200 }
  return stage.when(at(stage.world.at, outboundAnswered.draft(last.subject, data, last.seq)))
}
