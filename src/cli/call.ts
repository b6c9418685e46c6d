import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { CallReceipt } from "../server/callsApi.ts"
import { jsonOption } from "./options.ts"
import { orderServer, serverOptions } from "./orderServer.ts"
import { jsonLine, styled } from "./terminal.ts"

const options = {
  from: Options.text("from").pipe(Options.withDescription("The phone that calls (+15551234567)")),
  to: Options.text("to").pipe(Options.withDescription("A number of the exchange")),
  steps: Options.text("then").pipe(
    Options.withDescription('What the caller does, step by step: "press 1", "say yes", "wait 2s", "hang up"'),
    Options.repeated,
  ),
  json: jsonOption("The server's answer as one line of JSON"),
  ...serverOptions,
}

/** `ringback call`: a phone calls a number of a running server. */
export const call = Command.make("call", options, ({ adminToken, from, json, steps, to, url }) =>
  Effect.gen(function* () {
    // biome-ignore lint/suspicious/noThenProperty: the word of the order; nothing awaits it
    const order = { from, to, ...(steps.length === 0 ? {} : { then: steps }) }
    const receipt = yield* orderServer({ adminToken, url }, "/admin/calls", order, CallReceipt)
    const { sid } = receipt
    yield* Console.log(
      json
        ? jsonLine(JSON.stringify(receipt))
        : `${styled("bold", sid)} has begun; its transcript: ${new URL(`/admin/calls/${sid}/transcript`, url)}`,
    )
  }),
).pipe(
  Command.withDescription(
    'Let a phone call a number of a running server. Example: ringback call --from +15551234567 --to +15550000001 --then "press 1" --then "hang up"',
  ),
)
