import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { JsonObject } from "../../core/canonical.ts"
import { type Cleared, dataCleared } from "../../core/entries.ts"
import { AnswerFile, answerSetting } from "../endpoints.ts"
import { expects, Group, HttpUrl, listOf, Name, optional, Percent } from "../file/words.ts"
import type { Fault } from "../settingsLayers.ts"
import { type StepKind, stepSchema } from "./StepKind.ts"

/* Orders that change how the exchange behaves, or what it remembers. */

const settingsSummary = "Changes settings from here on: a part of a settings file; null takes a key away"

export const settings: StepKind = {
  key: "settings",
  summary: settingsSummary,
  schema: () => stepSchema(settingsSummary, { settings: Group }),
  perform: (placed, play) =>
    Effect.gen(function* () {
      const step = yield* play.said<{ readonly settings: JsonObject }>(placed)
      yield* play.settings.patch(placed.place, step.settings)
      return undefined
    }),
}

const On = Schema.Struct({
  name: optional(Name.annotations({ description: "What the fault is taken away by; nothing said: fault" })),
  callbacks: optional(Group.annotations({ description: "As callbacks.faults of a settings file" })),
  api: optional(listOf(Group, "As twilio.faults of a settings file")),
  endpoint: optional(HttpUrl.annotations({ description: "The URL of an endpoint that answers otherwise" })),
  answers: optional(listOf(AnswerFile, "What it answers, attempt by attempt, as an endpoint's answers")),
  fail_percent: optional(Percent),
})
const Doing = On.pipe(
  Schema.filter(({ answers, api = [], callbacks = {}, endpoint, fail_percent: failPercent }) => {
    const otherwise = (answers ?? []).length > 0 || failPercent !== undefined
    const does =
      endpoint === undefined ? !otherwise && (api.length > 0 || Object.keys(callbacks).length > 0) : otherwise
    return does || "a fault (callbacks, api, or endpoint with answers or fail_percent), or off: NAME or off: true"
  }),
)
const Off = Schema.Struct({
  off: expects(
    Schema.Union(Name, Schema.Literal(true)) as Schema.Schema<string | true>,
    "the name of a fault, or true for all",
  ),
})

type FaultWritten = typeof On.Type | typeof Off.Type

const faultSummary = "Makes something go wrong from here on, or right again"

export const fault: StepKind = {
  key: "fault",
  summary: faultSummary,
  schema: () => stepSchema(faultSummary, { fault: Schema.Union(Doing, Off) as Schema.Schema<FaultWritten> }),
  narrow: () => {
    const inForm = (form: Schema.Schema.AnyNoContext) =>
      stepSchema(faultSummary, { fault: form as Schema.Schema<FaultWritten> })
    const on = inForm(Doing)
    const off = inForm(Off)
    return ({ fault: written }) => (typeof written === "object" && written !== null && "off" in written ? off : on)
  },
  perform: (placed, play) =>
    Effect.gen(function* () {
      const step = yield* play.said<{ readonly fault: FaultWritten }>(placed)
      if ("off" in step.fault)
        yield* play.settings.faultOff(placed.place, step.fault.off === true ? undefined : step.fault.off)
      else {
        const { name = defaultFault } = step.fault
        yield* play.settings.faultOn(placed.place, name, faultOf(step.fault))
      }
      return undefined
    }),
}

/** The name of a fault that has none. */
const defaultFault = "fault"

/** A fault as settings have it. */
const faultOf = ({ answers, api, callbacks, endpoint, fail_percent }: typeof On.Type): Fault => ({
  ...(api === undefined ? {} : { api }),
  ...(callbacks === undefined ? {} : { callbacks }),
  ...(endpoint === undefined ? {} : { endpoint }),
  ...(answers === undefined ? {} : { answers: answers.map(answerSetting) }),
  ...(fail_percent === undefined ? {} : { fail_percent }),
})

/** The fault that a step makes, from what it says; undefined of a step that ends one. */
export const faultWritten = ({ fault: written }: JsonObject): Fault | undefined => {
  const said = written as unknown as FaultWritten
  return "off" in said ? undefined : faultOf(said)
}

const clearSummary = "Makes the exchange forget messages, calls, callbacks, or all; the log keeps them"

export const clear: StepKind = {
  key: "clear",
  summary: clearSummary,
  schema: () =>
    stepSchema(clearSummary, {
      clear: expects(
        Schema.Literal("messages", "calls", "callbacks", "all") as Schema.Schema<Cleared>,
        "messages, calls, callbacks or all",
      ),
    }),
  perform: ({ place, written }, play) =>
    Effect.as(play.submit(place, dataCleared.draft("", { what: written.clear as Cleared })), undefined),
}
