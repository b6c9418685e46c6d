import { join } from "node:path"
import { beforeAll, describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import twilio from "twilio"
import { configFile } from "../support/config.ts"
import { newFolder } from "../support/folder.ts"
import { type Answer, type Callback, type Listener, listen } from "../support/listener.ts"
import { ringback, type Server, serve } from "../support/ringback.ts"
import { until } from "../support/until.ts"

const number = "+14155550100"
const phone = "+12125550123"
const callee = "+15551234567"
const friend = "+15558880001"

const { VoiceResponse } = twilio.twiml

/** A callee's script. */
const steps = (...all: ReadonlyArray<string>) =>
  // biome-ignore lint/suspicious/noThenProperty: the word of the settings file; nothing awaits it
  ({ then: all })

/** The application: a menu that sends wrong keys back, records a message and hangs up. */
const application = ({ params, path }: Callback): Answer => {
  const say = (response: InstanceType<typeof VoiceResponse>): Answer => ({
    type: "text/xml",
    body: response.toString(),
  })
  const response = new VoiceResponse()
  switch (new URL(path, "https://app.example").pathname) {
    case "/voice": {
      const gather = response.gather({ action: "/menu", numDigits: 1 })
      gather.say("Press one to leave a message")
      return say(response)
    }
    case "/menu":
      if (params.Digits !== "1") {
        response.say("That is no choice")
        response.redirect("/voice")
        return say(response)
      }
      response.say("Leave a message after the tone")
      response.record({ action: "/recorded", maxLength: 30, recordingStatusCallback: "/recording" })
      return say(response)
    case "/recorded":
      response.say(`Thank you. Your message has ${params.RecordingDuration} seconds`)
      response.hangup()
      return say(response)
    default:
      return 204
  }
}

const clientOf = ({ accountSid, address, authToken }: Server) => {
  const client = twilio(accountSid, authToken)
  client.api.baseUrl = address
  return client
}

describe("Twilio's SDK calls somebody", () => {
  const db = join(newFolder(), "ringback.db")
  let server: Server
  let listener: Listener
  let client: ReturnType<typeof clientOf>
  const transcriptOf = async (sid: string): Promise<ReadonlyArray<string>> => {
    const { json } = await server.ask(`/admin/calls/${sid}/transcript?limit=1000`)
    return json.lines.map(({ digits, text, what }: Record<string, string | null>) =>
      [what, digits, what === "fetched" ? null : text].filter((part) => part !== null && part !== "").join(" "),
    )
  }

  beforeAll(async () => {
    listener = await listen()
    server = await serve({
      db,
      args: ["--pace", "fast"],
      config: configFile({
        callbacks: { rewrite: [{ from: "https://app.example", to: listener.url }] },
        twilio: {
          numbers: {
            [callee]: {
              call: { answers_after: "3s", ...steps("press 9", "wait 2s", "press 1", "say Please call me back") },
            },
            [friend]: { call: steps("wait 5s", "hang up") },
            "+15558880002": { call: { outcome: "busy" } },
          },
        },
      }),
    })
    client = clientOf(server)
    listener.answer = application
  })

  it("who goes through a menu, presses a wrong key, leaves a message and hangs up, in well under a second", async () => {
    const statusCallbackEvent = ["initiated", "ringing", "answered", "completed"]
    const began = process.hrtime.bigint()
    const call = await client.calls.create({
      from: "+15550000001",
      to: callee,
      url: "https://app.example/voice",
      statusCallback: "https://app.example/status",
      statusCallbackEvent,
    })
    strictEqual(call.status, "queued")
    await server.clock({ settle: true })
    const took = Number(process.hrtime.bigint() - began) / 1e6
    const fetched = await client.calls(call.sid).fetch()
    deepStrictEqual([fetched.status, fetched.direction, fetched.answeredBy], ["completed", "outbound-api", null])
    assertTrue(Number(fetched.duration) > 5 && Number(fetched.price) < 0)
    const paths = listener.callbacks.map(({ path }) => path)
    deepStrictEqual(
      paths.filter((path) => path !== "/status"),
      ["/voice", "/menu", "/voice", "/menu", "/recording", "/recorded"],
    )
    const statuses = listener.callbacks.filter(({ path }) => path === "/status").map(({ params }) => params.CallStatus)
    deepStrictEqual(statuses, ["initiated", "ringing", "in-progress", "completed"])
    for (const { headers, params, path } of listener.callbacks)
      assertTrue(
        twilio.validateRequest(server.authToken, String(headers["x-twilio-signature"]), `https://app.example${path}`, {
          ...params,
        }),
      )
    deepStrictEqual(
      (await transcriptOf(call.sid)).filter((line) => /^(said|pressed|spoke|gathered|completed)/.test(line)),
      [
        "said Press one to leave a message",
        "pressed 9",
        "gathered 9",
        "said That is no choice",
        "said Press one to leave a message",
        "pressed 1",
        "gathered 1",
        "said Leave a message after the tone",
        "spoke Please call me back",
        `said Thank you. Your message has ${listener.callbacks.find(({ path }) => path === "/recorded")?.params.RecordingDuration} seconds`,
        "completed",
      ],
    )
    assertTrue(took < 5_000)
  })

  it("and gets the recording, as WAV and MP3, by the address its webhook was told", async () => {
    const { RecordingDuration, RecordingSid, RecordingUrl } = listener.callbacks.find(
      ({ path }) => path === "/recorded",
    )!.params
    strictEqual(RecordingUrl?.startsWith(server.address), true)
    const get = (suffix: string) =>
      fetch(`${RecordingUrl}${suffix}`, { headers: { Authorization: server.authorization } })
    const wav = await get("")
    const bytes = Buffer.from(await wav.arrayBuffer())
    deepStrictEqual(
      [wav.status, wav.headers.get("content-type"), bytes.toString("latin1", 8, 15)],
      [200, "audio/x-wav", "WAVEfmt"],
    )
    const seconds = bytes.readUInt32LE(40) / bytes.readUInt32LE(28)
    strictEqual(Math.ceil(seconds), Number(RecordingDuration))
    strictEqual((await get(".mp3")).headers.get("content-type"), "audio/mpeg")
    const recording = await client.recordings(RecordingSid!).fetch()
    deepStrictEqual(
      [recording.duration, recording.source, recording.status],
      [RecordingDuration, "RecordVerb", "completed"],
    )
    strictEqual(recording.mediaUrl, RecordingUrl)
    const [listed] = await client.calls(recording.callSid).recordings.list()
    strictEqual(listed?.sid, RecordingSid)
    strictEqual(await client.recordings(RecordingSid!).remove(), true)
    strictEqual((await get("")).status, 404)
  })

  it("pages through its calls, and filters them", async () => {
    for (const to of [friend, "+15558880002", callee])
      await client.calls.create({ from: "+15550000001", to, twiml: "<Response><Say>Hi</Say></Response>" })
    await server.clock({ settle: true })
    const all = await client.calls.list({ pageSize: 2 })
    strictEqual(all.length, 4)
    deepStrictEqual(
      (await client.calls.list({ status: "busy" })).map(({ to }) => to),
      ["+15558880002"],
    )
    strictEqual((await client.calls.list({ to: friend, startTimeAfter: new Date(0) })).length, 1)
    const [busy] = await client.calls.list({ status: "busy" })
    deepStrictEqual([busy?.duration, busy?.price], ["0", null])
    strictEqual(await client.calls(busy!.sid).remove(), true)
    strictEqual((await client.calls.list()).length, 3)
  })

  it("dials on, and finds the other leg by its parent", async () => {
    const response = new VoiceResponse()
    response.dial({ action: "https://app.example/dialled" }, friend)
    const call = await client.calls.create({ from: "+15550000001", to: callee, twiml: response.toString() })
    await server.clock({ settle: true })
    const [child] = await client.calls.list({ parentCallSid: call.sid })
    deepStrictEqual(
      [child?.to, child?.direction, child?.status, child?.duration],
      [friend, "outbound-dial", "completed", "5"],
    )
    const { DialCallDuration, DialCallSid, DialCallStatus } = listener.callbacks.find(
      ({ path }) => path === "/dialled",
    )!.params
    deepStrictEqual([DialCallStatus, DialCallSid, DialCallDuration], ["completed", child?.sid, "5"])
  })

  it("and the log of all that is sound", async () => {
    const { code, stdout, stderr } = await ringback(["verify", db])
    deepStrictEqual([code, stderr, stdout.startsWith("sound")], [0, "", true])
  })
})

describe("Whoever is at the other end of a call", () => {
  const db = join(newFolder(), "ringback.db")
  let server: Server
  let listener: Listener
  let client: ReturnType<typeof clientOf>
  const order = (path: string, data: unknown = {}) =>
    server.ask(path, { method: "POST", body: JSON.stringify(data), headers: { "Content-Type": "application/json" } })
  const whatOf = async (sid: string): Promise<ReadonlyArray<string>> =>
    (await server.ask(`/admin/calls/${sid}/transcript`)).json.lines.map(({ what }: { what: string }) => what)
  const sees = (sid: string, what: string) =>
    until(`the transcript has ${what}`, async () => ((await whatOf(sid)).includes(what) ? true : undefined))

  beforeAll(async () => {
    listener = await listen()
    server = await serve({
      db,
      config: configFile({
        callbacks: { rewrite: [{ from: "https://app.example", to: listener.url }] },
        twilio: { callbacks: { delay_seconds: 0 }, numbers: { [callee]: { call: { outcome: "no-answer" } } } },
      }),
    })
    client = clientOf(server)
    listener.answer = application
    await client.incomingPhoneNumbers.create({ phoneNumber: number, voiceUrl: "https://app.example/voice" })
  })

  it("calls a number from the command line, presses, speaks and hangs up by orders", async () => {
    const { code, stdout } = await ringback(["call", "--url", server.address, "--from", phone, "--to", number])
    const sid = /^(CA[0-9a-f]{32}) has begun/.exec(stdout)?.[1] ?? ""
    deepStrictEqual([code, sid.length], [0, 34])
    strictEqual((await order(`/admin/calls/${sid}/answer`)).status, 409)
    await sees(sid, "said")
    strictEqual((await client.calls(sid).fetch()).status, "in-progress")
    const pressed = await order(`/admin/calls/${sid}/press`, { digits: "1" })
    deepStrictEqual([pressed.status, pressed.json], [200, { sid, status: "in-progress" }])
    await until("the menu's answer", async () =>
      (await whatOf(sid)).filter((what) => what === "said").length > 1 ? true : undefined,
    )
    deepStrictEqual((await order(`/admin/calls/${sid}/hangup`)).json, { sid, status: "completed" })
    const late = await order(`/admin/calls/${sid}/press`, { digits: "1" })
    deepStrictEqual([late.status, late.json.status], [409, "completed"])
    strictEqual((await client.calls.list({ to: number }))[0]?.direction, "inbound")
  })

  it("picks up by an order, and is given another document in the middle of a call", async () => {
    const call = await client.calls.create({
      from: number,
      to: callee,
      twiml: "<Response><Pause length='600'/></Response>",
    })
    await sees(call.sid, "ringing")
    deepStrictEqual((await order(`/admin/calls/${call.sid}/answer`)).json, { sid: call.sid, status: "in-progress" })
    await sees(call.sid, "paused")
    const updated = await client
      .calls(call.sid)
      .update({ twiml: "<Response><Say>Something else</Say><Pause length='600'/></Response>" })
    strictEqual(updated.status, "in-progress")
    await sees(call.sid, "said")
    strictEqual((await client.calls(call.sid).update({ status: "completed" })).status, "completed")
    const error = await client
      .calls(call.sid)
      .update({ twiml: "<Response/>" })
      .catch((refused) => refused)
    deepStrictEqual([error.status, error.code], [400, 21220])
  })

  it.each([
    ["/admin/calls", { from: "x", to: number }, 400, "from: expected a phone number"],
    ["/admin/calls", { from: phone, to: number, ...steps("jump") }, 400, "then.0: expected press and keys"],
    ["/admin/calls", { from: phone, to: number, colour: "red" }, 400, "colour"],
    ["/admin/calls/CA1/press", { digits: "1" }, 404, "there is no call"],
    ["/admin/calls/CA1/speak", { text: "x", confidence: 2 }, 400, "confidence"],
  ] as const)("%s %j is refused with %s: %s", async (path, data, status, wanted) => {
    const answer = await order(path, data)
    deepStrictEqual([answer.status, answer.text.includes(wanted)], [status, true])
  })

  it("talks in conferences, which the SDK lists, mutes in and ends", async () => {
    const conference = "<Response><Dial><Conference>Team</Conference></Dial></Response>"
    const calls = [callee, "+15557770001"].map((to) => client.calls.create({ from: number, to, twiml: conference }))
    const [one, two] = await Promise.all(calls)
    await sees(one!.sid, "ringing")
    await order(`/admin/calls/${one!.sid}/answer`)
    await sees(two!.sid, "conference")
    const [room] = await until("the conference is in progress", async () => {
      const rooms = await client.conferences.list({ status: "in-progress", friendlyName: "Team" })
      return rooms.length === 1 ? rooms : undefined
    })
    const participants = await client.conferences(room!.sid).participants.list()
    deepStrictEqual(participants.map(({ callSid }) => callSid).toSorted(), [one!.sid, two!.sid].toSorted())
    const muted = await client.conferences(room!.sid).participants(one!.sid).update({ muted: true })
    strictEqual(muted.muted, true)
    const ended = await client.conferences(room!.sid).update({ status: "completed" })
    deepStrictEqual([ended.status, ended.reasonConferenceEnded], ["completed", "conference-ended-via-api"])
  })

  it("is counted and cleared, and the log is sound", async () => {
    const { json: health } = await server.ask("/health")
    const { json: cleared } = await order("/clear/calls")
    deepStrictEqual([cleared.type, cleared.deleted], ["calls", health.statistics.calls])
    strictEqual((await client.calls.list()).length, 0)
    strictEqual((await server.ask("/health")).json.statistics.calls, 0)
    const { code, stdout } = await ringback(["verify", db])
    deepStrictEqual([code, stdout.startsWith("sound")], [0, true])
  })
})
