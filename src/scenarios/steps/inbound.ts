import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { Media, optional, Text } from "../file/words.ts"
import { StepFailed } from "../Play.ts"
import { brokenAt } from "../Scenario.ts"
import { as, type StepKind, stepSchema } from "./StepKind.ts"

/* `inbound`: a phone sends a message to a number of the exchange. */

const Inbound = Schema.Struct({
  from: Text,
  to: Text,
  body: optional(Text),
  media: optional(Media),
})

const summary = "A phone sends a message to one of the account's numbers"

export const inbound: StepKind = {
  key: "inbound",
  summary,
  schema: () => stepSchema(summary, { inbound: Inbound, as }),
  perform: (placed, play) =>
    Effect.gen(function* () {
      const { inbound: given } = yield* play.said<{ readonly inbound: typeof Inbound.Type }>(placed)
      const { body = "", from, media = [], to } = given
      const { phones } = play.stage
      const draft = phones.arriving({ body, from, to, media: typeof media === "string" ? [media] : media })
      if (Either.isLeft(draft)) return yield* brokenAt(placed.place, draft.left)
      const made = yield* play.submit(placed.place, draft.right)
      const received = phones.received(made)
      if (received === undefined)
        return yield* new StepFailed({
          check: {
            place: placed.place,
            expected: `a message from ${from} arrives at ${to}`,
            met: false,
            why: `nobody has the number ${to}: buy it with a number step, or name it in twilio.allowed_from_numbers`,
          },
        })
      return received
    }),
}
