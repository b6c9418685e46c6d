import * as Schema from "effect/Schema"
import type { JsonObject } from "../core/canonical.ts"
import { parseDuration } from "../core/Instant.ts"
import { Duration, expects, HttpUrl, optional, Percent, Status, Text } from "./file/words.ts"
import type { Endpoint } from "./Scenario.ts"

/* Endpoints as a scenario writes them, and as the settings have them. */

export const AnswerFile = Schema.Struct({
  when: optional(
    Schema.Record({ key: Schema.String, value: Schema.String }).annotations({
      title: "a group of keys",
      description: "Only for requests with these parameters; * stands for any text",
    }),
  ),
  status: optional(Status),
  body: optional(Text),
  content_type: optional(Text),
  twiml: optional(Text.annotations({ description: "The body, as text/xml" })),
  delay: optional(Duration.annotations({ description: "Virtual time until it answers" })),
  drop: optional(
    expects(Schema.Literal("connect", "reset", "timeout") as Schema.Schema<Drop>, "connect, reset or timeout"),
  ),
})
type Drop = "connect" | "reset" | "timeout"

export const EndpointFile = Schema.Struct({
  url: HttpUrl,
  answers: optional(Schema.Array(AnswerFile).pipe(Schema.minItems(1))),
  fail_percent: optional(Percent),
  forward: optional(
    HttpUrl.annotations({ description: "Where the application under test listens; requests go there over real HTTP" }),
  ),
})

/** A scripted answer as a settings file has it. */
export const answerSetting = (answer: typeof AnswerFile.Type): JsonObject => {
  const { delay, twiml, when, ...rest } = answer
  return {
    ...rest,
    ...(when === undefined ? {} : { when }),
    ...(delay === undefined ? {} : { after_ms: parseDuration(delay) ?? 0 }),
    ...(twiml === undefined ? {} : { body: twiml, content_type: "text/xml" }),
  } as JsonObject
}

/** Endpoints inside the run, as a settings file has them. */
export const scriptedSettings = (endpoints: ReadonlyArray<Endpoint>): ReadonlyArray<JsonObject> =>
  endpoints.flatMap(({ answers, failPercent, forward, url }) =>
    forward !== undefined
      ? []
      : [
          {
            url,
            ...(answers === undefined ? {} : { answers }),
            ...(failPercent === undefined ? {} : { fail_percent: failPercent }),
          },
        ],
  )

/** Where requests for forwarded endpoints go, as `callbacks.rewrite` of a settings file has it. */
export const rewriteSettings = (endpoints: ReadonlyArray<Endpoint>): ReadonlyArray<JsonObject> =>
  endpoints.flatMap(({ forward, url }) => (forward === undefined ? [] : [{ from: url, to: forward }]))

/** Host ms without anything happening before a run with a real application counts as settled. */
const quietMs = 20

/** Sections of the settings file that a scenario has: those of the run. */
export const settingsSections: ReadonlyArray<string> = ["twilio", "callbacks", "conversations"]

/** The settings a scenario begins with, in the form of a settings file. */
export const ownSettings = (settings: JsonObject, endpoints: ReadonlyArray<Endpoint>): JsonObject => {
  const { callbacks = {}, twilio = {}, ...others } = settings as { readonly [key: string]: JsonObject }
  const rewrite = rewriteSettings(endpoints)
  const real = rewrite.length === 0 ? {} : { quiet_ms: quietMs, rewrite }
  return { ...others, twilio, callbacks: { ...real, ...callbacks }, endpoints: scriptedSettings(endpoints) }
}
