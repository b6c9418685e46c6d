import { beforeAll, describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { configFile } from "../support/config.ts"
import { type Listener, listen } from "../support/listener.ts"
import { type Server, serve } from "../support/ringback.ts"
import { type Client, clientOf, refusal } from "../support/sdk.ts"

const [from, to] = ["+15550000001", "+14155550100"]

describe("Twilio's SDK has applications", () => {
  let server: Server
  let client: Client
  let listener: Listener
  const told = (path: string) => listener.callbacks.filter((callback) => callback.path === path)

  beforeAll(async () => {
    listener = await listen()
    listener.answer = ({ path }) =>
      path === "/voice" ? { type: "text/xml", body: "<Response><Say>Hello</Say></Response>" } : 204
    server = await serve({
      args: ["--pace", "fast"],
      config: configFile({ callbacks: { rewrite: [{ from: "https://app.example", to: listener.url }] } }),
    })
    client = clientOf(server)
  })

  it("that it makes, sets up, finds by name and takes away", async () => {
    const made = await client.applications.create({ friendlyName: "Desk", voiceUrl: "https://app.example/voice" })
    deepStrictEqual([made.friendlyName, made.voiceUrl, made.voiceMethod], ["Desk", "https://app.example/voice", "POST"])
    deepStrictEqual([made.dateCreated instanceof Date, made.publicApplicationConnectEnabled], [true, false])
    const updated = await client.applications(made.sid).update({ friendlyName: "Office", smsMethod: "GET" })
    deepStrictEqual([updated.friendlyName, updated.smsMethod], ["Office", "GET"])
    await client.applications.create({ friendlyName: "Other" })
    deepStrictEqual(
      (await client.applications.list({ pageSize: 1 })).map(({ friendlyName }) => friendlyName),
      ["Other", "Office"],
    )
    deepStrictEqual(
      (await client.applications.list({ friendlyName: "Office" })).map(({ sid }) => sid),
      [made.sid],
    )
    strictEqual(await client.applications(made.sid).remove(), true)
    deepStrictEqual(await refusal(client.applications(made.sid).fetch()), [404, 20404])
  })

  it("that handle calls, messages and numbers", async () => {
    const { sid } = await client.applications.create({
      messageStatusCallback: "https://app.example/told",
      smsUrl: "https://app.example/sms",
      statusCallback: "https://app.example/over",
      voiceUrl: "https://app.example/voice",
    })
    const call = await client.calls.create({ applicationSid: sid, from, to })
    const message = await client.messages.create({ applicationSid: sid, body: "x", from, to })
    const number = await client.incomingPhoneNumbers.create({
      phoneNumber: "+14155550111",
      smsApplicationSid: sid,
      voiceApplicationSid: sid,
    })
    strictEqual(number.voiceApplicationSid, sid)
    const order = (path: string, data: object) =>
      server.ask(path, { body: JSON.stringify(data), headers: { "Content-Type": "application/json" }, method: "POST" })
    strictEqual((await order("/admin/inbound", { body: "Hi", from: to, to: number.phoneNumber })).status, 200)
    strictEqual((await order("/admin/calls", { from: to, to: number.phoneNumber })).status, 200)
    await server.clock({ settle: true })
    deepStrictEqual(
      told("/voice")
        .map(({ params }) => `${params.Direction} ${params.CallSid === call.sid}`)
        .sort(),
      ["inbound false", "outbound-api true"],
    )
    deepStrictEqual(
      told("/told").map(({ params }) => [params.MessageSid, params.MessageStatus]),
      [
        [message.sid, "sent"],
        [message.sid, "delivered"],
      ],
    )
    deepStrictEqual([told("/sms").length, told("/over").length], [1, 2])
    await client.applications(sid).remove()
    strictEqual((await client.incomingPhoneNumbers(number.sid).fetch()).voiceApplicationSid, "")
    deepStrictEqual(await refusal(client.calls.create({ applicationSid: sid, from, to })), [400, 21218])
  })

  it("that answer calls of their numbers from within the exchange", async () => {
    listener.answer = ({ params, path }) =>
      path === "/menu"
        ? {
            type: "text/xml",
            body: params.Digits === undefined ? "<Response><Gather numDigits='1'/></Response>" : "<Response/>",
          }
        : 204
    const { sid } = await client.applications.create({ voiceUrl: "https://app.example/menu" })
    const { phoneNumber } = await client.incomingPhoneNumbers.create({
      phoneNumber: "+14155550122",
      voiceApplicationSid: sid,
    })
    const call = await client.calls.create({
      from,
      sendDigits: "w7",
      to: phoneNumber,
      twiml: "<Response><Pause length='60'/></Response>",
    })
    await server.clock({ settle: true })
    const [inbound, outbound] = await client.calls.list({ to: phoneNumber })
    deepStrictEqual(
      [inbound, outbound].map((each) => [each?.direction, each?.status, each?.sid === call.sid]),
      [
        ["inbound", "completed", false],
        ["outbound-api", "completed", true],
      ],
    )
    deepStrictEqual([inbound?.duration, inbound?.endTime], [outbound?.duration, outbound?.endTime])
    deepStrictEqual(
      told("/menu").map(({ params }) => [params.CallSid, params.CallStatus, params.Digits]),
      [
        [inbound?.sid, "ringing", undefined],
        [inbound?.sid, "in-progress", "7"],
      ],
    )
    strictEqual(Number((await client.balance.fetch()).balance) < 100, true)
  })
})
