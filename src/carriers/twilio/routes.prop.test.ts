import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import type { Stage } from "../../../test/support/given.ts"
import { anyName, anyText } from "../../../test/support/json.ts"
import { seededRuns } from "../../../test/support/seeded.ts"
import {
  answerOf,
  asked,
  auth,
  messagePath,
  messagesIn,
  messagesPath,
  started,
  twilio,
} from "../../../test/support/twilio.ts"
import { timersMachine } from "../../clock/timers.machine.ts"
import { sid } from "../../core/chance.ts"
import { decode } from "../../core/Entry.ts"
import type { ApiRequested, NotKept, Pair } from "../../core/entries.ts"
import { WorldState } from "../../engine/World.ts"
import { twilioMachine } from "./twilio.machine.ts"

const name = FastCheck.oneof(
  FastCheck.constantFrom("To", "From", "Body", "StatusCallback", "MediaUrl", "Page", "PageSize", "PageToken"),
  anyName,
)
const value = FastCheck.oneof(
  FastCheck.constantFrom(
    "+15551234567",
    "+15550000001",
    "https://app.test/s",
    `PA${sid("SM", 1, 0)}`,
    "1",
    "0",
    "-1",
    "",
  ),
  anyText,
)
const pairs = FastCheck.array(FastCheck.tuple(name, value), { maxLength: 6 })
const fine: ReadonlyArray<Pair> = [
  ["To", "+15551234567"],
  ["From", "+15550000001"],
  ["Body", "x"],
]

const request = FastCheck.record(
  {
    auth: FastCheck.constantFrom<ApiRequested["auth"] | "none">(auth, auth, auth, "none", { malformed: true }),
    body: FastCheck.constantFrom<NotKept["why"]>("too-large", "not-a-form", "bad-encoding", "too-many-parameters").map(
      (why) => ({ length: 1, sha256: "0", why }),
    ),
    method: FastCheck.oneof(
      { weight: 4, arbitrary: FastCheck.constantFrom("GET", "POST", "HEAD") },
      { weight: 1, arbitrary: FastCheck.constantFrom("DELETE", "PUT", "OPTIONS", "get") },
      { weight: 1, arbitrary: anyName },
    ),
    path: FastCheck.oneof(
      { weight: 4, arbitrary: FastCheck.constantFrom(messagesPath, messagePath(sid("SM", 1, 0)), messagePath("SM1")) },
      { weight: 1, arbitrary: anyText.map((text) => `/${text}`) },
      { weight: 1, arbitrary: anyName.map(messagePath) },
      { weight: 1, arbitrary: anyName.map((account) => `/2010-04-01/Accounts/${account}/Messages.json`) },
    ),
    params: FastCheck.oneof(
      pairs,
      pairs.map((more) => [...fine, ...more]),
    ),
    query: pairs,
  },
  { requiredKeys: ["auth", "method", "path", "params", "query"] },
)

/** Whatever is not fine is let through by half of the settings. */
const settings = FastCheck.record({
  check_from_numbers: FastCheck.boolean(),
  require_auth: FastCheck.boolean(),
  require_parameters: FastCheck.boolean(),
  validate_phone_format: FastCheck.boolean(),
}).map((validation) => ({ allowed_from_numbers: ["+15550000001"], validation }))

const known = new Set([200, 201, 400, 401, 404, 405, 413, 415])

describe("any request", () => {
  it.prop(
    "gets exactly one answer, which is JSON in ASCII",
    [settings, FastCheck.array(request, { minLength: 1, maxLength: 8 })],
    ([given, requests]) => {
      let stage: Stage = twilio(given)
      for (const one of requests) {
        stage = stage.when(asked(one))
        const { status, text } = answerOf(stage)
        assertTrue(known.has(status), `status ${status}`)
        assertTrue(/^[\x20-\x7e]*$/.test(text), text)
      }
    },
    seededRuns(150),
  )

  it.prop(
    "that only reads changes nothing, and is answered the same again",
    [FastCheck.array(request, { maxLength: 5 }), request, FastCheck.constantFrom("GET", "HEAD")],
    ([requests, last, method]) => {
      const stage = requests.reduce<Stage>((at, one) => at.when(asked(one)), twilio())
      const once = stage.when(asked({ ...last, method }))
      const first = answerOf(once)
      strictEqual(once.made.length, 2)
      deepStrictEqual(answerOf(once.when(asked({ ...last, method }))), first)
    },
    seededRuns(100),
  )

  it.prop(
    "leaves the world in the state that its entries fold to once they were stored",
    [settings, FastCheck.array(request, { maxLength: 6 })],
    ([given, requests]) => {
      const begin = started(given)
      let stage: Stage = twilio(given)
      const folded = new WorldState([twilioMachine])
      folded.evolve({ seq: 1, at: 0, cause: 0, kind: "input", type: begin.type, subject: "", data: begin.data })
      for (const one of requests) {
        stage = stage.when(asked(one))
        for (const { row } of stage.made) folded.evolve(decode(row))
      }
      deepStrictEqual(messagesIn(folded), messagesIn(stage.world))
      deepStrictEqual(folded.slice(timersMachine), stage.world.slice(timersMachine))
    },
    seededRuns(100),
  )
})
