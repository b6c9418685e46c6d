import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type { RecordedExchange, RecordedRequest, TrafficHeader } from "../../src/core/traffic/RecordedExchange.ts"
import { followings } from "../../src/traffic/playback/following.ts"
import { answerNow, Playing } from "../../src/traffic/playback/Playing.ts"
import type { FieldRule } from "../../src/traffic/playback/reading.ts"
import type { PlaybackMode } from "../../src/traffic/playback/Tape.ts"
import {
  type FormFields,
  recordedAt,
  recordedExchange,
  recordedWebhook,
  requestFor,
  sidOf,
  trafficHeader,
} from "../support/recordedTraffic.ts"

const account = (n = 1) => `/2010-04-01/Accounts/${sidOf("AC", n)}`
const messages = (n = 1) => `${account(n)}/Messages.json`
const to = "+14158675309"
const later = 86_400_000

interface Given {
  readonly mode?: PlaybackMode
  readonly fields?: Readonly<Record<string, FieldRule>>
  readonly redaction?: Partial<TrafficHeader["redaction"]>
  readonly source?: string
}

/** A recording that is played; `when` asks, `answers` and `misses` say what does: the n of the exchange, or the fields that differ. */
const given = (
  exchanges: ReadonlyArray<RecordedExchange>,
  { fields = {}, mode = "key", redaction = {}, source = "https://api.twilio.com" }: Given = {},
) => {
  const playing = new Playing(
    {
      fields: new Map(Object.entries(fields)),
      mode,
      salt: undefined,
      traffic: { exchanges, header: { ...trafficHeader(redaction), source } },
    },
    () => recordedAt + 1_000 + later,
  )
  return {
    when: (request: RecordedRequest) => {
      const found = playing.find(request)
      if ("nearest" in found)
        return {
          answers: (_: number) => strictEqual("a miss", "an answer", JSON.stringify(found)),
          misses: (n: number | undefined, ...differing: ReadonlyArray<string>) => {
            strictEqual(found.nearest?.exchange.n, n)
            deepStrictEqual(
              found.nearest?.differences.map(({ field, found: now, recorded }) => `${field}: ${recorded} -> ${now}`) ??
                [],
              differing,
            )
          },
          body: () => "",
        }
      const now = answerNow(found.exchange, playing.answering(found))
      return {
        answers: (n: number) => strictEqual(found.exchange.n, n),
        misses: () => strictEqual("an answer", "a miss", String(found.exchange.n)),
        body: () => ("why" in now ? now.why : String(now.body)),
      }
    },
  }
}

const sends = (fields: FormFields, n = 1) =>
  requestFor("POST", messages(n), { To: to, From: "+15550000001", ...fields })
const made = (n: number, fields: FormFields) =>
  recordedExchange(n, sends(fields), {
    about: sidOf("SM", n),
    answer: {
      sid: sidOf("SM", n),
      account_sid: sidOf("AC"),
      body: fields.Body,
      to,
      date_created: "Tue, 18 Nov 2025 09:00:01 +0000",
    },
    status: 201,
  })
const gets = (n: number) => requestFor("GET", `${account()}/Messages/${sidOf("SM", n)}.json`)

describe("A request", () => {
  it("is answered by the recorded one of its method, path and parameters, whatever their order and its credentials", () => {
    const tape = given([made(1, { Body: "one" }), made(2, { Body: "two" })])
    const other = sends({ Body: "two" })
    tape.when({ ...other, body: { text: `Body=two&From=%2B15550000001&To=%2B14158675309` } }).answers(2)
    tape.when(sends({ Body: "one" })).answers(1)
  })

  it("of the same parameters is answered by each recorded one once, in their order", () => {
    const tape = given([made(1, { Body: "x" }), made(2, { Body: "x" })])
    tape.when(sends({ Body: "x" })).answers(1)
    tape.when(sends({ Body: "x" })).answers(2)
    tape.when(sends({ Body: "x" })).misses(1)
  })

  it("is answered by the last one again and again where that is asked for, each time another thing", () => {
    const tape = given(
      [made(1, { Body: "x" }), recordedExchange(2, gets(1), { about: sidOf("SM"), answer: { sid: sidOf("SM") } })],
      {
        mode: "repeat-last",
      },
    )
    const sids = [1, 2, 3].map(() => JSON.parse(tape.when(sends({ Body: "x" })).body()).sid as string)
    strictEqual(sids[0], sidOf("SM"))
    strictEqual(new Set(sids).size, 3)
    assertTrue(sids.every((each) => /^SM[0-9a-f]{32}$/.test(each)))
    for (const each of sids)
      strictEqual(
        tape.when(requestFor("GET", `${account()}/Messages/${each}.json`)).body(),
        JSON.stringify({ sid: each }),
      )
  })

  it("in strict order is answered by the next one or not at all", () => {
    const tape = given([made(1, { Body: "one" }), made(2, { Body: "two" })], { mode: "order" })
    tape.when(sends({ Body: "two" })).misses(1, "Body: one -> two")
    tape.when(sends({ Body: "one" })).answers(1)
    tape.when(sends({ Body: "two" })).answers(2)
    tape.when(sends({ Body: "two" })).misses(undefined)
  })

  it("that nothing answers is told what comes nearest, field by field", () => {
    const tape = given([made(1, { Body: "one" }), made(2, { Body: "two", StatusCallback: "https://app.test/a" })])
    tape.when(sends({ Body: "two", MaxPrice: "1" })).misses(1, "Body: one -> two", "MaxPrice: null -> 1")
    tape
      .when(sends({ Body: "two", StatusCallback: "https://app.test/b" }))
      .misses(2, "StatusCallback: https://app.test/a -> https://app.test/b")
    tape.when(requestFor("PUT", messages())).misses(undefined)
    tape
      .when(requestFor("POST", `${account()}/Calls.json`, { To: to }))
      .misses(1, `path: ${messages()} -> ${account()}/Calls.json`, "Body: one -> null", "From: +15550000001 -> null")
  })

  it("of another account and its services is that of the recorded ones, and its answers name them", () => {
    const recorded = sends({ Body: "x", MessagingServiceSid: sidOf("MG") })
    const tape = given([
      recordedExchange(1, recorded, {
        about: sidOf("SM"),
        answer: { sid: sidOf("SM"), account_sid: sidOf("AC"), service: sidOf("MG") },
      }),
      recordedExchange(2, recorded, { about: sidOf("SM", 2) }),
    ])
    const body = tape.when(sends({ Body: "x", MessagingServiceSid: sidOf("MG", 7) }, 9)).body()
    strictEqual(body, JSON.stringify({ sid: sidOf("SM"), account_sid: sidOf("AC", 9), service: sidOf("MG", 7) }))
    // The same recorded service is not two services now.
    tape
      .when(sends({ Body: "x", MessagingServiceSid: sidOf("MG", 8) }, 9))
      .misses(2, `name: ${sidOf("MG", 7)} -> ${sidOf("MG", 8)}`)
    tape.when(sends({ Body: "x", MessagingServiceSid: sidOf("MG", 7) }, 9)).answers(2)
  })

  it("names a thing of the recording by its own SID, never by another's", () => {
    const look = (n: number) => recordedExchange(n, gets(n), { about: sidOf("SM", n), answer: { n } })
    const tape = given([look(1), look(2)])
    tape.when(gets(2)).answers(2)
    tape.when(gets(1)).answers(1)
  })

  it("may name another server for its callbacks, and other days, and still be the same", () => {
    const tape = given([
      made(1, { Body: "x", StatusCallback: "https://prod.example/cb?a=1", SendAt: "2025-11-20T00:00:00Z" }),
    ])
    tape
      .when(sends({ Body: "x", StatusCallback: "http://localhost:3000/cb?a=1", SendAt: "2026-01-01T00:00:00Z" }))
      .answers(1)
  })

  it("may name the application itself for callbacks that went through a recorder; of imported traffic no path is a recorder's", () => {
    const recorded = made(1, { Body: "x", StatusCallback: "https://recorder.example/webhooks/status?a=1" })
    const direct = sends({ Body: "x", StatusCallback: "http://localhost:3000/status?a=1" })
    const through = sends({ Body: "x", StatusCallback: "http://localhost:8080/webhooks/status?a=1" })
    given([recorded]).when(direct).answers(1)
    given([recorded]).when(through).answers(1)
    const imported = { source: "import har" }
    given([recorded], imported).when(through).answers(1)
    given([recorded], imported)
      .when(direct)
      .misses(1, "StatusCallback: https://recorder.example/webhooks/status?a=1 -> http://localhost:3000/status?a=1")
  })

  it("is compared as the rules for its fields say", () => {
    const recorded = [made(1, { Body: "Order 17 shipped", StatusCallback: "https://a.test/x" })]
    const asked = sends({ Body: "Order 99 shipped", StatusCallback: "https://b.test/x" })
    given(recorded).when(asked).misses(1, "Body: Order 17 shipped -> Order 99 shipped")
    given(recorded, { fields: { Body: "ignore" } })
      .when(asked)
      .answers(1)
    given(recorded, { fields: { Body: { pattern: /^Order \d+ shipped$/ } } })
      .when(asked)
      .answers(1)
    given(recorded, { fields: { Body: "ignore", StatusCallback: "exact" } })
      .when(asked)
      .misses(1, "StatusCallback: https://a.test/x -> https://b.test/x")
  })

  it("with a JSON body is compared value by value, by the path of each or its last name", () => {
    const json = (value: object): RecordedRequest => ({
      body: { text: JSON.stringify(value) },
      headers: [["content-type", "application/json"]],
      method: "POST",
      url: "https://content.twilio.com/v1/Content",
    })
    const content = (text: string, more: object = {}) =>
      json({ friendly_name: "hi", types: { "twilio/text": { body: text, list: [1, null, {}] } }, ...more })
    const tape = () => given([recordedExchange(1, content("one")), recordedExchange(2, content("two"))])
    tape().when(content("two")).answers(2)
    tape()
      .when(json({ types: { "twilio/text": { list: [1, null, {}], body: "one" } }, friendly_name: "hi" }))
      .answers(1)
    const { headers: _, ...unnamed } = content("one")
    given([recordedExchange(1, { ...unnamed, headers: [] })])
      .when(content("one"))
      .answers(1)
    tape()
      .when(content("three", { language: "en" }))
      .misses(1, "types.twilio/text.body: one -> three", "language: null -> en")
    for (const fields of [{ body: "ignore" }, { "types.twilio/text.body": "ignore" }] as const)
      given([recordedExchange(1, content("one"))], { fields })
        .when(content("three"))
        .answers(1)
    given([recordedExchange(1, json([[["deep"]]]))])
      .when(json([[["deeper"]]]))
      .misses(1, "0.0.0: deep -> deeper")
  })

  it("with a body that is no form and no JSON is compared by the whole of it", () => {
    const plain = (text: string): RecordedRequest => ({
      body: { text },
      headers: [["content-type", "application/json"]],
      method: "PUT",
      url: "https://api.twilio.com/x",
    })
    given([recordedExchange(1, plain("{cut"))])
      .when(plain("{other"))
      .misses(1, "body: {cut -> {other")
    const deep = (inner: string) => `${"[".repeat(2_000)}${inner}${"]".repeat(2_000)}`
    given([recordedExchange(1, plain(deep("1")))])
      .when(plain(deep("1")))
      .answers(1)
    const bytes = (base64: string): RecordedRequest => ({ ...plain(""), body: { base64 } })
    given([recordedExchange(1, bytes("AAEC"))])
      .when(bytes("AAED"))
      .misses(1, "body: AAEC -> AAED")
  })

  it("fits stand-ins of its shape where the salt is not known, and its answer says what was asked", () => {
    const recorded = [
      recordedExchange(1, requestFor("POST", messages(), { To: "+14155550001", Body: "Xyz 1234" }), {
        about: sidOf("SM"),
        answer: { to: "+14155550001", body: "Xyz 1234", shown: "(415) 555-0001" },
      }),
      recordedExchange(2, requestFor("POST", messages(), { To: "+14155550001", Body: "Xyz 1234" })),
    ]
    const redaction = { bodies: "stand-ins", numbers: "stand-ins" } as const
    const tape = given(recorded, { redaction })
    strictEqual(
      tape.when(requestFor("POST", messages(), { To: to, Body: "Abc 9876" })).body(),
      JSON.stringify({ to, body: "Abc 9876", shown: "(415) 867-5309" }),
    )
    tape
      .when(requestFor("POST", messages(), { To: "+14158675310", Body: "Abc 9876" }))
      .misses(2, `name: ${to} -> +14158675310`)
    tape.when(requestFor("POST", messages(), { To: to, Body: "Abcd 9876" })).misses(2, "Body: Xyz 1234 -> Abcd 9876")
    tape.when(requestFor("POST", messages(), { To: to, Body: "Abc 9876" })).answers(2)
  })

  it("gets dates as far from now as they were from then, and nothing else rewritten", () => {
    const text =
      '{"date_created": "Tue, 18 Nov 2025 09:00:01 +0000", "at":"2025-11-18T09:00:01.250Z", "price": -0.00750, "n":1}'
    const exchange = recordedExchange(1, gets(1))
    const tape = given([
      { ...exchange, answer: { body: { text }, headers: [["content-type", "application/json"]], status: 200 } },
    ])
    strictEqual(
      tape.when(gets(1)).body(),
      '{"date_created": "Wed, 19 Nov 2025 09:00:01 +0000", "at":"2025-11-19T09:00:01.250Z", "price": -0.00750, "n":1}',
    )
  })

  it("that had no answer, or one that was not kept, says so", () => {
    const failed: RecordedExchange = { ...recordedExchange(1, gets(1)), answer: { failed: "connection refused" } }
    const large: RecordedExchange = {
      ...recordedExchange(2, gets(2)),
      answer: { body: { length: 9, sha256: "0".repeat(64) }, headers: [], status: 200 },
    }
    const tape = given([failed, large])
    strictEqual(tape.when(gets(1)).body(), "request 1 had no answer: connection refused")
    assertTrue(tape.when(gets(2)).body().includes("not in the recording"))
  })
})

describe("A webhook", () => {
  const told = (exchanges: ReadonlyArray<RecordedExchange>) =>
    [...followings(exchanges)].map(([n, all]) => [n, all.map(({ after, webhook }) => `${webhook.n} after ${after}`)])

  it("follows what made what it is about, by its gap from that answer", () => {
    const exchanges = [
      made(1, { Body: "one" }),
      made(2, { Body: "two" }),
      recordedWebhook(3, sidOf("SM", 1)),
      recordedExchange(4, gets(1), { about: sidOf("SM", 1) }),
      recordedWebhook(5, sidOf("SM", 1)),
      recordedWebhook(6, sidOf("SM", 2)),
    ]
    deepStrictEqual(told(exchanges), [
      [1, ["3 after 1900", "5 after 3900"]],
      [2, ["6 after 3900"]],
    ])
  })

  it("about nothing that is known follows the last request, or the beginning", () => {
    deepStrictEqual(told([recordedWebhook(1, ""), made(2, { Body: "x" }), recordedWebhook(3, sidOf("CA"))]), [
      [0, ["1 after 0"]],
      [2, ["3 after 900"]],
    ])
  })

  it("of a clock that ran backwards follows at once", () => {
    const early = { ...recordedWebhook(2, sidOf("SM", 1)), at: recordedAt - 5_000 }
    deepStrictEqual(told([made(1, { Body: "x" }), early]), [[0, ["2 after 0"]]])
  })
})
