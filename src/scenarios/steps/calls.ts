import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { untimely } from "../../carriers/twilio/calls/moments.ts"
import { expects, Form, listOf, optional, Text } from "../file/words.ts"
import { type Play, type StepError, StepFailed } from "../Play.ts"
import { brokenAt, type Place, type PlacedStep } from "../Scenario.ts"
import type { CallAct } from "../Stage.ts"
import { type AnswerSaid, answer, ask } from "./asking.ts"
import { as, type StepKind, stepSchema } from "./StepKind.ts"

/* Calls: one that the application makes, one that a phone makes, and what the other end does while it is there. */

const Call = Schema.Struct({
  to: optional(Text),
  from: optional(Text),
  url: optional(Text),
  twiml: optional(Text),
  status_callback: optional(Text),
  status_callback_event: optional(Schema.Array(Text)),
  params: optional(Form.annotations({ description: "Further parameters by Twilio's names" })),
})

const callSummary = "Makes a call by the API"

export const call: StepKind = {
  key: "call",
  summary: callSummary,
  schema: () => stepSchema(callSummary, { call: Call, as, answer }),
  perform: (placed, play) =>
    Effect.gen(function* () {
      const step = yield* play.said<{ readonly call: typeof Call.Type } & AnswerSaid>(placed)
      const { from, params, status_callback, status_callback_event, to, twiml, url } = step.call
      const form = {
        To: to,
        From: from,
        Url: url,
        Twiml: twiml,
        StatusCallback: status_callback,
        StatusCallbackEvent: status_callback_event,
        ...params,
      }
      const path = `/2010-04-01/Accounts/${play.stage.accountSid}/Calls.json`
      return yield* ask(play, placed.place, { method: "POST", url: path, form }, step)
    }),
}

const Ring = Schema.Struct({
  from: Text,
  to: Text,
  // biome-ignore lint/suspicious/noThenProperty: the word that settings and the control API have for it; nothing awaits it
  then: optional(listOf(Text, "What whoever calls does: press 1#, say yes, wait 2s, hang up")),
})

const ringSummary = "A phone calls one of the account's numbers"

export const ring: StepKind = {
  key: "ring",
  summary: ringSummary,
  schema: () => stepSchema(ringSummary, { ring: Ring, as }),
  perform: (placed, play) =>
    Effect.gen(function* () {
      const { ring: given } = yield* play.said<{ readonly ring: typeof Ring.Type }>(placed)
      const { calls } = play.stage
      const { place } = placed
      const draft = calls.calling({ from: given.from, to: given.to, steps: given.then ?? [] })
      if (Either.isLeft(draft)) return yield* brokenAt(place, draft.left)
      const made = yield* play.submit(place, draft.right)
      const placedCall = calls.called(made)
      if (placedCall !== undefined) return { sid: placedCall.sid, account_sid: placedCall.account_sid }
      const why = `nobody has the number ${given.to}: buy it with a number step, or name it in twilio.allowed_from_numbers`
      return yield* failed(place, `a call from ${given.from} arrives at ${given.to}`, why)
    }),
}

const ofCall = { call: Text.annotations({ description: "The call's SID" }) }

const Press = Schema.Struct({ ...ofCall, digits: Text })
const Speak = Schema.Struct({
  ...ofCall,
  text: Text,
  confidence: optional(expects(Schema.Number.pipe(Schema.between(0, 1)), "a confidence, 0 to 1")),
})
const OfCall = Schema.Struct(ofCall)

/** A step in which the other end of a call does something. */
const acting = <A extends { readonly call: string }>(
  key: string,
  summary: string,
  fields: Schema.Schema<A>,
  act: (given: A) => CallAct,
): StepKind => ({
  key,
  summary,
  schema: () => stepSchema(summary, { [key]: fields }),
  perform: (placed, play) =>
    Effect.gen(function* () {
      const said = yield* play.said<Readonly<Record<string, A>>>(placed)
      const given = said[key] as A
      return yield* perform(placed, play, given.call, act(given))
    }),
})

const perform = ({ place }: PlacedStep, play: Play, sid: string, act: CallAct): Effect.Effect<undefined, StepError> =>
  Effect.gen(function* () {
    const { calls } = play.stage
    const standing = calls.stateOf(sid)
    if (standing === undefined)
      return yield* brokenAt(place, `expected the SID of a call, found ${JSON.stringify(sid)}`)
    const why = untimely(standing, act.do)
    if (why !== undefined) return yield* failed(place, `whoever is at the other end of ${sid} can ${act.do}`, why)
    const draft = calls.doing(sid, act)
    if (Either.isLeft(draft)) return yield* brokenAt(place, draft.left)
    yield* play.submit(place, draft.right)
    return undefined
  })

const failed = (place: Place, expected: string, why: string): StepFailed =>
  new StepFailed({ check: { place, expected, met: false, why } })

export const press = acting("press", "Whoever is at the other end of a call presses keys", Press, ({ digits }) => ({
  do: "press",
  digits,
}))
export const speak = acting(
  "speak",
  "Whoever is at the other end of a call says something",
  Speak,
  ({ confidence = 0.9, text }) => ({ do: "speak", text, confidence }),
)
export const pickUp = acting("pick_up", "Whoever is called answers", OfCall, () => ({ do: "answer" }))
export const hangUp = acting("hang_up", "Whoever is at the other end of a call hangs up", OfCall, () => ({
  do: "hang up",
}))
