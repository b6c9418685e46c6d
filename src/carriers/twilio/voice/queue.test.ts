import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { callOf, type TestCall } from "../../../../test/support/voice.ts"
import type { QueueResult } from "./events.ts"

const ended = (call: TestCall, result: QueueResult, sid: string | null = "QU1") =>
  call.happens({ type: "queue-ended", id: call.last("enqueue").id, result, sid, duration: 9 })
const entered = (call: TestCall) => call.happens({ type: "queue-entered", id: call.last("enqueue").id })

describe("Enqueue", () => {
  it("puts the call into a queue, and the next verb follows when it is out of it", () => {
    const call = callOf("<Enqueue>support</Enqueue><Hangup/>")
    deepStrictEqual(call.acts, [
      { type: "enqueue", id: 2, name: "support", workflow_sid: null, task: null, max_size: null },
    ])
    deepStrictEqual(entered(call).orders, [])
    deepStrictEqual(ended(call, "bridged").acts, [{ type: "hang-up", reason: "hangup" }])
    deepStrictEqual(call.lines, [{ what: "left-queue", result: "bridged" }])
  })

  it("tells its action how it came out", () => {
    const call = callOf("<Enqueue action='/out' method='GET' maxQueueSize='5'>support</Enqueue>").passes(9_000)
    strictEqual(call.last("enqueue").max_size, 5)
    const { method, params, purpose, url } = ended(call, "leave").fetch
    deepStrictEqual([purpose, method, url], ["enqueue-action", "GET", "https://app.example/out"])
    deepStrictEqual(params, [
      ["QueueResult", "leave"],
      ["QueueSid", "QU1"],
      ["QueueTime", "9"],
    ])
    const full = callOf("<Enqueue action='/out'>support</Enqueue>")
    deepStrictEqual(ended(full, "queue-full", null).fetch.params, [["QueueResult", "queue-full"]])
  })

  it("hands work to a workflow, with its task", () => {
    const call = callOf(`<Enqueue workflowSid="WW1"><Task>{"a":1}</Task></Enqueue>`)
    deepStrictEqual(call.acts, [
      { type: "enqueue", id: 2, name: "", workflow_sid: "WW1", task: '{"a":1}', max_size: null },
    ])
  })

  it("lets the call hear a document while it waits, again and again", () => {
    const call = callOf("<Enqueue waitUrl='/wait' waitUrlMethod='GET'>support</Enqueue><Hangup/>")
    deepStrictEqual([entered(call).fetch.purpose, call.fetch.method], ["queue-wait", "GET"])
    call.gets("<Say>Please wait</Say><Gather numDigits='1' action='/key'/>").passes()
    strictEqual(call.presses("1").fetch.purpose, "queue-wait")
    strictEqual(call.fetch.url, "https://app.example/key")
    call.gets("<Play>/a.mp3</Play>").passes()
    strictEqual(call.fetch.url, "https://app.example/key")
  })

  it("is left by Leave", () => {
    const call = entered(callOf("<Enqueue waitUrl='/wait'>support</Enqueue><Say>Sorry</Say>")).gets("<Leave/>")
    deepStrictEqual(call.orders, [{ type: "leave", id: 2 }])
    deepStrictEqual(ended(call, "leave").lines.at(-1)?.what, "said")
  })

  it("lets the call hear a document before it is connected, which it is behind its last verb", () => {
    const whisper = { method: "GET", url: "https://app.example/whisper" } as const
    const call = entered(callOf("<Enqueue waitUrl='/wait'>support</Enqueue><Hangup/>")).gets("<Say>Please wait</Say>")
    call.happens({ type: "queue-bridged", id: 2, whisper })
    deepStrictEqual([call.fetch.purpose, call.fetch.method, call.fetch.url], ["queue-whisper", "GET", whisper.url])
    call.gets("<Pause length='2'/><Redirect>/more</Redirect>").passes(2_000)
    deepStrictEqual([call.fetch.purpose, call.fetch.url], ["queue-whisper", "https://app.example/more"])
    call.gets("<Gather/><Play>/a.mp3</Play>")
    deepStrictEqual(
      call.orders.flatMap((order) => (order.type === "alert" ? [order.code] : [])),
      [12200],
    )
    deepStrictEqual(call.passes().acts, [{ type: "bridge" }])
    deepStrictEqual(ended(call, "bridged").acts, [{ type: "hang-up", reason: "hangup" }])
  })

  it.each([
    [
      "cannot be had",
      (call: TestCall) => call.happens({ type: "document-failed", id: call.fetch.id, code: 11200, detail: "" }),
    ],
    ["is none", (call: TestCall) => call.answers("nothing", "application/pdf")],
  ])("connects the call all the same where that document %s", (_, comes) => {
    const call = entered(callOf("<Enqueue>support</Enqueue>"))
    call.happens({ type: "queue-bridged", id: 2, whisper: { method: "POST", url: "https://app.example/whisper" } })
    deepStrictEqual(
      comes(call).orders.map(({ type }) => type),
      ["alert", "bridge"],
    )
  })

  it("is told while something is to be heard before", () => {
    const call = entered(callOf("<Enqueue action='/out'>support</Enqueue>"))
    call.happens({ type: "queue-bridged", id: 2, whisper: { method: "POST", url: "https://app.example/whisper" } })
    call.gets("<Play loop='0'>/a.mp3</Play>")
    deepStrictEqual(ended(call, "hangup").fetch.params[0], ["QueueResult", "hangup"])
  })

  it("no longer lets its document be heard once it is bridged", () => {
    const call = entered(callOf("<Enqueue waitUrl='/wait'>support</Enqueue>")).gets("<Say>Please wait</Say>")
    deepStrictEqual(call.happens({ type: "queue-bridged", id: 2 }).orders, [
      { type: "stop", id: 4, of: "wait", answer: false },
      { type: "line", line: { what: "broken-off" } },
    ])
    deepStrictEqual(ended(call, "bridged").acts, [{ type: "hang-up", reason: "end-of-document" }])
  })

  it("ends with the call; an action is told", () => {
    const call = entered(callOf("<Enqueue waitUrl='/wait' action='/out'>support</Enqueue>"))
    deepStrictEqual(call.happens({ type: "hung-up" }).orders, [
      { type: "stop", id: 3, of: "fetch", answer: false },
      { type: "stop", id: 2, of: "queue", answer: true },
    ])
    strictEqual(ended(call, "hangup").fetch.final, true)
    strictEqual(call.done, true)
  })

  it("ends with a Hangup of its document, too", () => {
    for (const action of ["", "action='/out'"]) {
      const call = entered(callOf(`<Enqueue waitUrl='/wait' ${action}>support</Enqueue>`)).gets("<Hangup/>")
      deepStrictEqual(call.orders, [
        { type: "stop", id: 2, of: "queue", answer: action !== "" },
        { type: "hang-up", reason: "hangup" },
      ])
      strictEqual(call.done, action === "")
      if (action !== "") strictEqual(ended(call, "hangup").fetch.final, true)
      strictEqual(call.done, true)
    }
  })

  it("has no verbs in its document that would take the call elsewhere", () => {
    const call = entered(callOf("<Enqueue waitUrl='/wait'>support</Enqueue>"))
    call.gets("<Dial>+14155550100</Dial><Enqueue>other</Enqueue><Record/>")
    deepStrictEqual(call.alerts, [12200])
    deepStrictEqual(
      call.lines.map(({ what }) => what),
      ["not-carried-out", "not-carried-out", "not-carried-out"],
    )
    strictEqual(call.wait, undefined)
  })

  it.each([
    ["<Enqueue/>", 14204],
    [`<Enqueue>${"a".repeat(65)}</Enqueue>`, 14205],
    ["<Enqueue workflowSid='WW1'><Task>{</Task></Enqueue>", 14221],
  ])("%s is an error, and the next verb follows", (verb, code) => {
    const call = callOf(`${verb}<Hangup/>`)
    deepStrictEqual(call.alerts, [code])
    deepStrictEqual(call.acts.at(-1), { type: "hang-up", reason: "hangup" })
    const told = callOf(verb.replace("<Enqueue", "<Enqueue action='/out'"))
    deepStrictEqual(told.fetch.params, [["QueueResult", "error"]])
  })

  it.each([
    ["method='PUT'", 14201],
    ["waitUrl='ftp://x'", 14202],
    ["action='ftp://x'", 14203],
    ["waitUrlMethod='PUT'", 14206],
    ["maxQueueSize='many'", 12200],
  ])("with %s warns, and takes it as not given", (attribute, code) => {
    const call = callOf(`<Enqueue ${attribute}>support</Enqueue>`)
    deepStrictEqual(call.alerts, [code])
    strictEqual(call.last("enqueue").max_size, null)
  })
})
