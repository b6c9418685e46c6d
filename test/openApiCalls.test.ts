import { it } from "@effect/vitest"
import { base, callee, callees, callForm, callPath, callsPath } from "./support/calls.ts"
import type { Stage } from "./support/given.ts"
import { describeWithOpenApi } from "./support/openApi.ts"
import { answerOf, asked, type Differently, get, ranUntil, remove, twilio, update } from "./support/twilio.ts"

/**
 * An answer without what Twilio's have besides, or otherwise than, its description says. Source: a fixture of live answers; the examples of
 * conferences, whose reason is null while they go on.
 */
const undescribed = (body: unknown): unknown => {
  if (typeof body !== "object" || body === null) return body
  if (Array.isArray(body)) return body.map(undescribed)
  const { annotation: _, trunk_sid, ...rest } = reasoned(body) as Record<string, unknown>
  const more = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [
      key,
      key === "calls" || key === "conferences" ? undescribed(value) : value,
    ]),
  )
  return trunk_sid === undefined ? more : withoutTrunk(more)
}
const reasoned = (body: object): object =>
  "reason_conference_ended" in body && body.reason_conference_ended === null
    ? { ...body, reason_conference_ended: "last-participant-left" }
    : body
const withoutTrunk = (call: object): object => ({ ...call, ...("status" in call ? { trunk_sid: null } : {}) })

describeWithOpenApi("twilio_api_v2010.json", "answers about calls are as Twilio describes them", (api) => {
  const checked = (stage: Stage, method: "GET" | "POST" | "DELETE", fact: Parameters<Stage["when"]>[0]) => {
    const next = stage.when(fact)
    const { body, status } = answerOf(next)
    const { path } = fact.data as { path: string }
    const shown = absolute(body)
    api.check({ method, path, status, body: undescribed(shown) })
    return { stage: next, body }
  }
  /** Holes for absolute URLs as the edge fills them. */
  const absolute = (body: unknown): unknown =>
    body === undefined ? body : JSON.parse(JSON.stringify(body).replace(/\{"url":("[^"]*")\}/g, "$1"))
  const read = (stage: Stage, path: string) => checked(stage, "GET", get(path)).body
  const talking = "<Response><Pause length='600'/></Response>"

  const created: ReadonlyArray<readonly [string, Readonly<Record<string, string>>, Differently]> = [
    ["a call that is answered", { Twiml: "<Response><Say>Hello</Say></Response>" }, {}],
    ["a call that fails", {}, { default_behavior: "failure" }],
    ["a call to one who is busy", {}, callees({ number: callee, outcome: "busy" })],
    [
      "a call with machine detection",
      { MachineDetection: "Enable" },
      callees({ answered_by: "machine", number: callee, outcome: "answered" }),
    ],
    ["a call to a client", { To: "client:ann", From: "client:bob" }, {}],
    ["a call that is recorded", { Record: "true", Twiml: talking, TimeLimit: "5" }, {}],
  ]
  it.each(created)("%s, from its creation to its end", (_, changes, settings) => {
    const { body, stage } = checked(twilio(settings), "POST", asked({ path: callsPath, params: callForm(changes) }))
    const path = callPath(body.sid)
    for (const until of [0, 2_000, 4_000, 6_000, 10_000_000]) {
      const then = ranUntil(stage, until)
      read(then, path)
      read(then, callsPath)
      read(then, path.replace(".json", "/Recordings.json"))
      read(then, `${base}/Recordings.json`)
    }
    checked(stage, "DELETE", remove(path))
    read(stage, callsPath)
  })

  it("a call that is changed, recorded and ended", () => {
    const { body, stage } = checked(twilio(), "POST", asked({ path: callsPath, params: callForm({ Twiml: talking }) }))
    const path = callPath(body.sid)
    const live = ranUntil(stage, 10_000)
    const recordings = path.replace(".json", "/Recordings")
    const { sid } = checked(live, "POST", asked({ path: `${recordings}.json` })).body
    checked(live, "POST", update(`${recordings}/${sid}.json`, [["Status", "paused"]]))
    read(live, `${recordings}/${sid}.json`)
    checked(live, "POST", update(path, [["Twiml", talking]]))
    checked(live, "POST", update(path, [["Status", "completed"]]))
    read(live, `${base}/Recordings/${sid}.json`)
    checked(live, "DELETE", remove(`${recordings}/${sid}.json`))
  })

  it("a conference and its participants", () => {
    const room = "<Response><Dial><Conference record='record-from-start'>Team</Conference></Dial></Response>"
    const stage = ranUntil(twilio().when(asked({ path: callsPath, params: callForm({ Twiml: room }) })), 10_000)
    const { sid } = read(stage, `${base}/Conferences.json`).conferences[0]
    const path = `${base}/Conferences/${sid}`
    const added = checked(
      stage,
      "POST",
      asked({ path: `${path}/Participants.json`, params: callForm({ To: "+15558880001", Twiml: undefined }) }),
    )
    const there = ranUntil(added.stage, 20_000)
    read(there, `${path}/Participants.json`)
    const participant = `${path}/Participants/${added.body.call_sid}.json`
    checked(there, "POST", update(participant, [["Muted", "true"]]))
    read(there, participant)
    read(there, `${path}/Recordings.json`)
    checked(there, "DELETE", remove(participant))
    checked(there, "POST", update(`${path}.json`, [["Status", "completed"]]))
    read(there, `${path}.json`)
  })

  it("a queue and its members", () => {
    const line = "<Response><Enqueue>line</Enqueue></Response>"
    const { body, stage } = checked(
      twilio(),
      "POST",
      asked({ path: `${base}/Queues.json`, params: [["FriendlyName", "line"]] }),
    )
    const path = `${base}/Queues/${body.sid}`
    const waiting = ranUntil(stage.when(asked({ path: callsPath, params: callForm({ Twiml: line }) })), 10_000)
    read(waiting, `${base}/Queues.json`)
    const [member] = read(waiting, `${path}/Members.json`).queue_members
    read(waiting, `${path}/Members/${member.call_sid}.json`)
    checked(waiting, "POST", update(`${path}.json`, [["MaxSize", "9"]]))
    checked(waiting, "POST", update(`${path}/Members/Front.json`, [["Url", "https://app.test/next"]]))
    read(waiting, `${path}.json`)
    checked(waiting, "DELETE", remove(`${path}.json`))
  })
})
