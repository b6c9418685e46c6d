import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import {
  callArrived,
  callHungUp,
  callPickedUp,
  callPressed,
  callSpoken,
} from "../../src/carriers/twilio/calls/entries.ts"
import { itemsOf } from "../../src/carriers/twilio/collection.ts"
import { twilioMachine } from "../../src/carriers/twilio/twilio.machine.ts"
import { account, type Simulation } from "./simulate.ts"

/** What an application, phones and an operator do about calls. */
export type CallAct =
  | {
      readonly _tag: "call"
      readonly document: keyof typeof documents
      readonly to: string
      readonly more: keyof typeof more
    }
  | { readonly _tag: "ring"; readonly scripted: boolean }
  | { readonly _tag: "play"; readonly nth: number; readonly how: keyof typeof plays }
  | { readonly _tag: "changeCall"; readonly nth: number; readonly how: keyof typeof changes }
  | { readonly _tag: "around"; readonly how: keyof typeof around }

const base = `/2010-04-01/Accounts/${account}`

/** Instructions of calls: as a URL of an endpoint inside the run, or as a document. */
const documents = {
  asked: "Url=https%3A%2F%2Ftwiml.test%2Fvoice&FallbackUrl=https%3A%2F%2Ftwiml.test%2Fsorry",
  nobody: "Url=https%3A%2F%2Frefusing.test%2Fvoice&FallbackUrl=https%3A%2F%2Ftwiml.test%2Fsorry",
  hanging: "Url=https%3A%2F%2Fhanging.test%2Fvoice",
  menu: `Twiml=${encodeURIComponent('<Response><Gather numDigits="1" timeout="2" action="https://twiml.test/voice"><Say>One?</Say></Gather><Say>Bye</Say></Response>')}`,
  record: `Twiml=${encodeURIComponent('<Response><Record maxLength="5" action="https://good.test/recorded" recordingStatusCallback="https://good.test/recording"/></Response>')}`,
  dial: `Twiml=${encodeURIComponent('<Response><Dial timeout="5" timeLimit="20" record="record-from-answer"><Number statusCallback="https://good.test/child" statusCallbackEvent="initiated answered completed">+15558880001</Number><Number>+15559999999</Number></Dial><Sms>Bye</Sms></Response>')}`,
  conference: `Twiml=${encodeURIComponent('<Response><Dial timeLimit="40"><Conference endConferenceOnExit="true" record="record-from-start" statusCallback="https://good.test/room" statusCallbackEvent="start end join leave mute">Team</Conference></Dial></Response>')}`,
  queue: `Twiml=${encodeURIComponent('<Response><Enqueue waitUrl="https://twiml.test/wait" action="https://good.test/left">line</Enqueue></Response>')}`,
  agent: `Twiml=${encodeURIComponent('<Response><Dial timeLimit="10"><Queue>line</Queue></Dial></Response>')}`,
  within: `Twiml=${encodeURIComponent('<Response><Dial timeout="9"><Number sendDigits="w1">+15550000001</Number></Dial></Response>')}`,
  wrong: "Twiml=%3CResponse%3E%3CSay",
} as const

const more = {
  nothing: "",
  told: "&StatusCallback=https%3A%2F%2Frecovering.test%2Fstatus&StatusCallbackEvent=initiated&StatusCallbackEvent=ringing&StatusCallbackEvent=answered&StatusCallbackEvent=completed",
  recorded: "&Record=true&RecordingStatusCallback=https%3A%2F%2Fgood.test%2Frecording&TimeLimit=60",
  digits: "&SendDigits=w1W2%23",
  detected: "&MachineDetection=Enable&AsyncAmd=true&AsyncAmdStatusCallback=https%3A%2F%2Fgood.test%2Fparty",
} as const

const plays = {
  press: (sid: string) => callPressed.draft(sid, { digits: "1#" }),
  speak: (sid: string) => callSpoken.draft(sid, { confidence_bp: 9_000, text: "Hello there" }),
  answer: (sid: string) => callPickedUp.draft(sid, {}),
  hangUp: (sid: string) => callHungUp.draft(sid, {}),
} as const

/** Requests about a call that exists: method, what follows its path, and parameters. */
const changes = {
  fetch: ["GET", ".json", undefined],
  cancel: ["POST", ".json", "Status=canceled"],
  complete: ["POST", ".json", "Status=completed"],
  redirect: ["POST", ".json", "Twiml=%3CResponse%3E%3CSay%3ENew%3C%2FSay%3E%3C%2FResponse%3E"],
  delete: ["DELETE", ".json", undefined],
  record: ["POST", "/Recordings.json", "RecordingChannels=dual"],
  pause: ["POST", "/Recordings/Twilio.CURRENT.json", "Status=paused"],
  recordings: ["GET", "/Recordings.json", undefined],
} as const

/** Requests about what comes of calls: conferences, queues and recordings, by the newest there is. */
const around = {
  conferences: () => ["GET", "/Conferences.json", undefined],
  mute: (newest: Newest) => [
    "POST",
    `/Conferences/${newest.conference}/Participants/${newest.participant}.json`,
    "Muted=true",
  ],
  add: (newest: Newest) => [
    "POST",
    `/Conferences/${newest.conference}/Participants.json`,
    "To=%2B15551234567&From=%2B15550000001",
  ],
  kick: (newest: Newest) => [
    "DELETE",
    `/Conferences/${newest.conference}/Participants/${newest.participant}.json`,
    undefined,
  ],
  end: (newest: Newest) => ["POST", `/Conferences/${newest.conference}.json`, "Status=completed"],
  makeQueue: () => ["POST", "/Queues.json", "FriendlyName=spare&MaxSize=3"],
  resizeQueue: (newest: Newest) => ["POST", `/Queues/${newest.queue}.json`, "MaxSize=4"],
  deleteQueue: (newest: Newest) => ["DELETE", `/Queues/${newest.queue}.json`, undefined],
  dequeue: (newest: Newest) => [
    "POST",
    `/Queues/${newest.queue}/Members/Front.json`,
    "Url=https%3A%2F%2Ftwiml.test%2Fvoice",
  ],
  recordings: () => ["GET", "/Recordings.json", undefined],
  sound: (newest: Newest) => ["GET", `/Recordings/${newest.recording}`, undefined],
  deleteRecording: (newest: Newest) => ["DELETE", `/Recordings/${newest.recording}.json`, undefined],
} as const satisfies Readonly<Record<string, (newest: Newest) => readonly [string, string, string | undefined]>>

/** SIDs of the newest of each. */
interface Newest {
  readonly conference: string
  readonly participant: string
  readonly queue: string
  readonly recording: string
}

const newestOf = ({ run }: Simulation): Newest => {
  const { conferences, queues, recordings } = run.engine.world.slice(twilioMachine)
  const conference = itemsOf(conferences.conferences).at(-1)
  return {
    conference: conference?.sid ?? "CF0",
    participant: conference?.participants[0]?.callSid ?? "CA0",
    queue: itemsOf(queues.queues).at(-1)?.sid ?? "QU0",
    recording: itemsOf(recordings.recordings).at(-1)?.sid ?? "RE0",
  }
}

const names = <Name extends string>(record: Readonly<Record<Name, unknown>>): FastCheck.Arbitrary<Name> =>
  FastCheck.constantFrom(...(Object.keys(record) as Array<Name>))

export const callActs: FastCheck.Arbitrary<CallAct> = FastCheck.oneof(
  {
    weight: 4,
    arbitrary: FastCheck.record({
      _tag: FastCheck.constant("call" as const),
      document: names(documents),
      to: FastCheck.constantFrom("+15551234567", "+15558880002", "+15559999999"),
      more: names(more),
    }),
  },
  {
    weight: 1,
    arbitrary: FastCheck.record({ _tag: FastCheck.constant("ring" as const), scripted: FastCheck.boolean() }),
  },
  {
    weight: 2,
    arbitrary: FastCheck.record({
      _tag: FastCheck.constant("play" as const),
      nth: FastCheck.nat(9),
      how: names(plays),
    }),
  },
  {
    weight: 2,
    arbitrary: FastCheck.record({
      _tag: FastCheck.constant("changeCall" as const),
      nth: FastCheck.nat(9),
      how: names(changes),
    }),
  },
  {
    weight: 2,
    arbitrary: FastCheck.record({ _tag: FastCheck.constant("around" as const), how: names(around) }),
  },
)

const sidOf = ({ run }: Simulation, nth: number): string => {
  const all = itemsOf(run.engine.world.slice(twilioMachine).calls.calls)
  return all[nth % Math.max(1, all.length)]?.sid ?? `CA${"0".repeat(32)}`
}

/** The number phones call: it has a webhook of its own once it is bought and set up, and is anybody's otherwise. */
const numberCalled = "+15550000001"

export const performCall = (simulation: Simulation, act: CallAct): Effect.Effect<void> => {
  const { engine } = simulation.run
  switch (act._tag) {
    case "call": {
      const form = `To=${encodeURIComponent(act.to)}&From=%2B15550000001&${documents[act.document]}${more[act.more]}`
      return Effect.asVoid(simulation.api("POST", `${base}/Calls.json`, form))
    }
    case "ring": {
      const script = act.scripted ? { script: [{ do: "press" as const, text: "1" }, { do: "hang up" as const }] } : {}
      return Effect.asVoid(
        Effect.orDie(engine.submit(callArrived.draft("", { from: "+15557654321", ...script, to: numberCalled }))),
      )
    }
    case "play":
      return Effect.asVoid(Effect.orDie(engine.submit(plays[act.how](sidOf(simulation, act.nth)))))
    case "around": {
      const [method, path, form] = around[act.how](newestOf(simulation))
      return Effect.asVoid(simulation.api(method, base + path, form))
    }
    case "changeCall": {
      const [method, suffix, form] = changes[act.how]
      return Effect.asVoid(simulation.api(method, `${base}/Calls/${sidOf(simulation, act.nth)}${suffix}`, form))
    }
  }
}
