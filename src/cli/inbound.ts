import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { InboundReceipt } from "../server/inboundApi.ts"
import { jsonOption } from "./options.ts"
import { orderServer, serverOptions } from "./orderServer.ts"
import { jsonLine, styled } from "./terminal.ts"

const options = {
  from: Options.text("from").pipe(Options.withDescription("The phone that sends the message (+15551234567)")),
  to: Options.text("to").pipe(Options.withDescription("A number of the exchange")),
  body: Options.text("body").pipe(Options.withDescription("The text, which may be empty"), Options.optional),
  media: Options.text("media").pipe(
    Options.withDescription("URL of a picture or file; may be given up to ten times"),
    Options.repeated,
  ),
  json: jsonOption("The server's answer as one line of JSON"),
  ...serverOptions,
}

/** `ringback inbound`: a phone sends a message to a number of a running server. */
export const inbound = Command.make("inbound", options, ({ adminToken, body, from, json, media, to, url }) =>
  Effect.gen(function* () {
    const receipt = yield* orderServer(
      { adminToken, url },
      "/admin/inbound",
      { body: Option.getOrUndefined(body), from, media, to },
      InboundReceipt,
    )
    const { automatic_reply, keyword, sid } = receipt
    if (json) return yield* Console.log(jsonLine(JSON.stringify(receipt)))
    yield* Console.log(`${styled("bold", sid)} has arrived`)
    if (keyword !== null)
      yield* Console.log(
        automatic_reply === null
          ? `${keyword}: the carrier does not answer this one`
          : `${keyword}: the carrier answers ${JSON.stringify(automatic_reply)}`,
      )
    return undefined
  }),
).pipe(
  Command.withDescription(
    "Let a phone send a message to a running server. Example: ringback inbound --from +15551234567 --to +15550000001 --body Hello",
  ),
)
