import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type { Stage } from "../../../../test/support/given.ts"
import {
  account,
  answerOf,
  type Differently,
  fine,
  form,
  get,
  messagePath,
  messagesPath,
  post,
  twilio,
} from "../../../../test/support/twilio.ts"
import { sid as sidOf } from "../../../core/chance.ts"
import { type Pair, timerSet } from "../../../core/entries.ts"
import { type MessageCreated, messageCreated } from "../../delivery/entries.ts"

const owned = "+15550000001"
const to = "+15551234567"
const other = "+15557654321"

const answer = (params: ReadonlyArray<Pair>, settings?: Differently) => answerOf(twilio(settings).when(post(params)))
const refusal = (params: ReadonlyArray<Pair>, settings?: Differently) => {
  const { body, status } = answer(params, settings)
  deepStrictEqual(Object.keys(body).sort(), ["code", "message", "more_info", "status"])
  strictEqual(body.status, status)
  strictEqual(body.more_info, `https://www.twilio.com/docs/errors/${body.code}`)
  return [status, body.code, body.message]
}
const createdIn = ({ made }: Stage) => made.map(({ entry }) => entry).find(messageCreated.is)?.data as MessageCreated

describe("a message that is fine", () => {
  const stage = twilio({ allowed_from_numbers: [owned] }).when(
    post(form({ Body: "Hi", StatusCallback: "https://app.test/s" })),
  )
  const sid = sidOf("SM", 1, 0)

  it("is created, answered, and given a timer", () => {
    deepStrictEqual(
      stage.made.map(({ entry }) => [entry.type, entry.subject, entry.cause]),
      [
        ["api.requested", "", 0],
        ["message.created", sid, 2],
        ["api.responded", sid, 2],
        ["timer.set", sid, 3],
      ],
    )
    deepStrictEqual(createdIn(stage), {
      account_sid: account,
      body: "Hi",
      direction: "outbound-api",
      from: owned,
      num_media: 0,
      num_segments: 1,
      plan: { delay_ms: 2_000, outcome: "delivered" },
      price_micros: 7_500,
      status: "queued",
      status_callback: "https://app.test/s",
      to,
    })
    deepStrictEqual(stage.made.at(-1)?.entry.data, timerSet.draft("", { due: 2_000, key: `message ${sid}` }).data)
  })

  it("is answered 201 with the message", () => {
    const { body, status } = answerOf(stage)
    strictEqual(status, 201)
    const { account_sid, body: text, error_code, from, num_segments, sid: told, status: state, to: whom } = body
    deepStrictEqual(
      { account_sid, error_code, from, num_segments, sid: told, status: state, text, to: whom },
      { account_sid: account, error_code: null, from: owned, num_segments: "1", sid, status: "queued", text: "Hi", to },
    )
  })

  it("is the same message when it is fetched", () => {
    const { body: sent } = answerOf(stage)
    const { body: fetched, status } = answerOf(stage.when(get(messagePath(sid))))
    strictEqual(status, 200)
    for (const key of Object.keys(sent).filter((key) => key !== "subresource_uris"))
      strictEqual(fetched[key], sent[key])
  })

  it("has the first value of a parameter that is given twice, and none of an empty one", () => {
    const { body } = answer([
      ["To", ""],
      ["To", to],
      ["To", other],
      ["From", owned],
      ["Body", ""],
      ["Body", "x"],
    ])
    deepStrictEqual([body.to, body.body], [to, "x"])
  })

  it("has its numbers in E.164 form, and what has none as it is written", () => {
    const created = createdIn(twilio().when(post(form({ To: "(555) 123-4567", From: " 15550000001" }))))
    deepStrictEqual([created.to, created.from], [to, owned])
    const loose = { allowed_from_numbers: ["12345"], validation: { validate_phone_format: false } }
    const short = createdIn(twilio(loose).when(post(form({ To: "Bob", From: "12345" }))))
    deepStrictEqual([short.to, short.from], ["Bob", "12345"])
  })

  it("with media is an MM", () => {
    const stage = twilio().when(
      post([...fine, ["MediaUrl", "https://a.test/1"], ["MediaUrl", ""], ["MediaUrl", "https://a.test/2"]]),
    )
    strictEqual(createdIn(stage).num_media, 2)
    strictEqual(answerOf(stage).body.sid, sidOf("MM", 1, 0))
  })

  it("counts messages, not requests, for its SID", () => {
    const second = twilio().when(post(fine)).when(post([])).when(get(messagesPath)).when(post(fine))
    strictEqual(answerOf(second).body.sid, sidOf("SM", 1, 1))
  })

  it.each([
    ["delivered by default", {}, { delay_ms: 2_000, outcome: "delivered" }],
    [
      "failed when that is the default",
      { default_behavior: "failure" },
      { delay_ms: 2_000, error_code: 30008, outcome: "failed" },
    ],
    [
      "failed when its number is listed",
      { failure_numbers: [to] },
      { delay_ms: 2_000, error_code: 30008, outcome: "failed" },
    ],
    ["delivered when another is", { failure_numbers: [other] }, { delay_ms: 2_000, outcome: "delivered" }],
    [
      "delivered when its number is registered",
      { default_behavior: "failure", registered_numbers: [to] },
      { delay_ms: 2_000, outcome: "delivered" },
    ],
    [
      "failed when its number is on both lists",
      { failure_numbers: [to], registered_numbers: [to] },
      { delay_ms: 2_000, error_code: 30008, outcome: "failed" },
    ],
    [
      "failed with the code that is set",
      { default_behavior: "failure", failure_error_code: 30003 },
      { delay_ms: 2_000, error_code: 30003, outcome: "failed" },
    ],
    ["planned with the delay that is set", { callbacks: { delay_ms: 0 } }, { delay_ms: 0, outcome: "delivered" }],
  ] as const)("will be %s", (_, settings, plan) =>
    deepStrictEqual(createdIn(twilio(settings as Differently).when(post(fine))).plan, plan),
  )
})

describe("a message that is not fine", () => {
  const allowed = { allowed_from_numbers: [owned] }

  it.each([
    ["without a From", { From: undefined }, {}, 21603, "A 'From' phone number is required."],
    ["with an empty From", { From: "" }, {}, 21603, "A 'From' phone number is required."],
    ["without a To", { To: undefined }, {}, 21604, "A 'To' phone number is required."],
    ["without a Body", { Body: undefined }, {}, 21602, "Message body is required."],
    [
      "without anything",
      { From: undefined, To: undefined, Body: undefined },
      {},
      21603,
      "A 'From' phone number is required.",
    ],
    [
      "without a To, with a code of its own",
      { To: undefined },
      { missing_parameter_code: 21602 },
      21602,
      "The required parameter 'To' is missing.",
    ],
    [
      "without a To, with a code that is none",
      { To: undefined },
      { missing_parameter_code: 1 },
      21604,
      "A 'To' phone number is required.",
    ],
    [
      "without a Body, with the code of another parameter",
      { Body: undefined },
      { missing_parameter_code: 21604 },
      21604,
      "The required parameter 'Body' is missing.",
    ],
    [
      "from a name of twelve characters",
      { From: "Twelve chars" },
      {},
      21212,
      "The 'From' number Twelve chars is not a valid phone number, shortcode, or alphanumeric sender ID.",
    ],
    [
      "with a TrafficType that is none",
      { TrafficType: "dear" },
      {},
      20400,
      "The request could not be read: TrafficType is none of free",
    ],
    [
      "with a flag that is neither true nor false",
      { ForceDelivery: "yes" },
      {},
      20400,
      "The request could not be read: ForceDelivery is neither true nor false",
    ],
    [
      "with links to shorten and no service",
      { ShortenUrls: "true" },
      {},
      20400,
      "The request could not be read: ShortenUrls needs a MessagingServiceSid",
    ],
    ["to no number", { To: "abc" }, {}, 21211, "The 'To' number abc is not a valid phone number."],
    ["to a number too short", { To: "+1234" }, {}, 21211, "The 'To' number +1234 is not a valid phone number."],
    [
      "from no number",
      { From: "+1234" },
      {},
      21212,
      "The 'From' number +1234 is not a valid phone number, shortcode, or alphanumeric sender ID.",
    ],
    [
      "from a short code that is not owned",
      { From: "12345" },
      allowed,
      21606,
      "The From phone number 12345 is not a valid, SMS-capable inbound phone number or short code for your account.",
    ],
    [
      "from a number that is not owned",
      { From: other },
      allowed,
      21606,
      `The From phone number ${other} is not a valid, SMS-capable inbound phone number or short code for your account.`,
    ],
    [
      "from a number that is not owned (21659)",
      { From: other },
      { ...allowed, from_not_owned_code: 21659 },
      21659,
      `'From' ${other} is not a Twilio phone number or Short Code country mismatch`,
    ],
    [
      "from a number that is not owned (21660)",
      { From: other },
      { ...allowed, from_not_owned_code: 21660 },
      21660,
      `Mismatch between the 'From' number ${other} and the account ${account}`,
    ],
    [
      "with a Body of 1601 letters",
      { Body: "x".repeat(1_601) },
      {},
      21617,
      "The concatenated message body exceeds the 1600 character limit.",
    ],
    [
      "with a Body of 1601 emoji",
      { Body: "😀".repeat(1_601) },
      {},
      21617,
      "The concatenated message body exceeds the 1600 character limit.",
    ],
    [
      "with a callback that is no URL",
      { StatusCallback: "app.test/s" },
      {},
      21609,
      "The 'StatusCallback' URL app.test/s is not a valid URL.",
    ],
    [
      "with a callback of another scheme",
      { StatusCallback: "ftp://app.test/s" },
      {},
      21609,
      "The 'StatusCallback' URL ftp://app.test/s is not a valid URL.",
    ],
    [
      "with a callback without a host",
      { StatusCallback: "http://" },
      {},
      21609,
      "The 'StatusCallback' URL http:// is not a valid URL.",
    ],
  ] as const)("%s is refused", (_, changes, settings, code, message) => {
    deepStrictEqual(refusal(form(changes), settings as Differently), [400, code, message])
    const stage = twilio(settings as Differently).when(post(form(changes)))
    deepStrictEqual(
      stage.made.map(({ entry }) => entry.type),
      ["api.requested", "api.responded"],
    )
  })

  it.each([
    ["a Body of 1600 letters", { Body: "x".repeat(1_600) }, {}],
    ["a Body of 1600 emoji", { Body: "😀".repeat(1_600) }, {}],
    ["a callback of 4000 characters", { StatusCallback: `https://app.test/${"x".repeat(3_983)}` }, {}],
    ["a callback in capitals", { StatusCallback: "HTTP://APP.test/S" }, {}],
    ["a From that is owned, in local form", { From: "(555) 000-0001" }, allowed],
    ["a short code that is owned", { From: "12345" }, { allowed_from_numbers: ["12345"] }],
    ["any From when no number is named", { From: other }, {}],
  ] as const)("does not mean one with %s", (_, changes, settings) =>
    strictEqual(answer(form(changes), settings as Differently).status, 201),
  )

  it("with a callback of 4001 characters is refused, and not told all of it again", () => {
    const [, code, message] = refusal(form({ StatusCallback: `https://app.test/${"x".repeat(3_984)}` }))
    strictEqual(code, 21609)
    assertTrue(message.length < 1_000)
  })

  it.each(["To", "From"])("with a %s as long as a form can be is refused, and not told all of it again", (name) => {
    for (const character of ['"', "x", "é"]) {
      const params = form({ [name]: character.repeat(60_000) })
      for (const settings of [
        {},
        { validation: { validate_phone_format: false } },
        { ...allowed, validation: { validate_phone_format: false } },
      ]) {
        const [status, code, message] = refusal(params, settings)
        strictEqual(status, 400)
        assertTrue(code === 21211 || code === 21212 || code === 21606, String(code))
        assertTrue(message.length < 1_000)
      }
    }
  })
})
