import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import type { Stage } from "../../../../test/support/given.ts"
import { seededRuns } from "../../../../test/support/seeded.ts"
import { answerOf, fine, form, get, messagePath, messagesPath, post, twilio } from "../../../../test/support/twilio.ts"
import { sid as sidOf } from "../../../core/chance.ts"
import { dataCleared, type Pair } from "../../../core/entries.ts"

const to = "+15551234567"
const other = "+15557654321"

describe("fetching a message", () => {
  const sid = sidOf("SM", 1, 0)
  const one = () => twilio({ validation: { require_auth: false } }).when(post(fine))

  it.each([
    ["a SID that is none", messagePath("SM1")],
    ["__proto__", messagePath("__proto__")],
    ["the SID in another account", `/2010-04-01/Accounts/AC1/Messages/${sid}.json`],
  ])("by %s is answered 404", (_, path) => {
    const { body, status } = answerOf(one().when(get(path)))
    deepStrictEqual([status, body.code, body.message], [404, 20404, `The requested resource ${path} was not found`])
  })

  it("that was cleared is answered 404", () => {
    const cleared = one().when(dataCleared.draft("", { what: "messages" }))
    strictEqual(answerOf(cleared.when(get(messagePath(sid)))).body.code, 20404)
  })

  it("repeats no more than a part of a long path", () => {
    const { body } = answerOf(one().when(get(messagePath("x".repeat(10_000)))))
    assertTrue(body.code === 20404 && body.message.length < 1_000)
  })
})

describe("listing messages", () => {
  const sids = Array.from({ length: 7 }, (_, n) => sidOf("SM", 1, n))
  /** Seven messages: the first, the third … to one number, the others to another. */
  const seven = sids.reduce<Stage>((stage, _, i) => stage.when(post(form({ To: i % 2 === 0 ? to : other }))), twilio())
  const list = (query: ReadonlyArray<Pair>, stage = seven) => answerOf(stage.when(get(messagesPath, query)))
  const listed = (body: { messages: ReadonlyArray<{ sid: string }> }) =>
    body.messages.map(({ sid }) => sids.indexOf(sid))
  /** The query of a link. */
  const queryOf = (link: string): ReadonlyArray<Pair> =>
    [...new URL(link, "https://a.test").searchParams] as Array<Pair>

  it("tells all of them on one page, newest first", () => {
    const { body, status } = list([])
    strictEqual(status, 200)
    deepStrictEqual(listed(body), [6, 5, 4, 3, 2, 1, 0])
    const { messages: _, ...paging } = body
    deepStrictEqual(paging, {
      end: 6,
      first_page_uri: `${messagesPath}?PageSize=50&Page=0`,
      next_page_uri: null,
      page: 0,
      page_size: 50,
      previous_page_uri: null,
      start: 0,
      uri: `${messagesPath}?PageSize=50&Page=0`,
    })
  })

  it("tells of none as an empty page", () => {
    const { body } = list([], twilio())
    deepStrictEqual([body.messages, body.start, body.end, body.next_page_uri], [[], 0, 0, null])
    // A page beyond the end has no way back, as there is no message to go back from.
    deepStrictEqual(list([["Page", "9"]]).body.messages, [])
  })

  it("goes on by its links, and back", () => {
    const first = list([["PageSize", "3"]]).body
    deepStrictEqual(listed(first), [6, 5, 4])
    strictEqual(first.next_page_uri, `${messagesPath}?PageSize=3&Page=1&PageToken=PA${sids[4]}`)
    const second = list(queryOf(first.next_page_uri)).body
    deepStrictEqual([listed(second), second.page, second.start, second.end], [[3, 2, 1], 1, 3, 5])
    const third = list(queryOf(second.next_page_uri)).body
    deepStrictEqual([listed(third), third.next_page_uri, third.start, third.end], [[0], null, 6, 6])
    deepStrictEqual(listed(list(queryOf(third.previous_page_uri)).body), [3, 2, 1])
    deepStrictEqual(listed(list(queryOf(second.previous_page_uri)).body), [6, 5, 4])
    deepStrictEqual(listed(list(queryOf(third.first_page_uri)).body), [6, 5, 4])
    deepStrictEqual(listed(list(queryOf(second.uri)).body), [3, 2, 1])
  })

  it("skips whole pages without a token", () => {
    deepStrictEqual(
      listed(
        list([
          ["Page", "2"],
          ["PageSize", "2"],
        ]).body,
      ),
      [2, 1],
    )
    deepStrictEqual(
      listed(
        list([
          ["Page", "3"],
          ["PageSize", "2"],
        ]).body,
      ),
      [0],
    )
    deepStrictEqual(
      listed(
        list([
          ["Page", "4"],
          ["PageSize", "2"],
        ]).body,
      ),
      [],
    )
  })

  it("keeps its filters in its links", () => {
    const { body } = list([
      ["To", to],
      ["PageSize", "2"],
    ])
    deepStrictEqual(listed(body), [6, 4])
    strictEqual(body.next_page_uri, `${messagesPath}?To=%2B15551234567&PageSize=2&Page=1&PageToken=PA${sids[4]}`)
    deepStrictEqual(listed(list(queryOf(body.next_page_uri)).body), [2, 0])
    deepStrictEqual(listed(list([["To", "(555) 123-4567"]]).body), [6, 4, 2, 0])
    deepStrictEqual(listed(list([["From", other]]).body), [])
  })

  it("tells an account only of its own", () =>
    deepStrictEqual(
      answerOf(
        twilio({ validation: { require_auth: false } })
          .when(post(fine))
          .when(get("/2010-04-01/Accounts/AC1/Messages.json")),
      ).body.messages,
      [],
    ))

  const reason = {
    size: "PageSize is no whole number from 1 to 1000",
    page: "Page is no whole number from 0",
    token: "PageToken is none that this account's list has given",
  }
  it.each([
    ...["0", "-1", "1.5", "abc", " 5", "5 ", "+5", "1e2", "0x10", "٣", "99999999999999999999", "\u0000"].map(
      (text) => ["PageSize", text, reason.size] as const,
    ),
    ...["-1", "1.5", "abc", "1e2", "9007199254740993", "99999999999999999999"].map(
      (text) => ["Page", text, reason.page] as const,
    ),
    ...["PA", "PB", "PASM1", "PA__proto__", `PC${sids[0]}`, `pa${sids[0]}`, sids[0] ?? "", "x"].map(
      (text) => ["PageToken", text, reason.token] as const,
    ),
  ])("refuses %s %j", (name, text, why) => {
    const { body, status } = list([[name, text]])
    deepStrictEqual([status, body.code, body.message], [400, 20400, `The request could not be read: ${why}`])
  })

  it.each(["1001", "999999999999999"])("refuses the page size %s as too large", (text) => {
    const { body, status } = list([["PageSize", text]])
    deepStrictEqual([status, body.code, body.message], [400, 20007, "Page size too large"])
  })

  it.each([
    ["PageSize", "1"],
    ["PageSize", "1000"],
    ["PageSize", "007"],
    ["PageSize", ""],
    ["Page", "0"],
    ["Page", ""],
    ["Page", "9007199254740"],
    ["PageToken", ""],
  ])("takes %s %j", (name, text) => strictEqual(list([[name, text]]).status, 200))

  it("refuses a token of a message that was cleared", () => {
    const cleared = seven.when(dataCleared.draft("", { what: "all" }))
    strictEqual(list([["PageToken", `PA${sids[3]}`]], cleared).body.code, 20400)
  })

  it.prop(
    "by its links yields each message once, whatever is sent meanwhile",
    [FastCheck.nat(12), FastCheck.integer({ min: 1, max: 5 }), FastCheck.array(FastCheck.nat(2), { maxLength: 12 })],
    ([count, size, additions]) => {
      let stage = twilio()
      for (let i = 0; i < count; i++) stage = stage.when(post(fine))
      const seen: Array<string> = []
      let query: ReadonlyArray<Pair> = [["PageSize", String(size)]]
      for (let n = 0; ; n++) {
        const { body } = list(query, stage)
        seen.push(...body.messages.map(({ sid }: { sid: string }) => sid))
        if (body.next_page_uri === null) break
        query = queryOf(body.next_page_uri)
        for (let i = 0; i < (additions[n] ?? 0); i++) stage = stage.when(post(fine))
      }
      deepStrictEqual(
        seen,
        Array.from({ length: count }, (_, i) => sidOf("SM", 1, count - 1 - i)),
      )
    },
    seededRuns(50),
  )
})
