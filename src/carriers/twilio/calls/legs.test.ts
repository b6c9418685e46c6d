import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import {
  callees,
  caller,
  callForm,
  callPath,
  callsPath,
  entriesOf,
  heard,
  lifeOf,
  paramsOf,
  sentBy,
} from "../../../../test/support/calls.ts"
import { at, givenEntries, type Stage } from "../../../../test/support/given.ts"
import {
  account,
  answerOf,
  asked,
  type Differently,
  get,
  ranUntil,
  started,
  update,
} from "../../../../test/support/twilio.ts"
import { nextTimer, timersMachine } from "../../../clock/timers.machine.ts"
import { outboundAnswered } from "../../../core/entries.ts"
import { numberBought, numberReleased } from "../senders/entries.ts"
import { twilioMachine } from "../twilio.machine.ts"
import {
  type CallCreated,
  callArrived,
  callCreated,
  callHungUp,
  callPickedUp,
  callPressed,
  callSpoken,
} from "./entries.ts"

const [menu, desk] = ["+14155550100", "+14155550101"] as const
const phone = "+12125550123"
const hook = (name: string) => `https://app.test/${name}`

/** Two numbers, each with a VoiceUrl of its own. */
const exchange = (settings: Differently = {}): Stage => {
  const bought = (sid: string, number: string, name: string) =>
    numberBought.draft(sid, {
      account_sid: account,
      config: { status_callback: hook(`${name}/over`), voice_url: hook(name) },
      phone_number: number,
    })
  return givenEntries(twilioMachine, started(settings), bought("PN1", menu, "menu"), bought("PN2", desk, "desk"))
}
const dials = (
  changes: Readonly<Record<string, string | undefined>> = {},
  before: Stage = exchange({ allowed_from_numbers: [caller] }),
): Stage =>
  before.when(
    asked({
      path: callsPath,
      params: callForm({ To: menu, Twiml: "<Response><Pause length='60'/></Response>", ...changes }),
    }),
  )

const calls = (stage: Stage) =>
  entriesOf(stage).flatMap((entry) =>
    callCreated.is(entry) ? [{ sid: entry.subject, made: entry.data as CallCreated }] : [],
  )
const sidTo = (stage: Stage, direction: CallCreated["direction"], to = menu as string) =>
  calls(stage).findLast(({ made }) => made.direction === direction && made.to === to)?.sid ?? ""
/** What somebody asked for comes: the last request about this call. */
const says = (stage: Stage, sid: string, verbs: string): Stage => {
  const last = sentBy(stage, "twiml").findLast(({ subject }) => subject === sid)
  const data = { body: `<Response>${verbs}</Response>`, content_type: "text/xml", status: 200 }
  const next = stage.when(at(stage.world.at, outboundAnswered.draft(sid, data, last?.seq ?? 0)))
  return { ...next, made: [...stage.made, ...next.made] }
}
const rung = (changes: Readonly<Record<string, string | undefined>> = {}) => {
  const stage = ranUntil(dials(changes), 10_000)
  return { inbound: sidTo(stage, "inbound"), outbound: sidTo(stage, "outbound-api"), stage }
}

describe("A number of the exchange that is dialled", () => {
  it("gets a call of its own when it rings, and its VoiceUrl is asked", () => {
    const { inbound, outbound, stage } = rung()
    const [made] = calls(stage).filter(({ sid }) => sid === inbound)
    deepStrictEqual(
      [made?.made.from, made?.made.to, made?.made.dialled_by, made?.made.phone_number_sid],
      [caller, menu, outbound, "PN1"],
    )
    const [asks] = sentBy(stage, "twiml")
    const { CallSid, CallStatus, Direction } = paramsOf(asks!)
    deepStrictEqual(
      [asks?.data.url, asks?.at, CallSid, CallStatus, Direction],
      [hook("menu"), 4_000, inbound, "ringing", "inbound"],
    )
    const { body } = answerOf(stage.when(get(callPath(inbound))))
    deepStrictEqual(
      [body.direction, body.status, body.parent_call_sid, body.sid === outbound],
      ["inbound", "ringing", null, false],
    )
  })
  it("answers when its instructions do; the two calls last and end together", () => {
    const { inbound, outbound, stage } = rung()
    const over = ranUntil(says(stage, inbound, "<Pause/><Say>Hello</Say><Pause length='5'/>"))
    const life = (sid: string) => lifeOf(over, sid).filter(([, status]) => /progress|completed/.test(status))
    strictEqual(life(inbound).length, 2)
    deepStrictEqual(life(inbound), life(outbound))
    strictEqual(heard(over, inbound).includes("said Hello"), true)
    deepStrictEqual(
      sentBy(over, "callback").map((told) => [told.data.url, paramsOf(told).CallSid]),
      [[hook("menu/over"), inbound]],
    )
    strictEqual(nextTimer(over.world.slice(timersMachine)), undefined)
  })
  it.each([
    ["says nothing", ""],
    ["hangs up at once", "<Hangup/>"],
    ["calls in vain", "<Dial answerOnBridge='true'><Sim>DE1</Sim></Dial>"],
  ])("is answered and over at one instant where it %s", (_, verbs) => {
    const { inbound, outbound, stage } = rung()
    const over = says(stage, inbound, verbs)
    const both = [
      [4_000, "in-progress"],
      [4_000, "completed"],
    ]
    deepStrictEqual([lifeOf(over, inbound), lifeOf(over, outbound).slice(-2)], [both, both])
    const { body } = answerOf(over.when(get(callPath(outbound))))
    deepStrictEqual([body.status, body.duration, body.price], ["completed", "0", null])
    strictEqual(nextTimer(ranUntil(over).world.slice(timersMachine)), undefined)
  })
  it("lets who dials it go on, as far up as calls wait for it, where it is answered and over at one instant", () => {
    const stage = exchange().when(at(1_000, callArrived.draft("", { from: phone, to: desk })))
    const first = sidTo(stage, "inbound", desk)
    const dial = (number: string) => `<Dial answerOnBridge='true' action='/done'>${number}</Dial>`
    const ringing = ranUntil(says(stage, first, dial(menu)), 6_000)
    const over = says(ringing, sidTo(ringing, "inbound"), "<Hangup/>")
    const { DialBridged, DialCallDuration, DialCallStatus } = paramsOf(sentBy(over, "twiml").at(-1)!)
    deepStrictEqual([DialCallStatus, DialBridged, DialCallDuration], ["completed", "true", "0"])
    deepStrictEqual(
      lifeOf(ranUntil(says(over, first, "<Say>Goodbye</Say>"), 20_000), first).map(([, status]) => status),
      ["in-progress", "completed"],
    )
  })
  it.each([
    ["<Reject reason='busy'/>", "busy", "busy"],
    ["<Reject/>", "no-answer", "no-answer"],
  ])("turns the call away by %s", (verbs, inboundStatus, outboundStatus) => {
    const { inbound, outbound, stage } = rung()
    const over = says(stage, inbound, verbs)
    deepStrictEqual(lifeOf(over, inbound), [[4_000, inboundStatus]])
    deepStrictEqual(lifeOf(over, outbound).at(-1), [4_000, outboundStatus])
  })
  it("rings for the time of the call where nobody answers", () => {
    const { inbound, outbound, stage } = rung({ Timeout: "20" })
    const over = ranUntil(stage)
    deepStrictEqual(
      [lifeOf(over, outbound).at(-1), lifeOf(over, inbound)],
      [[24_000, "no-answer"], [[24_000, "no-answer"]]],
    )
  })
  it("is not picked up by an order about who calls it: its instructions answer", () => {
    const { inbound, outbound, stage } = rung()
    const ordered = stage.when(at(6_000, callPickedUp.draft(outbound, {})))
    deepStrictEqual(lifeOf(ordered), [])
    deepStrictEqual(
      lifeOf(says(stage, inbound, "<Say>Hello</Say>"), outbound).map(([, status]) => status),
      ["initiated", "ringing", "in-progress"],
    )
  })
  it.each([
    ["is taken back", (sid: string) => update(callPath(sid), [["Status", "canceled"]]), "canceled", "no-answer"],
    ["is hung up where it rings", (sid: string) => callHungUp.draft(sid, {}), "no-answer", "no-answer"],
  ] as const)("is called no longer when the call %s", (_, order, outboundStatus, inboundStatus) => {
    const { inbound, outbound, stage } = rung()
    const over = stage.when(at(6_000, order(outbound)))
    strictEqual(answerOf(over.when(get(callPath(outbound)))).body.status, outboundStatus)
    strictEqual(answerOf(over.when(get(callPath(inbound)))).body.status, inboundStatus)
  })
  it("is a phone where settings describe it, fails where they say so, and is one without a VoiceUrl", () => {
    const described = dials({}, exchange(callees({ number: menu, outcome: "busy" })))
    const failing = dials({}, exchange({ failure_numbers: [menu] }))
    for (const [stage, status] of [
      [described, "busy"],
      [failing, "failed"],
    ] as const) {
      const over = ranUntil(stage)
      deepStrictEqual([calls(over).length, lifeOf(over).at(-1)?.[1]], [1, status])
    }
    const bare = givenEntries(
      twilioMachine,
      started(),
      numberBought.draft("PN1", { account_sid: account, config: {}, phone_number: menu }),
    )
    deepStrictEqual(
      calls(ranUntil(dials({}, bare), 10_000)).map(({ made }) => made.direction),
      ["outbound-api"],
    )
  })
  it("fails where nobody has it any more by then", () => {
    const stage = dials()
    stage.when(at(1_000, numberReleased.draft("PN1", {})))
    const over = ranUntil(stage, 10_000)
    deepStrictEqual(lifeOf(over).at(-1), [4_000, "failed"])
    strictEqual(heard(over).at(-1), "failed nobody has the number any more")
  })
})

describe("Keys that are sent to a number of the exchange", () => {
  const gather = "<Gather numDigits='3' action='/key' timeout='30'/>"
  it("by SendDigits are heard by its Gather, each in its time", () => {
    const { inbound, outbound, stage } = rung({ SendDigits: "W1w23" })
    const pressed = ranUntil(says(stage, inbound, gather), 12_000)
    const times = entriesOf(pressed).flatMap((entry) =>
      callPressed.is(entry) ? [[entry.subject, entry.at, entry.data.digits]] : [],
    )
    deepStrictEqual(times, [
      [inbound, 5_000, "1"],
      [inbound, 5_700, "23"],
    ])
    strictEqual(paramsOf(sentBy(pressed, "twiml").at(-1)!).Digits, "123")
    deepStrictEqual(
      heard(pressed, outbound).filter((line) => line.startsWith("sent")),
      ["sent-digits 1", "sent-digits 23"],
    )
  })
  it("by the instructions of one of the two calls are heard by the other one", () => {
    const { inbound, stage } = rung({
      Twiml: "<Response><Pause length='2'/><Play digits='w4w56'/><Pause length='9'/></Response>",
    })
    const pressed = ranUntil(says(stage, inbound, gather), 10_000)
    strictEqual(paramsOf(sentBy(pressed, "twiml").at(-1)!).Digits, "456")
    const back = rung({ Twiml: "<Response><Gather numDigits='1' action='https://app.test/mine'/></Response>" })
    const heardBack = ranUntil(
      says(back.stage, back.inbound, "<Say>Hello</Say><Play digits='7'/><Pause length='9'/>"),
      10_000,
    )
    const told = sentBy(heardBack, "twiml").find(({ data }) => data.url === "https://app.test/mine")
    strictEqual(paramsOf(told!).Digits, "7")
  })
  it("are pressed by a phone that is connected with it by Dial, and so is what is said", () => {
    const stage = exchange().when(at(1_000, callArrived.draft("", { from: phone, to: desk })))
    const first = sidTo(stage, "inbound", desk)
    const ringing = ranUntil(says(stage, first, `<Dial action='/done'>${menu}</Dial>`), 5_000)
    const second = sidTo(ringing, "inbound")
    const talking = says(ringing, second, "<Gather input='dtmf speech' numDigits='2' action='/key' timeout='30'/>")
    deepStrictEqual([heard(talking, first).at(-1)?.startsWith("bridged"), second === first], [true, false])
    const pressed = talking.when(at(8_000, callPressed.draft(first, { digits: "42" })))
    deepStrictEqual(
      sentBy(pressed, "twiml").map((asks) => [asks.subject, paramsOf(asks).Digits]),
      [[second, "42"]],
    )
    const again = says(pressed, second, "<Gather input='speech' action='/said' speechTimeout='1'/>")
    const spoken = ranUntil(
      again.when(at(9_000, callSpoken.draft(first, { confidence_bp: 9_000, text: "Hello" }))),
      20_000,
    )
    strictEqual(paramsOf(sentBy(spoken, "twiml")[0]!).SpeechResult, "Hello")
    const over = spoken.when(at(21_000, callHungUp.draft(first, {})))
    deepStrictEqual(
      lifeOf(over).map(([, status]) => status),
      ["completed", "completed", "completed"],
    )
  })
})

describe("Numbers that dial each other", () => {
  it("come to an end: one that has led to the call itself fails", () => {
    let stage = exchange().when(at(1_000, callArrived.draft("", { from: phone, to: desk })))
    stage = ranUntil(says(stage, sidTo(stage, "inbound", desk), `<Dial>${menu}</Dial><Pause length='5'/>`), 5_000)
    const second = sidTo(stage, "inbound")
    strictEqual(heard(stage, second)[0], "dialled-by")
    stage = ranUntil(
      says(stage, second, `<Dial><Number>${menu}</Number><Number>${desk}</Number></Dial><Pause length='5'/>`),
      60_000,
    )
    deepStrictEqual(
      calls(stage).map(({ made }) => [made.direction, made.to, made.plan?.outcome]),
      [
        ["inbound", desk, undefined],
        ["outbound-dial", menu, "no-answer"],
        ["inbound", menu, undefined],
        ["outbound-dial", menu, "failed"],
        ["outbound-dial", desk, "failed"],
      ],
    )
    strictEqual(
      heard(stage).filter((line) => line === "failed instructions of the number itself have led to this call").length,
      2,
    )
    strictEqual(nextTimer(ranUntil(stage).world.slice(timersMachine)), undefined)
  })
  it("are a loop also where one of them goes on by instructions of its own", () => {
    let stage = exchange().when(at(1_000, callArrived.draft("", { from: phone, to: desk })))
    stage = ranUntil(says(stage, sidTo(stage, "inbound", desk), "<Dial>+15558889999</Dial>"), 8_000)
    const child = sidTo(stage, "outbound-dial", "+15558889999")
    stage = ranUntil(
      stage.when(at(9_000, update(callPath(child), [["Twiml", `<Response><Dial>${desk}</Dial></Response>`]]))),
    )
    strictEqual(heard(stage).filter((line) => line.startsWith("failed instructions of the number itself")).length, 1)
  })
  it("are five in a row at most", () => {
    const numbers = Array.from({ length: 8 }, (_, i) => `+1415555020${i}`)
    let stage = givenEntries(
      twilioMachine,
      started(),
      ...numbers.map((phone_number, i) =>
        numberBought.draft(`PN${i}`, { account_sid: account, config: { voice_url: hook(`n${i}`) }, phone_number }),
      ),
    ).when(at(1_000, callArrived.draft("", { from: phone, to: numbers[0] ?? "" })))
    for (const [i, number] of numbers.slice(0, 5).entries())
      stage = ranUntil(says(stage, sidTo(stage, "inbound", number), `<Dial>${numbers[i + 1]}</Dial>`), 10_000 * (i + 1))
    deepStrictEqual(
      calls(stage).flatMap(({ made }) => (made.plan === undefined ? [] : [made.plan.outcome])),
      ["no-answer", "no-answer", "no-answer", "no-answer", "failed"],
    )
    strictEqual(heard(stage).includes("failed instructions of 5 numbers in a row have led to this call"), true)
  })
})
