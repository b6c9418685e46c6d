import * as Schema from "effect/Schema"
import { andThen } from "../atOnce.ts"
import { expects, Form, Media, optional, Text } from "../file/words.ts"
import { type AnswerSaid, answer, ask } from "./asking.ts"
import { as, type StepKind, stepSchema } from "./StepKind.ts"

/* `send`: a message by the API, as an SDK sends it. */

const Message = Schema.Struct({
  to: optional(Text),
  from: optional(Text),
  body: optional(Text),
  media: optional(Media),
  messaging_service_sid: optional(Text),
  status_callback: optional(Text),
  send_at: optional(Text.annotations({ description: "When to send it, ISO 8601; it is then scheduled" })),
  validity_period: optional(
    expects(Schema.Union(Schema.Int, Schema.String) as Schema.Schema<number | string>, "a whole number of seconds"),
  ),
  params: optional(Form.annotations({ description: "Further parameters by Twilio's names" })),
})

const summary = "Sends a message by the API"

export const send: StepKind = {
  key: "send",
  summary,
  schema: () => stepSchema(summary, { send: Message, as, answer }),
  perform: (placed, play) =>
    andThen(play.said<{ readonly send: typeof Message.Type } & AnswerSaid>(placed), (step) => {
      const url = `/2010-04-01/Accounts/${play.stage.accountSid}/Messages.json`
      return ask(play, placed.place, { method: "POST", url, form: parameters(step.send) }, step)
    }),
}

const parameters = (message: typeof Message.Type) => {
  const { body, from, media, messaging_service_sid, params, send_at, status_callback, to, validity_period } = message
  return {
    To: to,
    From: from,
    MessagingServiceSid: messaging_service_sid,
    Body: body,
    MediaUrl: media,
    StatusCallback: status_callback,
    SendAt: send_at,
    ScheduleType: send_at === undefined ? undefined : "fixed",
    ValidityPeriod: validity_period,
    ...params,
  }
}
