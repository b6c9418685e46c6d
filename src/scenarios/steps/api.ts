import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { expects, Form, optional, Text } from "../file/words.ts"
import { brokenAt } from "../Scenario.ts"
import { type AnswerSaid, answer, ask, formText } from "./asking.ts"
import { as, type StepKind, stepSchema } from "./StepKind.ts"

/* `api`: any request of the carrier's API. */

const Request = Schema.Struct({
  method: optional(expects(Schema.String.pipe(Schema.pattern(/^[A-Z]{3,10}$/)), "a method such as POST, in capitals")),
  path: expects(
    Schema.String.pipe(Schema.pattern(/^[/$]/)),
    `a path that begins with /, such as /2010-04-01/Accounts/\${account_sid}/Messages.json`,
  ),
  query: optional(Form),
  form: optional(Form),
  body: optional(Text.annotations({ description: "The body as it is, instead of a form" })),
  content_type: optional(Text),
  auth: optional(Text.annotations({ description: "none, or user:password; nothing said: the account's own" })),
})

const summary = "Sends any request to the carrier's API"

export const api: StepKind = {
  key: "api",
  summary,
  schema: () => stepSchema(summary, { api: Request, as, answer }),
  perform: (placed, play) =>
    Effect.gen(function* () {
      const step = yield* play.said<{ readonly api: typeof Request.Type } & AnswerSaid>(placed)
      const { auth, body, content_type: contentType = "application/json", form, path, query } = step.api
      if (body !== undefined && form !== undefined)
        return yield* brokenAt(placed.place, "expected form or body, found both")
      const method = step.api.method ?? (body === undefined && form === undefined ? "GET" : "POST")
      const url = query === undefined ? path : `${path}${path.includes("?") ? "&" : "?"}${formText(query)}`
      const asking = { method, url, form, auth, body: body === undefined ? undefined : { text: body, contentType } }
      return yield* ask(play, placed.place, asking, step)
    }),
}
