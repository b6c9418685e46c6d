import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import {
  answers,
  base,
  callees,
  callForm,
  callsPath,
  entriesOf,
  heard,
  lifeOf,
  paramsOf,
  sentBy,
} from "../../../../test/support/calls.ts"
import { at, type Stage } from "../../../../test/support/given.ts"
import { account, answerOf, asked, get, ranUntil, remove, twilio, update } from "../../../../test/support/twilio.ts"
import { nextTimer, timersMachine } from "../../../clock/timers.machine.ts"
import { type CalleeStep, callArrived, callCreated, callHungUp } from "../calls/entries.ts"
import { numberBought } from "../senders/entries.ts"

const [ann, bob] = ["+15558880001", "+15558880002"] as const
const waits = `<Response><Enqueue action='https://app.test/left' waitUrl='https://app.test/wait'>support</Enqueue></Response>`
const agent = "<Response><Dial action='https://app.test/done'><Queue>support</Queue></Dial></Response>"

const empty = () => twilio(callees({ number: ann, outcome: "answered" }))
const calls = (stage: Stage, To: string, Twiml: string): Stage =>
  stage.when(asked({ path: callsPath, params: callForm({ To, Twiml }) }))
const callSidOf = (stage: Stage) =>
  entriesOf(stage)
    .flatMap((entry) => (callCreated.is(entry) ? [entry.subject] : []))
    .at(-1) ?? ""
const queuesOf = (stage: Stage) => answerOf(stage.when(get(`${base}/Queues.json`))).body.queues

const waiting = () => {
  const stage = ranUntil(calls(empty(), ann, waits), 10_000)
  return { stage, sid: queuesOf(stage)[0].sid as string, callSid: callSidOf(stage) }
}

describe("A queue", () => {
  it("is made by the first call that goes into it, whose waiting is asked for", () => {
    const { callSid, sid, stage } = waiting()
    const [queue] = queuesOf(stage)
    deepStrictEqual([queue.friendly_name, queue.current_size, queue.max_size], ["support", 1, 1_000])
    const asked = sentBy(stage, "twiml").find(({ data }) => data.url.endsWith("/wait"))
    const { CurrentQueueSize, QueuePosition, QueueSid, QueueTime } = paramsOf(asked!)
    deepStrictEqual([CurrentQueueSize, QueuePosition, QueueSid, QueueTime], ["1", "1", sid, "0"])
    const member = answerOf(stage.when(at(15_000, get(`${base}/Queues/${sid}/Members/Front.json`)))).body
    deepStrictEqual([member.call_sid, member.position, member.wait_time], [callSid, 1, 9])
    const members = answerOf(stage.when(get(`${base}/Queues/${sid}/Members.json`))).body.queue_members
    deepStrictEqual(
      members.map(({ call_sid }: { call_sid: string }) => call_sid),
      [callSid],
    )
  })
  it("connects who dials it with who has waited longest, until one of them hangs up", () => {
    const { callSid, sid, stage } = waiting()
    const dialling = calls(stage, bob, agent)
    const agentSid = callSidOf(dialling)
    const talking = ranUntil(dialling, 20_000)
    strictEqual(queuesOf(talking)[0].current_size, 0)
    const over = talking.when(at(30_000, callHungUp.draft(callSid, {})))
    const [left, done] = ["/left", "/done"].map((path) =>
      paramsOf(sentBy(over, "twiml").find(({ data }) => data.url.endsWith(path))!),
    )
    deepStrictEqual([left?.QueueResult, left?.QueueSid], ["bridged", sid])
    deepStrictEqual([done?.DialCallStatus, done?.DialCallSid, done?.CallSid], ["completed", callSid, agentSid])
  })
  it("lets the scripts of both go on once they talk", () => {
    const script = [
      { do: "press", text: "1" },
      { do: "speak", text: "Hello" },
    ] as const
    const talkers = callees(
      { number: ann, outcome: "answered", script },
      { number: bob, outcome: "answered", script: [...script, { do: "hang up" }] },
    )
    const spoken = (stage: Stage, sid: string) =>
      heard(stage, sid).filter((line) => /^(pressed|spoke|hung-up)/.test(line))
    const first = calls(twilio(talkers), ann, waits)
    const waiting = ranUntil(first, 10_000)
    deepStrictEqual(spoken(waiting, callSidOf(first)), [])
    const second = calls(waiting, bob, agent)
    const over = ranUntil(second, 30_000)
    deepStrictEqual(spoken(over, callSidOf(first)), ["pressed 1", "spoke Hello"])
    deepStrictEqual(spoken(over, callSidOf(second)), ["pressed 1", "spoke Hello", "hung-up"])
  })
  it("gives who dials it the time that Dial says", () => {
    const { stage } = waiting()
    const over = ranUntil(calls(stage, bob, agent.replace("<Dial", "<Dial timeLimit='20'")))
    const done = sentBy(over, "twiml").find(({ data }) => data.url.endsWith("/done"))
    deepStrictEqual([paramsOf(done!).DialCallStatus, paramsOf(done!).DialCallDuration], ["completed", "20"])
  })
  it("is recorded for who dials it, from the connection to its end", () => {
    const { callSid, stage } = waiting()
    const record = "<Dial record='record-from-answer-dual' recordingStatusCallback='https://app.test/recorded'"
    const dialling = calls(stage, bob, agent.replace("<Dial", record))
    const over = ranUntil(dialling, 20_000).when(at(30_000, callHungUp.draft(callSid, {})))
    const told = paramsOf(sentBy(over, "callback").find(({ data }) => data.url.endsWith("/recorded"))!)
    const done = paramsOf(sentBy(over, "twiml").find(({ data }) => data.url.endsWith("/done"))!)
    deepStrictEqual(
      [told.CallSid, told.RecordingSource, told.RecordingChannels, told.RecordingStatus],
      [callSidOf(dialling), "DialVerb", "2", "completed"],
    )
    deepStrictEqual(
      [told.RecordingDuration, done.RecordingUrl, done.RecordingDuration],
      [done.DialCallDuration, told.RecordingUrl, done.DialCallDuration],
    )
  })
  describe("that is dialled with something for who waits to hear first", () => {
    const whisper =
      "<Dial record='record-from-answer' action='https://app.test/done'><Queue url='https://app.test/whisper'"
    const dialled = (script: ReadonlyArray<CalleeStep> = []) => {
      const talkers = callees(
        { number: ann, outcome: "answered", script },
        { number: bob, outcome: "answered", script },
      )
      const first = calls(twilio(talkers), ann, waits)
      const second = calls(ranUntil(first, 10_000), bob, agent.replace(/<Dial.*?<Queue/, whisper))
      return { agentSid: callSidOf(second), callSid: callSidOf(first), stage: ranUntil(second, 20_000) }
    }
    const toldOf = (stage: Stage, path: string) =>
      paramsOf(sentBy(stage, "twiml").findLast(({ data }) => data.url.endsWith(path))!)

    it("asks for that, with what is known of the queue, and connects them behind it", () => {
      const { agentSid, callSid, stage } = dialled()
      const asked = sentBy(stage, "twiml").findLast(({ data }) => data.url.endsWith("/whisper"))
      const { DequeingCallSid, QueueSid, QueueTime } = paramsOf(asked!)
      deepStrictEqual([asked?.subject, DequeingCallSid, QueueSid], [callSid, agentSid, queuesOf(stage)[0].sid])
      strictEqual(Number(QueueTime) > 0, true)
      const connecting = (here: Stage) =>
        entriesOf(here).flatMap(({ subject, type }) =>
          /bridged|recording.started/.test(type) ? [[type, subject]] : [],
        )
      const hearing = ranUntil(answers(stage, "<Pause length='5'/>"), stage.world.at + 4_000)
      deepStrictEqual(connecting(hearing), [])
      const talking = ranUntil(hearing, stage.world.at + 6_000)
      deepStrictEqual(connecting(talking), [
        ["call.bridged", agentSid],
        ["recording.started", agentSid],
      ])
      const over = talking.when(at(talking.world.at + 10_000, callHungUp.draft(callSid, {})))
      deepStrictEqual([toldOf(over, "/left").QueueResult, toldOf(over, "/left").QueueTime], ["bridged", QueueTime])
      const { DialBridged, DialCallDuration, DialCallStatus } = toldOf(over, "/done")
      deepStrictEqual([DialBridged, DialCallDuration, DialCallStatus], ["true", "10", "completed"])
    })
    it("and whose scripts wait until they talk", () => {
      const { stage } = dialled([{ do: "press", text: "1" }])
      const pressed = (here: Stage) => heard(here).filter((line) => line.startsWith("pressed")).length
      const hearing = ranUntil(answers(stage, "<Pause length='5'/>"), stage.world.at + 4_000)
      deepStrictEqual([pressed(hearing), pressed(ranUntil(hearing, hearing.world.at + 10_000))], [0, 2])
    })
    it.each([
      ["who waits hangs up before", "callSid", "hangup"],
      ["who dials hangs up before", "agentSid", "bridging-in-process"],
    ] as const)("connects nobody when %s", (_, who, result) => {
      const { [who]: sid, stage } = dialled()
      const over = answers(stage, "<Pause length='5'/>").when(at(21_000, callHungUp.draft(sid, {})))
      const { DialBridged, DialCallStatus, RecordingUrl } = toldOf(over, "/done")
      deepStrictEqual([DialBridged, DialCallStatus, RecordingUrl], ["false", "no-answer", undefined])
      strictEqual(toldOf(over, "/left").QueueResult, result)
    })
  })
  it("answers who dials it with answerOnBridge once they talk", () => {
    const { stage } = waiting()
    const number = "+14155550100"
    const rings = stage
      .when(
        numberBought.draft("PN1", {
          account_sid: account,
          config: { voice_url: "https://app.test/agent" },
          phone_number: number,
        }),
      )
      .when(at(15_000, callArrived.draft("", { from: bob, to: number })))
    const verbs = agent.replace("<Dial", "<Dial answerOnBridge='true'").replace(/<.?Response>/g, "")
    deepStrictEqual(lifeOf(answers(rings, verbs)), [[15_000, "in-progress"]])
  })
  it("that nobody waits in answers nobody", () => {
    const made = empty().when(asked({ path: `${base}/Queues.json`, params: [["FriendlyName", "support"]] }))
    const stage = ranUntil(calls(made, bob, agent), 20_000)
    strictEqual(paramsOf(sentBy(stage, "twiml")[0]!).DialCallStatus, "no-answer")
    const none = ranUntil(calls(empty(), bob, agent), 20_000)
    strictEqual(paramsOf(sentBy(none, "twiml")[0]!).DialCallStatus, "failed")
  })
  it("is left by who hangs up, and nothing is left to do", () => {
    const { callSid, stage } = waiting()
    const over = stage.when(at(12_000, callHungUp.draft(callSid, {})))
    strictEqual(queuesOf(over)[0].current_size, 0)
    deepStrictEqual(paramsOf(sentBy(over, "twiml")[0]!).QueueResult, "hangup")
    strictEqual(nextTimer(over.world.slice(timersMachine)), undefined)
  })
  it("gives a call back with other instructions", () => {
    const { callSid, sid, stage } = waiting()
    const path = `${base}/Queues/${sid}/Members/${callSid}.json`
    strictEqual(answerOf(stage.when(update(path, []))).body.code, 21205)
    const taken = stage.when(update(path, [["Url", "https://app.test/next"]]))
    deepStrictEqual([answerOf(taken).status, queuesOf(taken)[0].current_size], [200, 0])
    deepStrictEqual(
      sentBy(taken, "twiml").map(({ data }) => data.url),
      ["https://app.test/next"],
    )
    strictEqual(answerOf(taken.when(get(path))).status, 404)
  })
  it("that is full takes nobody, and the call's action is told", () => {
    const made = empty().when(
      asked({
        path: `${base}/Queues.json`,
        params: [
          ["FriendlyName", "support"],
          ["MaxSize", "0"],
        ],
      }),
    )
    const stage = ranUntil(calls(made, ann, waits), 10_000)
    strictEqual(paramsOf(sentBy(stage, "twiml")[0]!).QueueResult, "queue-full")
    strictEqual(lifeOf(stage).at(-1)?.[1], "in-progress")
  })
})

describe("The Queues resource", () => {
  const make = (params: ReadonlyArray<readonly [string, string]>) =>
    empty().when(asked({ path: `${base}/Queues.json`, params }))
  it("makes, changes and deletes", () => {
    const made = make([
      ["FriendlyName", "sales"],
      ["MaxSize", "5"],
    ])
    const { body, status } = answerOf(made)
    deepStrictEqual([status, body.max_size, body.current_size, body.average_wait_time], [201, 5, 0, 0])
    const path = `${base}/Queues/${body.sid}.json`
    const changed = made.when(update(path, [["FriendlyName", "care"]]))
    deepStrictEqual([answerOf(changed).body.friendly_name, answerOf(changed).body.max_size], ["care", 5])
    strictEqual(answerOf(changed.when(remove(path))).status, 204)
    strictEqual(answerOf(changed.when(remove(path)).when(get(path))).status, 404)
  })
  it("refuses a name that is none or taken, a size that is none, and to delete a queue that is not empty", () => {
    strictEqual(answerOf(make([])).body.code, 20002)
    strictEqual(answerOf(make([["FriendlyName", "x".repeat(65)]])).body.code, 20002)
    strictEqual(
      answerOf(
        make([
          ["FriendlyName", "x"],
          ["MaxSize", "5001"],
        ]),
      ).body.code,
      20400,
    )
    const twice = make([["FriendlyName", "x"]]).when(
      asked({ path: `${base}/Queues.json`, params: [["FriendlyName", "x"]] }),
    )
    strictEqual(answerOf(twice).body.code, 20002)
    const { sid, stage } = waiting()
    strictEqual(answerOf(stage.when(remove(`${base}/Queues/${sid}.json`))).body.code, 20009)
  })
})
