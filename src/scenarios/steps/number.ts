import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Form, optional, Text } from "../file/words.ts"
import { type AnswerSaid, answer, ask } from "./asking.ts"
import { as, type StepKind, stepSchema } from "./StepKind.ts"

/* `number`: buys a number and says where messages to it are told. */

const Numbered = Schema.Struct({
  phone_number: Text,
  sms_url: optional(Text),
  sms_method: optional(Text),
  sms_fallback_url: optional(Text),
  voice_url: optional(Text),
  params: optional(Form.annotations({ description: "Further parameters by Twilio's names" })),
})

const summary = "Buys a phone number, with the webhooks that are told about messages and calls to it"

export const number: StepKind = {
  key: "number",
  summary,
  schema: () => stepSchema(summary, { number: Numbered, as, answer }),
  perform: (placed, play) =>
    Effect.gen(function* () {
      const step = yield* play.said<{ readonly number: typeof Numbered.Type } & AnswerSaid>(placed)
      const { params = {}, phone_number, sms_fallback_url, sms_method, sms_url, voice_url } = step.number
      const url = `/2010-04-01/Accounts/${play.stage.accountSid}/IncomingPhoneNumbers.json`
      const form = {
        PhoneNumber: phone_number,
        SmsUrl: sms_url,
        SmsMethod: sms_method,
        SmsFallbackUrl: sms_fallback_url,
        VoiceUrl: voice_url,
        ...params,
      }
      return yield* ask(play, placed.place, { method: "POST", url, form }, step)
    }),
}
