import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { callee, callees, dials, entriesOf, heard, lifeOf, sentBy, sidOf } from "../../../../test/support/calls.ts"
import { at, type Stage } from "../../../../test/support/given.ts"
import { ranUntil } from "../../../../test/support/twilio.ts"
import { nextTimer, timersMachine } from "../../../clock/timers.machine.ts"
import { outboundAnswered, outboundFailed, timerFired, timerSet, turnFailed } from "../../../core/entries.ts"
import { callPressed } from "./entries.ts"

/** A rule threw at this input, which left nothing but that. */
const threw = (stage: Stage, ms: number, input: { type: string; subject: string; cause?: number; data?: object }) =>
  stage.when(at(ms, turnFailed.draft("", { error: "a rule threw", input: { cause: 0, data: {}, ...input } })))

const talking = () => {
  const dialled = dials(
    { Url: "https://app.test/voice", Twiml: undefined },
    callees({ number: callee, outcome: "answered" }),
  )
  const stage = ranUntil(dialled, 10_000)
  return { asked: sentBy(stage, "twiml")[0]?.seq ?? 0, sid: sidOf(dialled), stage }
}

describe("A call at which a rule threw", () => {
  it.each([outboundAnswered.type, outboundFailed.type])("in %s of its instructions, ends with an alert", (type) => {
    const { asked, sid, stage } = talking()
    const over = ranUntil(threw(stage, 11_000, { type, subject: sid, cause: asked }))
    deepStrictEqual(lifeOf(over, sid), [[11_000, "completed"]])
    deepStrictEqual(heard(over, sid), ["alert 12400 a rule of the exchange threw: turn.failed in the log", "completed"])
    strictEqual(nextTimer(over.world.slice(timersMachine)), undefined)
  })
  it("in the timer it was waiting for, fails before it is answered", () => {
    const dialled = dials()
    const sid = sidOf(dialled)
    const { key, set } = nextTimer(dialled.world.slice(timersMachine))!
    const over = ranUntil(threw(dialled, 2_000, { type: timerFired.type, subject: sid, cause: set, data: { key } }))
    deepStrictEqual(lifeOf(over, sid), [[2_000, "failed"]])
  })
  it("in the very timer that is to end it, is left alone", () => {
    const { asked, sid, stage } = talking()
    const broken = threw(stage, 11_000, { type: outboundAnswered.type, subject: sid, cause: asked })
    const set = entriesOf(broken).find(timerSet.is)
    const again = threw(broken, 11_000, {
      type: timerFired.type,
      subject: sid,
      cause: set?.seq ?? 0,
      data: { key: `call ${sid} broken` },
    })
    strictEqual(entriesOf(again).length, 1)
  })
  it("in something it was not waiting for, goes on", () => {
    const { sid, stage } = talking()
    strictEqual(entriesOf(threw(stage, 11_000, { type: callPressed.type, subject: sid })).length, 1)
    strictEqual(entriesOf(threw(stage, 11_000, { type: outboundAnswered.type, subject: sid, cause: 1 })).length, 1)
  })
})
