import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { base, callOf, ordersOf, TestCall } from "../../../../test/support/voice.ts"
import { limits } from "../../../core/limits.ts"
import { speechMs } from "./speech.ts"
import { apology } from "./work.ts"

const fallback = { method: "GET", url: "https://app.example/fallback" } as const

describe("A call", () => {
  it("asks for its document, which may be a GET", () => {
    const call = new TestCall({ by: { method: "GET", url: base } })
    deepStrictEqual(call.orders, [
      { type: "fetch", id: 1, purpose: "url", method: "GET", url: base, params: [], final: false },
    ])
  })

  it("carries a document out that it is given as text", () =>
    deepStrictEqual(new TestCall({ by: { twiml: "<Response><Hangup/></Response>" } }).acts, [
      { type: "hang-up", reason: "hangup" },
    ]))

  it("ends when its document does", () =>
    deepStrictEqual(callOf("").acts, [{ type: "hang-up", reason: "end-of-document" }]))

  it("takes no notice of what it does not wait for", () => {
    const call = callOf("<Pause/>")
    const { state } = call.step
    for (const id of [0, 1, 3, 99])
      for (const type of [
        "elapsed",
        "conference-waits",
        "conference-started",
        "queue-entered",
        "queue-bridged",
      ] as const)
        deepStrictEqual(call.happens({ type, id }).step, { state, orders: [] })
    deepStrictEqual(call.happens({ type: "document", id: 1, text: "<x/>", content_type: null }).orders, [])
    deepStrictEqual(call.happens({ type: "document-failed", id: 1, code: 11200, detail: "" }).orders, [])
    deepStrictEqual(call.happens({ type: "answered" }).orders, [])
    deepStrictEqual(call.presses("x?").orders, [])
    deepStrictEqual(call.says(" ").orders, [])
  })

  it("knows what was pressed and said, though nobody listened", () => {
    const call = callOf("<Pause/>").presses("1z2")
    deepStrictEqual(call.orders, [{ type: "line", line: { what: "pressed", digits: "12" } }])
    deepStrictEqual(call.says("Hi").orders, [{ type: "line", line: { what: "spoke", text: "Hi" } }])
  })

  it("that is over hears nothing any more", () => {
    const call = callOf("<Hangup/>")
    call.presses("1")
    deepStrictEqual(call.orders, [])
    deepStrictEqual(call.happens({ type: "replaced", by: { twiml: "<Response/>" } }).orders, [])
  })

  it("that is over while a document is asked for does not carry it out", () => {
    const call = new TestCall().happens({ type: "hung-up" })
    deepStrictEqual(call.orders, [{ type: "stop", id: 1, of: "fetch", answer: false }])
    deepStrictEqual(call.gets("<Say>Hi</Say>").orders, [])
  })
})

describe("Other instructions", () => {
  it("take the place of those that are carried out", () => {
    const call = callOf("<Say>ten chars!</Say><Say>never</Say>").happens({ type: "replaced", by: fallback })
    deepStrictEqual(call.orders, [
      { type: "stop", id: 2, of: "wait", answer: false },
      { type: "line", line: { what: "broken-off" } },
      { type: "fetch", id: 3, purpose: "update", ...fallback, params: [], final: false },
    ])
    deepStrictEqual(call.gets("<Hangup/>").acts, [{ type: "hang-up", reason: "hangup" }])
  })

  it.each([
    ["<Dial action='/a'>+14155550100</Dial>", [{ type: "stop", id: 2, of: "dial", answer: false }]],
    ["<Dial><Conference>a</Conference></Dial>", [{ type: "stop", id: 2, of: "conference", answer: false }]],
    ["<Enqueue action='/a'>a</Enqueue>", [{ type: "stop", id: 2, of: "queue", answer: false }]],
    ["<Redirect>/a</Redirect>", [{ type: "stop", id: 2, of: "fetch", answer: false }]],
    [
      "<Record/>",
      [
        { type: "stop", id: 3, of: "wait", answer: false },
        { type: "stop", id: 2, of: "record", answer: false },
      ],
    ],
  ] as const)("break %s off", (verb, stops) => {
    const call = callOf(verb).happens({ type: "replaced", by: { twiml: "<Response><Hangup/></Response>" } })
    deepStrictEqual(call.acts, [...stops, { type: "hang-up", reason: "hangup" }])
  })

  it("may name another fallback, or none", () => {
    const call = callOf("<Pause/>", { fallback })
    call.happens({ type: "replaced", by: { twiml: "nothing" }, fallback: null })
    deepStrictEqual(call.alerts, [12100])
    strictEqual(ordersOf(call, "fetch").length, 0)
  })
})

describe("A document", () => {
  it.each([
    ["text/xml", "<Response><Pause/></Response>", "paused"],
    ["application/xml", "<Response><Pause/></Response>", "paused"],
    ["text/html", "<Response><Pause/></Response>", "paused"],
    ["text/plain", "<Response><Pause/></Response>", "paused"],
    ["text/plain", "<p>Hi", "said"],
    ["text/plain", "<p>Hi</p>", "said"],
    ["text/plain", "Hello\n there", "said"],
    ["audio/mpeg", "ID3", "played"],
    [null, " <Response><Pause/></Response>", "paused"],
    [null, "Hello", "said"],
  ] as const)("of type %s: %s is %s, and then the call ends", (type, text, what) => {
    const call = new TestCall().answers(text, type)
    deepStrictEqual(
      call.lines.map((line) => line.what),
      [what],
    )
    deepStrictEqual(call.passes().orders, [{ type: "hang-up", reason: "end-of-document" }])
  })

  it("that is audio is heard again and again by a call that waits", () => {
    const call = callOf("<Enqueue waitUrl='/music'>a</Enqueue>").happens({ type: "queue-entered", id: 2 })
    call.answers("ID3", "audio/mpeg")
    deepStrictEqual(call.lines, [{ what: "played", url: "https://app.example/music", ms: null, loop: 0 }])
  })

  it.each([
    ["image/png", "x", 12300],
    ["", "x", 12300],
    ["text/xml", "", 12100],
    ["text/plain", " ", 12100],
    ["text/xml", "<Response>", 12100],
    ["text/xml", '<?xml version="2.0"?><Response/>', 12101],
    ["text/xml", "<response/>", 12102],
    ["text/xml", '<!DOCTYPE x [<!ENTITY a "b">]><Response>&a;</Response>', 12100],
    ["text/xml", "<Response>".repeat(100), 12100],
    ["text/xml", `<Response>${" ".repeat(10_000_000)}</Response>`, 11750],
    ["text/plain", "a".repeat(limits.answerBytesMax + 1), 11750],
  ])("of type %s that is none is told, and ends the call with an apology", (type, text, code) => {
    const call = new TestCall({ answered: false }).answers(text, type)
    deepStrictEqual(call.alerts, [code])
    deepStrictEqual(ordersOf(call, "answer"), [{ type: "answer" }])
    const ms = speechMs(apology)
    deepStrictEqual(call.lines, [{ what: "said", text: apology, ms, loop: 1, language: "en-US", voice: "man" }])
    deepStrictEqual(call.passes().orders, [{ type: "hang-up", reason: "error" }])
    strictEqual(call.now, ms)
  })

  it("that cannot be had has the fallback asked, which is told why; once that fails too, the call ends", () => {
    const call = new TestCall({ fallback })
    call.happens({ type: "document-failed", id: 1, code: 11200, detail: "the answer's status is 500" })
    deepStrictEqual(call.orders, [
      { type: "alert", code: 11200, detail: "the answer's status is 500", url: base },
      {
        type: "fetch",
        id: 2,
        purpose: "fallback",
        ...fallback,
        params: [
          ["ErrorCode", "11200"],
          ["ErrorUrl", base],
        ],
        final: false,
      },
    ])
    call.answers("nothing")
    deepStrictEqual(call.alerts, [12100])
    deepStrictEqual(call.passes().orders, [{ type: "hang-up", reason: "error" }])
  })

  it("of a fallback goes on like any other, and may fall back again", () => {
    const call = new TestCall({ fallback }).answers("nothing").gets("<Redirect>/more</Redirect>")
    strictEqual(call.fetch.url, "https://app.example/more")
    strictEqual(call.answers("nothing").fetch.purpose, "fallback")
  })

  it("that cannot be had by one who is called ends that call", () => {
    const call = new TestCall({ role: "whisper" }).answers("nothing")
    deepStrictEqual(call.passes().orders, [{ type: "hang-up", reason: "error" }])
  })
})

describe("What a call may do", () => {
  it("is bounded: so many documents without anything heard", () => {
    const call = callOf("<Redirect/>", { fallback })
    for (let i = 2; i < limits.callRedirectsMax; i++) strictEqual(call.gets("<Redirect/>").fetch.url, base)
    call.gets("<Redirect/>")
    deepStrictEqual(ordersOf(call, "alert"), [
      { type: "alert", code: 11215, detail: `more than ${limits.callRedirectsMax} documents`, url: base },
    ])
    deepStrictEqual(call.passes().orders, [{ type: "hang-up", reason: "error" }])
  })

  it("begins anew whenever something is heard", () => {
    const call = new TestCall()
    for (let i = 0; i < 3 * limits.callRedirectsMax; i++) call.gets("<Pause/><Redirect/>").passes()
    strictEqual(call.fetch.url, base)
  })

  it("is bounded: so many documents in all", () => {
    const call = new TestCall()
    for (let i = 1; i < limits.callDocumentsMax; i++) call.gets("<Pause/><Redirect/>").passes()
    deepStrictEqual(call.gets("<Pause/><Redirect/>").passes().alerts, [11215])
    deepStrictEqual(call.passes().orders, [{ type: "hang-up", reason: "error" }])
  })

  it("is bounded: so many verbs at once", () => {
    const most = callOf("<Sms>a</Sms>".repeat(limits.callVerbsAtOnceMax))
    deepStrictEqual(most.alerts, [])
    const more = callOf("<Sms>a</Sms>".repeat(limits.callVerbsAtOnceMax + 1), { fallback })
    strictEqual(ordersOf(more, "send-sms").length, limits.callVerbsAtOnceMax)
    deepStrictEqual(more.alerts, [11215])
    deepStrictEqual(more.passes().orders, [{ type: "hang-up", reason: "error" }])
  })

  it("is bounded: so many verbs in all", () => {
    const call = new TestCall()
    const verbs = `${"<Pause/>".repeat(49)}<Redirect/>`
    while (call.alerts.length === 0) {
      call.gets(verbs)
      while (call.wait !== undefined && call.alerts.length === 0) call.passes()
    }
    deepStrictEqual(call.alerts, [11215])
    strictEqual(call.step.state.verbs, limits.callVerbsMax + 1)
  })

  it("is bounded for one who waits: then it is silent", () => {
    const call = callOf("<Enqueue waitUrl='/w'>a</Enqueue>").happens({ type: "queue-entered", id: 2 })
    for (let i = 0; call.alerts.length === 0; i++) {
      strictEqual(i < limits.callRedirectsMax, true)
      call.gets("<Redirect/>")
    }
    deepStrictEqual(call.alerts, [11215])
    strictEqual(call.wait, undefined)
    strictEqual(call.done, false)
  })
})
