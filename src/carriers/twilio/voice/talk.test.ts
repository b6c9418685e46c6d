import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { base, callOf, TestCall } from "../../../../test/support/voice.ts"
import { breakMs, speechMs, tonesMs } from "./speech.ts"

const said = { what: "said", loop: 1, language: "en-US", voice: "man" } as const

describe("speech", () => {
  it("takes 65 ms a character, 300 a digit, 200 a wide one, and half a second at least", () => {
    strictEqual(speechMs("ten chars!"), 650)
    strictEqual(speechMs("  ten \n\n chars! "), 650)
    strictEqual(speechMs("12345"), 1_500)
    strictEqual(speechMs("你好世界"), 800)
    strictEqual(speechMs("Hi"), 500)
  })

  it.each([
    ["2s", undefined, 2_000],
    ["1.5s", undefined, 1_500],
    ["250ms", "strong", 250],
    ["60s", undefined, 10_000],
    ["soon", undefined, 400],
    [undefined, "none", 0],
    [undefined, undefined, 400],
  ])("has breaks: %s, %s", (time, strength, ms) => strictEqual(breakMs(time, strength), ms))

  it("has tones", () => strictEqual(tonesMs("1wW#"), 1_900))
})

describe("Say", () => {
  it("is heard for as long as its text takes, and then the next verb", () => {
    const call = callOf("<Say>ten chars!</Say><Say voice='Polly.Joanna' language='en-GB' loop='2'>ten chars!</Say>")
    deepStrictEqual(call.lines, [{ ...said, text: "ten chars!", ms: 650 }])
    strictEqual(call.wait, 650)
    call.passes()
    deepStrictEqual(call.lines, [
      { what: "said", loop: 2, language: "en-GB", voice: "Polly.Joanna", text: "ten chars!", ms: 1_300 },
    ])
    deepStrictEqual(call.passes().acts, [{ type: "hang-up", reason: "end-of-document" }])
    strictEqual(call.done, true)
  })

  it("has markup: its text is heard, and its breaks", () => {
    const call = callOf(
      `<Say>One <break time="1s"/><emphasis level="strong">two</emphasis> <sub alias="World Wide">WW</sub><p>three</p>end</Say>`,
    )
    const text = "One two World Wide three end"
    deepStrictEqual(call.lines, [{ ...said, text, ms: speechMs(text) + 1_000 }])
    deepStrictEqual(call.alerts, [])
  })

  it("repeated without end is heard until something else ends it", () => {
    const call = callOf("<Say loop='0'>ten chars!</Say><Hangup/>")
    deepStrictEqual(call.lines, [{ ...said, loop: 0, text: "ten chars!", ms: null }])
    strictEqual(call.wait, undefined)
    deepStrictEqual(call.happens({ type: "hung-up" }).orders, [])
    strictEqual(call.done, true)
  })

  it.each([
    ["<Say/>", [13520]],
    ["<Say> \n </Say>", [13520]],
    [`<Say>${"a".repeat(4_097)}</Say>`, [13521]],
  ])("without a fitting text is passed over: %#", (verb, alerts) => {
    const call = callOf(`${verb}<Pause/>`)
    deepStrictEqual(call.alerts, alerts)
    deepStrictEqual(call.lines, [{ what: "paused", ms: 1_000 }])
  })

  it.each([
    ["loop='-1'", 13510],
    ["loop='1.5'", 13510],
    ["loop='1001'", 13510],
    ["voice='nobody'", 13511],
    ["language='in English'", 13512],
    ["Loop='2'", 12200],
  ])("with %s is heard as if that were not there", (attribute, code) => {
    const call = callOf(`<Say ${attribute}>ten chars!</Say>`)
    deepStrictEqual(call.alerts, [code])
    deepStrictEqual(call.lines, [{ ...said, text: "ten chars!", ms: 650 }])
  })
})

describe("Play", () => {
  it("takes as long as files are said to, for each time", () => {
    const call = callOf("<Play loop='3'>ring.mp3</Play>", { play_ms: 2_000 })
    deepStrictEqual(call.lines, [{ what: "played", url: "https://app.example/ring.mp3", ms: 6_000, loop: 3 }])
    strictEqual(call.wait, 6_000)
  })

  it("of digits sends tones", () => {
    const call = callOf("<Play digits='ww1#'/>")
    deepStrictEqual(call.acts, [{ type: "send-digits", digits: "ww1#" }])
    strictEqual(call.wait, 1_400)
  })

  it.each([
    ["<Play/>", 11100],
    ["<Play>ftp://a.example/x</Play>", 11100],
    ["<Play digits='12x'/>", 13430],
  ])("of nothing that can be heard is passed over: %s", (verb, code) => {
    const call = callOf(`${verb}<Hangup/>`)
    deepStrictEqual(call.alerts, [code])
    deepStrictEqual(call.acts.at(-1), { type: "hang-up", reason: "hangup" })
  })
})

describe("Pause", () => {
  it("is a second, or as long as it says", () => {
    strictEqual(callOf("<Pause/>").wait, 1_000)
    strictEqual(callOf("<Pause length='90'/>").wait, 90_000)
  })

  it.each(["0", "-1", "1.5", "long"])("of a length of %s is a second, with a warning", (length) => {
    const call = callOf(`<Pause length='${length}'/>`)
    deepStrictEqual(call.alerts, [13910])
    strictEqual(call.wait, 1_000)
  })
})

describe("An inbound call", () => {
  it.each([
    ["<Say>Hi</Say>", "answer"],
    ["<Play digits='1'/>", "answer"],
    ["<Gather/>", "answer"],
    ["<Hangup/>", "answer"],
    ["", "answer"],
    ["<Dial>+14155550100</Dial>", "answer"],
    ["<Dial answerOnBridge='true'>+14155550100</Dial>", "dial"],
    ["<Pause/>", "wait"],
    ["<Redirect>/x</Redirect>", "fetch"],
    ["<Reject/>", "reject"],
  ])("whose document begins with %s first has %s ordered", (verbs, first) => {
    const call = callOf(verbs, { answered: false })
    strictEqual(call.orders.find(({ type }) => type !== "line")?.type, first)
  })

  it("is answered once", () => {
    const call = callOf("<Pause/><Say>Hi</Say><Say>you</Say>", { answered: false })
    call.passes().passes().passes()
    strictEqual(call.given.filter(({ type }) => type === "answer").length, 1)
  })

  it("that its driver answered is not answered again", () => {
    const call = callOf("<Dial answerOnBridge='true'>+14155550100</Dial><Say>Bye</Say>", { answered: false })
    call.happens({ type: "answered" })
    const { id } = call.last("dial")
    call.happens({
      type: "child-ended",
      id,
      status: "completed",
      sid: null,
      duration: 1,
      bridged: true,
      recording: null,
    })
    strictEqual(call.given.filter(({ type }) => type === "answer").length, 0)
  })
})

describe("Hangup", () => {
  it("ends the call, and nothing behind it is heard", () => {
    const call = callOf("<Hangup/><Say>Hi</Say>")
    deepStrictEqual(call.orders, [{ type: "hang-up", reason: "hangup" }])
    strictEqual(call.done, true)
    deepStrictEqual(call.happens({ type: "hung-up" }).orders, [])
  })
})

describe("Reject", () => {
  it.each([
    ["<Reject/>", "rejected", []],
    ["<Reject reason='busy'/>", "busy", []],
    ["<Reject reason='rude'/>", "rejected", [13810]],
  ] as const)("%s of a call that is not answered", (verb, reason, alerts) => {
    const call = callOf(`${verb}<Say>Hi</Say>`, { answered: false })
    deepStrictEqual(call.alerts, alerts)
    deepStrictEqual(call.orders.at(-1), { type: "reject", reason })
    strictEqual(call.done, true)
  })

  it("of a call that is answered ends it", () => {
    const call = callOf("<Say>Hi</Say><Reject reason='busy'/>", { answered: false }).passes()
    deepStrictEqual(call.orders, [{ type: "hang-up", reason: "rejected" }])
  })
})

describe("Redirect", () => {
  it("goes on with another document, and nothing behind it is heard", () => {
    const call = callOf("<Redirect method='get'>next?a=1</Redirect><Say>Hi</Say>")
    const url = "https://app.example/next?a=1"
    deepStrictEqual(call.lines, [{ what: "redirected", url }])
    deepStrictEqual(call.fetch, {
      type: "fetch",
      id: 2,
      purpose: "redirect",
      method: "GET",
      url,
      params: [],
      final: false,
    })
    strictEqual(call.gets("<Redirect/>").fetch.url, url)
  })

  it("with a method that is none posts", () => {
    const call = callOf("<Redirect method='PUT'>/x</Redirect>")
    deepStrictEqual(call.alerts, [13710])
    strictEqual(call.fetch.method, "POST")
  })

  it("to a URL that is none ends the call with an apology", () => {
    const call = callOf("<Redirect>ftp://x</Redirect>")
    deepStrictEqual(call.alerts, [11100])
    deepStrictEqual(call.passes().orders, [{ type: "hang-up", reason: "error" }])
  })
})

describe("Sms", () => {
  it("is sent, and the next verb follows", () => {
    const call = callOf("<Sms>Hello</Sms><Hangup/>")
    deepStrictEqual(call.acts, [
      {
        type: "send-sms",
        id: 2,
        to: null,
        from: null,
        body: "Hello",
        status_callback: null,
        answer: false,
      },
      { type: "hang-up", reason: "hangup" },
    ])
  })

  it("with an action tells it what became of the message", () => {
    const call = callOf(
      "<Sms to='(415) 555-0100' from='+14155550101' action='sent' method='GET' statusCallback='/s'>Hello</Sms><Hangup/>",
    )
    const sms = call.last("send-sms")
    deepStrictEqual([sms.to, sms.from, sms.answer], ["+14155550100", "+14155550101", true])
    strictEqual(sms.status_callback, "https://app.example/s")
    call.happens({ type: "sms-sent", id: sms.id, sid: "SM1", status: "queued" })
    strictEqual(call.fetch.purpose, "sms-action")
    strictEqual(call.fetch.url, "https://app.example/sent")
    deepStrictEqual(call.fetch.params, [
      ["SmsSid", "SM1"],
      ["SmsStatus", "queued"],
    ])
  })

  it.each([
    ["<Sms/>", [14103]],
    [`<Sms>${"a".repeat(1_601)}</Sms>`, [14103]],
    ["<Sms to='x y z!'>a</Sms>", [14101]],
    ["<Sms from='!'>a</Sms>", [14102]],
    ["<Sms method='PUT'>a</Sms>", [14104]],
    ["<Sms statusCallback='ftp://x'>a</Sms>", [14105]],
  ])("that is wrong is told: %#", (verb, alerts) => deepStrictEqual(callOf(verb).alerts, alerts))

  it("to or from what is no address is not sent", () => {
    for (const verb of ["<Sms to='x y z!'>a</Sms>", "<Sms from='!'>a</Sms>"])
      deepStrictEqual(
        callOf(verb).acts.map(({ type }) => type),
        ["alert", "hang-up"],
      )
  })
})

describe("Leave", () => {
  it("outside of a queue is passed over", () => {
    const call = callOf("<Leave/><Hangup/>")
    deepStrictEqual(call.alerts, [12200])
    deepStrictEqual(call.acts.at(-1), { type: "hang-up", reason: "hangup" })
  })
})

describe("A document of a call", () => {
  it("has verbs and attributes that Twilio knows; others are told and passed over", () => {
    const call = callOf("text<say>x</say><Message>x</Message><Pause color='red'>x</Pause>")
    deepStrictEqual(call.alerts, [12200])
    deepStrictEqual(call.orders[0], {
      type: "alert",
      code: 12200,
      detail: "text stands directly in <Response> (and 4 more)",
      url: base,
    })
    deepStrictEqual(call.lines, [{ what: "paused", ms: 1_000 }])
  })

  it("may have verbs of Twilio that are not carried out here; it is said so", () => {
    const call = callOf("<Start><Stream url='wss://x'/></Start><Connect/><Hangup/>")
    deepStrictEqual(call.alerts, [13750])
    deepStrictEqual(call.lines, [
      { what: "not-carried-out", verb: "Start" },
      { what: "not-carried-out", verb: "Connect" },
    ])
  })

  it("given as text has no URL against which others are read", () => {
    const twiml = "<Response><Gather action='/x'/></Response>"
    const call = new TestCall({ by: { twiml } })
    deepStrictEqual(call.alerts, [15004])
    deepStrictEqual(call.presses("1#").alerts, [11100])
  })
})
