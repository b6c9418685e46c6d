import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { rules } from "../../src/app/rules.ts"
import { verifyRows } from "../../src/engine/verify.ts"
import { readRecording } from "../../src/log/recording.ts"
import { matchers } from "../../src/testing/testing.ts"
import { begin, refused } from "../support/begin.ts"
import { newFolder } from "../support/folder.ts"
import { listen } from "../support/listener.ts"

const to = "+15551234567"
const from = "+15550000001"
const menu =
  '<Response><Gather numDigits="1" input="dtmf speech"><Say>Press 1 to\n confirm.</Say></Gather><Say>Goodbye</Say></Response>'

describe("Calls in a test", () => {
  it("are read back, waited for, and answered, spoken to and hung up at their other ends", async () => {
    const { client, ringback } = await begin({
      settings: { twilio: { numbers: { [to]: { call: { answers_after: "20s" } } } } },
    })
    const { sid } = await client.calls.create({ to, from, twiml: menu })
    deepStrictEqual(
      ringback.calls
        .list()
        .map(({ direction, duration, parentCallSid, startTime, status, ...call }) => [
          call.sid,
          call.from,
          call.to,
          direction,
          status,
          duration,
          parentCallSid,
          startTime,
        ]),
      [[sid, from, to, "outbound-api", "queued", null, null, null]],
    )
    await ringback.clock.advance("5s")
    strictEqual(ringback.calls.get(sid).status, "ringing")
    strictEqual((await ringback.calls.answer(sid)).status, "in-progress")
    const call = await ringback.calls.waitFor({ to, said: "Press 1 to confirm" })
    const pressed = await ringback.calls.press(call, "1")
    strictEqual(pressed.sid, sid)
    await ringback.clock.runToEnd()
    const over = ringback.calls.get(sid)
    strictEqual(over.status, "completed")
    assertTrue(over.endTime !== null && over.startTime !== null && over.endTime > over.startTime)
    const heard = ringback.calls.transcript(sid).map(({ digits, text, what }) => text ?? digits ?? what)
    assertTrue(heard.includes("1") && heard.includes("in-progress"), heard.join())
    const second = await client.calls.create({ to: "+15557654321", from, twiml: menu })
    await ringback.clock.advance("10s")
    await ringback.calls.speak(second.sid, "yes please", { confidence: 0.5 })
    deepStrictEqual(
      ringback.calls.transcript(second.sid).flatMap(({ text, what }) => (what === "spoke" ? [text] : [])),
      ["yes please"],
    )
    deepStrictEqual(
      ringback.calls.list({ after: sid }).map((each) => each.sid),
      [second.sid],
    )
    await ringback.calls.hangUp(ringback.calls.latest({ status: "in-progress" }))
    strictEqual(ringback.calls.get(second.sid).status, "completed")
  })

  it("come from phones, whose webhook says what they hear, and tell their application", async () => {
    const application = await listen()
    application.answer = () => ({ type: "text/xml", body: "<Response><Say>Hello there</Say></Response>" })
    const { client, ringback } = await begin()
    await client.incomingPhoneNumbers.create({ phoneNumber: "+14155550100", voiceUrl: `${application.url}/voice` })
    // biome-ignore lint/suspicious/noThenProperty: the word of the order; nothing awaits it
    const call = await ringback.call({ from: to, to: "+14155550100", then: ["wait 1s", "hang up"] })
    strictEqual(call.direction, "inbound")
    await ringback.clock.runToEnd()
    strictEqual(ringback.calls.latest({ from: to, said: /^Hello/ }).sid, call.sid)
    await ringback.clear("calls")
    deepStrictEqual(ringback.calls.list(), [])
    const file = `${newFolder()}/calls.jsonl`
    await ringback.log.export(file)
    strictEqual((await Effect.runPromise(verifyRows(readRecording(file), rules)))._tag, "Sound")
  })

  it("that cannot be are told, with what comes nearest", async () => {
    const { client, ringback } = await begin({ settings: { twilio: { allowed_from_numbers: [from] } } })
    const { sid } = await client.calls.create({ to, from, twiml: menu })
    const said = async (call: () => unknown) => (await refused(call)).message.replaceAll(sid, "CA…").split("\n")
    deepStrictEqual(await said(() => ringback.calls.press(sid, "1")), [
      "CA…: the call is queued; to press it has to be in-progress",
    ])
    await ringback.clock.advance("10s")
    deepStrictEqual(await said(() => ringback.calls.press(sid, "x")), [
      'press: digits: expected at most 100 of 0 to 9, *, # and A to D, found "x"',
    ])
    deepStrictEqual(await said(() => ringback.calls.speak(sid, "x", { confidence: 2 })), [
      "confidence: expected 0 to 1, found 2",
    ])
    deepStrictEqual(await said(() => ringback.calls.hangUp("CA1")), ['No call has the SID "CA1".'])
    deepStrictEqual(await said(() => ringback.calls.transcript("CA1")), ['No call has the SID "CA1".'])
    deepStrictEqual(await said(() => ringback.call({ from: to, to: "+14155550199" })), [
      "call: no active account has the number +14155550199; buy it, or name it in settings.twilio.allowed_from_numbers",
    ])
    // biome-ignore lint/suspicious/noThenProperty: the word of the order; nothing awaits it
    const dancing = { from: to, to: from, then: ["dance"] }
    deepStrictEqual(await said(() => ringback.call(dancing)), [
      'call: then.0: expected press and keys, say and words, wait and a duration, or hang up, found "dance"',
    ])
    deepStrictEqual(await said(() => ringback.calls.list({ staus: "busy" } as never)), [
      "staus: expected a known key, did you mean status; one of to, from, status, direction, said, after",
    ])
    const missed = await said(() => ringback.calls.waitFor({ to, said: /Press 2/ }, { within: "30ms" }))
    deepStrictEqual(missed.slice(0, 4), [
      `No call with to "${to}", said /Press 2/ within 30ms.`,
      "The closest of 1 is CA…:",
      `   to    expected "${to}"  found "${to}"`,
      ' × said  expected /Press 2/       found "Press 1 to confirm."',
    ])
  })

  it("have matchers", async () => {
    const { client, ringback } = await begin()
    const { sid } = await client.calls.create({ to, from, twiml: menu })
    await ringback.clock.advance("10s")
    strictEqual(matchers.toHaveCall(ringback, { to, said: "confirm" }, 1).pass, true)
    const missing = matchers.toHaveCall(ringback, { to, status: "busy" })
    deepStrictEqual(
      [missing.pass, missing.message().split("\n").slice(0, 2)],
      [false, [`Expected at least 1 call with to "${to}", status "busy", found none.`, `The closest of 1 is ${sid}:`]],
    )
    const many = matchers.toHaveCall(ringback, {}, 0)
    deepStrictEqual(
      [many.pass, many.message()],
      [false, `Expected exactly 0 call, found 1.\n  ${sid} from ${from} to ${to}, in-progress`],
    )
    strictEqual(matchers.toHaveStatus(ringback.calls.get(sid), "in-progress").pass, true)
    strictEqual(
      matchers.toHaveStatus(ringback.calls.get(sid), "busy").message(),
      `Expected call ${sid} to be busy, found in-progress when it was read; calls.get reads it again.`,
    )
    expect(() => matchers.toHaveStatus("x", "busy")).toThrow(
      "toHaveStatus: expected a message as messages.get gives it",
    )
  })
})

describe("Faults in a test", () => {
  it("are on until they are taken away, whatever was set meanwhile", async () => {
    const { client, ringback } = await begin({ settings: { endpoints: [{ url: "https://app.test" }] } })
    const send = () => client.messages.create({ to, from, body: "x", statusCallback: "https://app.test/status" })
    const answers = (sid: string) =>
      ringback.callbacks
        .list({ subject: sid, event: "sent" })
        .flatMap(({ attempts }) => attempts.map(({ status, failed }) => status ?? failed))
    const before = ringback.log.entries({ type: "run.started" })[0]?.data.settings
    const api = await ringback.fault({ api: [{ method: "POST", status: 503 }] })
    const down = await ringback.fault({ endpoint: "https://app.test", answers: [{ drop: "connect" }] })
    await expect(send()).rejects.toMatchObject({ status: 503 })
    await ringback.change({ twilio: { callbacks: { retry_attempts: 1 } } })
    await api.off()
    const first = await send()
    await ringback.clock.runToEnd()
    deepStrictEqual(answers(first.sid).length, 1)
    deepStrictEqual(answers(first.sid), ["connect"])
    await down.off()
    await down.off()
    const second = await send()
    await ringback.clock.runToEnd()
    deepStrictEqual(answers(second.sid), [200])
    const last = ringback.log.entries({ type: "settings.changed" }).at(-1)?.data.settings
    deepStrictEqual(last.endpoints, before.endpoints)
    deepStrictEqual(last.twilio.faults, before.twilio.faults)
    strictEqual(last.twilio.callbacks.retry_attempts, 1)
  })

  it("end with their block, and are told when they are wrong or do nothing, which changes nothing", async () => {
    const { client, ringback } = await begin()
    {
      await using _ = await ringback.fault({ api: [{ status: 429 }] })
      await expect(client.messages.create({ to, from, body: "x" })).rejects.toMatchObject({ status: 429 })
    }
    await client.messages.create({ to, from, body: "x" })
    const { length } = ringback.log.entries({ type: "settings.changed" })
    strictEqual((await refused(() => ringback.fault({}))).message.startsWith("fault: expected callbacks, api"), true)
    strictEqual(
      (await refused(() => ringback.fault({ apy: [] } as never))).message.startsWith("apy: expected a known key"),
      true,
    )
    strictEqual(
      (await refused(() => ringback.fault({ callbacks: { late_percent: 500, late: "1s" } }))).message,
      "callbacks.faults.late_percent: expected a percentage, 0 to 100, found 500",
    )
    await Promise.all([1, 2, 3].map(() => ringback.fault({ callbacks: { lost_percent: 1 } }))).then((all) =>
      Promise.all(all.map(({ off }) => off())),
    )
    strictEqual(ringback.log.entries({ type: "settings.changed" }).length, length + 2)
  })
})
