import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import { seededRuns } from "../../../../test/support/seeded.ts"
import { ordersOf } from "../../../../test/support/voice.ts"
import { VoiceWalk } from "../../../../test/support/voiceWalk.ts"
import { limits } from "../../../core/limits.ts"
import { begin, step } from "./interpreter.ts"

const url = FastCheck.constantFrom("/next", "other?a=1", "https://b.example/x", "ftp://x", "", "//")
const value = FastCheck.oneof(
  url,
  FastCheck.constantFrom(
    "0",
    "1",
    "2",
    "5",
    "true",
    "false",
    "busy",
    "dtmf",
    "dtmf speech",
    "GET",
    "#",
    "auto",
    "+14155550100",
  ),
  FastCheck.string({ maxLength: 6 }),
)
const attributeNames = [
  ..."action method timeout numDigits finishOnKey input loop length digits reason hangupOnStar waitUrl url statusCallback".split(
    " ",
  ),
  ..."playBeep maxLength trim speechTimeout bargeIn actionOnEmptyResult answerOnBridge to from waitMethod strange".split(
    " ",
  ),
]
const escaped = (text: string): string =>
  text.replace(/[^\x20-\x7e]/g, "?").replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
const attributes = FastCheck.dictionary(FastCheck.constantFrom(...attributeNames), value, { maxKeys: 4 }).map((given) =>
  Object.entries(given)
    .map(([name, text]) => ` ${name}="${escaped(text)}"`)
    .join(""),
)
const element = (name: FastCheck.Arbitrary<string>, inside: FastCheck.Arbitrary<string>) =>
  FastCheck.tuple(name, attributes, inside).map(([tag, given, within]) => `<${tag}${given}>${within}</${tag}>`)

const text = FastCheck.oneof(FastCheck.constantFrom("", "Hello", "+14155550100", "support", "/a.mp3"), url).map(escaped)
const simple = element(FastCheck.constantFrom("Say", "Play", "Pause"), text)
const nouns = element(FastCheck.constantFrom("Number", "Conference", "Client", "Queue", "Sip", "Strange"), text)
const verb = FastCheck.oneof(
  simple,
  element(
    FastCheck.constant("Gather"),
    FastCheck.array(simple, { maxLength: 2 }).map((list) => list.join("")),
  ),
  element(
    FastCheck.constant("Dial"),
    FastCheck.oneof(
      text,
      FastCheck.array(nouns, { maxLength: 2 }).map((list) => list.join("")),
    ),
  ),
  element(FastCheck.constantFrom("Enqueue", "Redirect", "Sms"), text),
  element(FastCheck.constantFrom("Record", "Hangup", "Reject", "Leave", "Connect", "Strange"), FastCheck.constant("")),
)
const document = FastCheck.oneof(
  {
    weight: 9,
    arbitrary: FastCheck.array(verb, { maxLength: 5 }).map((verbs) => `<Response>${verbs.join("")}</Response>`),
  },
  {
    weight: 1,
    arbitrary: FastCheck.constantFrom("", "Hello", "<Response>", "<response/>", "<Response><Redirect/></Response>"),
  },
)

describe("TwiML of calls", () => {
  it.prop(
    "whatever it says and whatever happens, goes on or ends, within its limits and always alike",
    [
      FastCheck.array(document, { minLength: 1, maxLength: 6 }),
      FastCheck.array(FastCheck.nat(), { minLength: 60, maxLength: 240 }),
    ],
    ([documents, chance]) => {
      let drawn = 0
      const below = (n: number) => (chance[drawn++ % chance.length] ?? 0) % n
      new VoiceWalk(below, () => [
        documents[below(documents.length)] ?? "",
        below(12) === 0 ? "text/plain" : "text/xml",
      ]).run(80)
    },
    seededRuns(150),
  )

  it.prop(
    "ends, when all that happens is that its documents come and time passes",
    [FastCheck.array(document, { minLength: 1, maxLength: 4 })],
    ([documents]) => {
      const target = { method: "POST", url: "https://app.example/voice" } as const
      let made = begin({ at: 0, by: target, fallback: target, role: "call", answered: false, play_ms: 1_000 })
      let at = 0
      for (let i = 0; !made.state.over; i++) {
        strictEqual(i <= limits.callDocumentsMax + limits.callVerbsMax, true)
        const [fetch] = ordersOf(made, "fetch")
        const [wait] = ordersOf(made, "wait")
        if (fetch !== undefined)
          made = step(made.state, {
            type: "document",
            at,
            id: fetch.id,
            text: documents[i % documents.length] ?? "",
            content_type: "text/xml",
          })
        else if (wait !== undefined) {
          at += wait.ms
          made = step(made.state, { type: "elapsed", at, id: wait.id })
        } else return // It waits for somebody else, or for nobody.
      }
    },
    seededRuns(100),
  )
})
