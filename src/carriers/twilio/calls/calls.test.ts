import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { account, answerOf, asked, type Differently, ranUntil, twilio } from "../../../../test/support/twilio.ts"
import type { OutboundRequested, Pair } from "../../../core/entries.ts"
import { outboundRequested } from "../../../core/entries.ts"
import { type CallStatusChanged, callStatusChanged } from "./entries.ts"

const callsPath = `/2010-04-01/Accounts/${account}/Calls.json`
const fine: Readonly<Record<string, string>> = {
  To: "+15551234567",
  From: "+15550000001",
  Twiml: "<Response><Say>Hello</Say></Response>",
}
const form = (changes: Readonly<Record<string, string>> = {}): ReadonlyArray<Pair> =>
  Object.entries({ ...fine, ...changes })

const dials = (changes: Readonly<Record<string, string>> = {}, settings: Differently = {}) =>
  twilio(settings).when(asked({ path: callsPath, params: form(changes) }))

describe("A call that is made", () => {
  it("is queued, rings, is answered and ends when its document does", () => {
    const made = dials()
    const { body, status } = answerOf(made)
    deepStrictEqual(
      [status, body.status, body.direction, body.to_formatted],
      [201, "queued", "outbound-api", "(555) 123-4567"],
    )
    const life = ranUntil(made).made.flatMap(({ entry }) =>
      callStatusChanged.is(entry) ? [[entry.at, (entry.data as CallStatusChanged).status]] : [],
    )
    deepStrictEqual(life.slice(0, 3), [
      [2000, "initiated"],
      [4000, "ringing"],
      [6000, "in-progress"],
    ])
    strictEqual(life[3]?.[1], "completed")
  })
  it("tells its events", () => {
    const made = dials({
      StatusCallback: "https://app.test/status",
      StatusCallbackEvent: "initiated ringing answered completed",
    })
    const told = ranUntil(made).made.flatMap(({ entry }) =>
      outboundRequested.is(entry) ? [Object.fromEntries((entry.data as OutboundRequested).params)] : [],
    )
    deepStrictEqual(
      told.map(({ CallStatus, SequenceNumber }) => [CallStatus, SequenceNumber]),
      [
        ["initiated", "0"],
        ["ringing", "1"],
        ["in-progress", "2"],
        ["completed", "3"],
      ],
    )
  })
})
