import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import type { SeenMessage } from "../../carriers/delivery/seen.ts"
import { logLanguage } from "../../timetravel/logLanguage.ts"
import { readSearch } from "../../timetravel/search.ts"
import { callbackLanguage } from "./callbackList.ts"
import { messageLanguage } from "./messageList.ts"

const hour = 3_600_000
const now = Date.parse("2026-01-01T12:00:00Z")

const message: SeenMessage = {
  sid: `SM${"1".repeat(32)}`,
  accountSid: `AC${"2".repeat(32)}`,
  serviceSid: undefined,
  direction: "outbound-api",
  from: "+15550000001",
  to: "+15551234567",
  body: 'Your "secret" code is 4829: https://a.example/x',
  status: "failed",
  errorCode: 30008,
  numMedia: 0,
  numSegments: 1,
  created: now - hour,
  updated: now,
  sent: undefined,
}

const fits = (search: string, changed: Partial<SeenMessage> = {}): boolean =>
  Either.getOrThrow(readSearch(messageLanguage, search, now)).fits({ ...message, ...changed })
const wrong = (search: string): ReadonlyArray<string> =>
  Either.getOrThrow(Either.flip(readSearch(messageLanguage, search, now)))

describe("a search of messages", () => {
  for (const search of [
    "",
    "  ",
    "to:+15551234567",
    "to:(555)123-4567",
    "to:+1555*",
    "from:0001",
    "status:failed",
    "STATUS:Failed",
    "status:failed,undelivered",
    'body:"code is"',
    "body:your*4829",
    String.raw`body:"\"secret\""`,
    "direction:outbound",
    "direction:outbound-api",
    "error:30008",
    "media:0",
    "after:2h",
    "before:30m",
    "after:2026-01-01",
    "before:2026-01-01T12:00:00Z",
    "-status:delivered",
    "-body:nothing",
    "code",
    "CODE secret",
    '"code is 4829"',
    "SM1111",
    "https://a.example/x",
    "to:+15551234567 status:failed body:code after:2h",
    "-",
  ])
    it(`${JSON.stringify(search)} finds it`, () =>
      strictEqual(fits(search, search === "-" ? { body: "a - b" } : {}), true))
  for (const search of [
    "to:+15551234568",
    "from:+15551234567",
    "status:delivered",
    "body:CODES",
    "body:4829*your",
    "direction:inbound",
    "error:30007",
    "after:30m",
    "before:2h",
    "-status:failed",
    "-code",
    "code nothing",
    "service:MG",
  ])
    it(`${JSON.stringify(search)} does not`, () => strictEqual(fits(search), false))

  for (const [search, line] of [
    ["stats:failed", "stats: is no operator here; did you mean status:?"],
    ["colour:red", "colour: is no operator here; there are to: from: status:"],
    ["status:lost", "status: expected one of queued, sending"],
    ["direction:up", "direction: expected inbound, outbound"],
    [
      "after:soon",
      'after: expected how long ago (30s, 2h, 1d) or an instant such as 2026-01-01T00:00:00Z, found "soon"',
    ],
    ["error:many", 'error: expected a whole number, found "many"'],
    ["to:", "to: has nothing behind it; write it like to:+15551234567"],
    ['body:"open', "a quotation mark is not closed"],
    ["x ".repeat(21), "expected at most 20 terms, found 21"],
    ["x".repeat(501), "expected a search of at most 500 characters, found 501"],
  ] as const)
    it(`${JSON.stringify(search.slice(0, 20))} is told what is wrong with it`, () => {
      const lines = wrong(search)
      strictEqual(lines.length, 1)
      strictEqual(lines[0]?.startsWith(line), true, lines[0])
    })

  it("is told everything that is wrong with it at once", () => strictEqual(wrong("stats:x after:y error:z").length, 3))
})

describe("a search of entries", () => {
  const row = {
    seq: 7,
    at: now,
    cause: 3,
    kind: "input",
    type: "message.created",
    subject: "SM12",
    data: '{"a":1}',
    hash: "",
  } as const
  const found = (search: string) => Either.getOrThrow(readSearch(logLanguage, search, now)).fits(row)
  it("takes types and subjects whole, with stars", () =>
    deepStrictEqual(
      [
        "type:message.*",
        "type:*.created",
        "type:m*e*d",
        "type:message",
        "subject:SM12",
        "subject:SM1",
        "subject:SM*",
        "type:*",
      ].map(found),
      [true, true, true, false, true, false, true, true],
    ))
  it("finds places, causes, kinds and words", () =>
    deepStrictEqual(["seq:7", "cause:3", "kind:input", "kind:outcome", '"a"', "-seq:7"].map(found), [
      true,
      true,
      true,
      false,
      true,
      false,
    ]))
})

describe("operators", () => {
  it("have an example that can be read", () => {
    for (const language of [messageLanguage, callbackLanguage, logLanguage])
      for (const { example } of language.operators)
        strictEqual(Either.isRight(readSearch(language as typeof messageLanguage, example, now)), true, example)
  })
})
