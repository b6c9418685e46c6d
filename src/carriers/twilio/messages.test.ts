import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import { seededRuns } from "../../../test/support/seeded.ts"
import type { Entry } from "../../core/Entry.ts"
import { type MessageCreated, type MessageStatus, messageCreated, messageStatusChanged } from "../delivery/entries.ts"
import {
  addMessage,
  changeStatus,
  clearMessages,
  type Message,
  type Messages,
  noMessages,
  type PageStart,
  pageOf,
  stateOf,
} from "./messages.ts"

const plan = { delay_ms: 2_000, outcome: "delivered" } as const
const data: MessageCreated = {
  account_sid: "AC1",
  body: "Hello",
  direction: "outbound-api",
  from: "+15550000001",
  num_media: 0,
  num_segments: 1,
  plan,
  status: "queued",
  to: "+15551234567",
}

const entry = <D>(type: string, subject: string, data: D, at: number): Entry<D> => ({
  seq: 1,
  at,
  cause: 0,
  kind: "outcome",
  type,
  subject,
  data,
})
const add = (messages: Messages, sid: string, more: Partial<MessageCreated> = {}, at = 0) =>
  addMessage(messages, entry(messageCreated.type, sid, { ...data, ...more }, at))
const change = (messages: Messages, sid: string, status: MessageStatus, at: number, error_code?: number) =>
  changeStatus(
    messages,
    entry(messageStatusChanged.type, sid, error_code === undefined ? { status } : { error_code, status }, at),
  )

describe("a message", () => {
  const lived = (...changes: ReadonlyArray<readonly [MessageStatus, number, number?]>) => {
    const messages = noMessages()
    add(messages, "SM1", {}, 100)
    for (const [status, at, code] of changes) change(messages, "SM1", status, at, code)
    return messages.bySid.get("SM1")!
  }
  const shown = ({ errorCode, plan, sent, status, updated }: Message) => ({ errorCode, plan, sent, status, updated })

  it("is queued when it is created", () => {
    const message = lived()
    deepStrictEqual(shown(message), { errorCode: undefined, plan, sent: undefined, status: "queued", updated: 100 })
    deepStrictEqual([message.n, message.created], [0, 100])
    deepStrictEqual(stateOf(message), { _tag: "Queued", plan })
  })

  it("that is sent remembers when", () => {
    const message = lived(["sending", 200], ["sent", 200])
    deepStrictEqual(shown(message), { errorCode: undefined, plan, sent: 200, status: "sent", updated: 200 })
    deepStrictEqual(stateOf(message), { _tag: "Sent", plan })
    deepStrictEqual(stateOf(lived(["sending", 200])), { _tag: "Sent", plan })
  })

  it.each(["delivered", "undelivered", "failed", "canceled"] as const)("that is %s has no plan any more", (status) => {
    const message = lived(["sent", 200], [status, 300, 30003])
    deepStrictEqual(shown(message), { errorCode: 30003, plan: undefined, sent: 200, status, updated: 300 })
    deepStrictEqual(stateOf(message), { _tag: "Done", status })
  })

  it("that is not known changes nothing", () => {
    const messages = noMessages()
    add(messages, "SM1", {}, 100)
    change(messages, "SM2", "sent", 200)
    deepStrictEqual([messages.all.length, messages.bySid.size, messages.bySid.get("SM1")?.updated], [1, 1, 100])
  })
})

describe("clearing messages", () => {
  it("lets go of them, and later messages keep their places", () => {
    const messages = noMessages()
    for (const sid of ["SM1", "SM2"]) add(messages, sid)
    clearMessages(messages)
    change(messages, "SM1", "sent", 5)
    add(messages, "SM3")
    deepStrictEqual([messages.all.length, messages.bySid.size, messages.bySid.get("SM3")?.n], [1, 1, 2])
    const page = pageOf(messages, { _tag: "Newest", skip: 0 }, 10, () => true)
    deepStrictEqual(
      page.messages.map(({ sid }) => sid),
      ["SM3"],
    )
  })
})

/** Messages in order of creation: whom they are to, or a hole. */
const history = FastCheck.array(FastCheck.constantFrom("a", "b", "hole"), { maxLength: 25 })

const messagesOf = (tos: ReadonlyArray<string>): Messages => {
  const messages = noMessages()
  for (const [i, to] of tos.entries()) {
    add(messages, `SM${i}`, { to })
    if (to !== "hole") continue
    messages.bySid.delete(`SM${i}`)
    messages.all[i] = undefined
  }
  return messages
}

const sids = (messages: ReadonlyArray<Message>) => messages.map(({ sid }) => sid)
const isTo = (to: string) => (message: Message) => to === "any" || message.to === to

describe("a page", () => {
  const request = FastCheck.record({
    tos: history,
    to: FastCheck.constantFrom("any", "a"),
    size: FastCheck.integer({ min: 1, max: 6 }),
    pick: FastCheck.nat(30),
  })

  /** What fits, newest first, as a plain list. */
  const model = (tos: ReadonlyArray<string>, to: string) =>
    tos
      .map((each, i) => ({ each, i }))
      .filter(({ each }) => each !== "hole" && (to === "any" || each === to))
      .map(({ i }) => `SM${i}`)
      .reverse()

  it.prop(
    "from the newest on holds what a list without the skipped ones begins with",
    [request],
    ([{ pick: skip, size, to, tos }]) => {
      const page = pageOf(messagesOf(tos), { _tag: "Newest", skip }, size, isTo(to))
      const all = model(tos, to)
      deepStrictEqual(sids(page.messages), all.slice(skip, skip + size))
      strictEqual(page.older, all.length > skip + size)
      if (page.messages.length > 0) strictEqual(page.newer, skip > 0)
    },
    seededRuns(500),
  )

  it.prop(
    "after a message holds the next older ones",
    [request],
    ([{ pick, size, to, tos }]) => {
      const all = model(tos, to)
      const here = pick % Math.max(1, all.length)
      const messages = messagesOf(tos)
      const message = messages.bySid.get(all[here] ?? "")
      if (message === undefined) return
      const page = pageOf(messages, { _tag: "After", n: message.n }, size, isTo(to))
      deepStrictEqual(sids(page.messages), all.slice(here + 1, here + 1 + size))
      strictEqual(page.older, all.length > here + 1 + size)
      strictEqual(page.newer, true)
    },
    seededRuns(500),
  )

  it.prop(
    "before a message holds the next newer ones, the newest of them first",
    [request],
    ([{ pick, size, to, tos }]) => {
      const all = model(tos, to)
      const here = pick % Math.max(1, all.length)
      const messages = messagesOf(tos)
      const message = messages.bySid.get(all[here] ?? "")
      if (message === undefined) return
      const page = pageOf(messages, { _tag: "Before", n: message.n }, size, isTo(to))
      deepStrictEqual(sids(page.messages), all.slice(Math.max(0, here - size), here))
      strictEqual(page.newer, here > size)
      strictEqual(page.older, true)
    },
    seededRuns(500),
  )

  it.prop(
    "and the pages after it hold each message once, whatever is added meanwhile",
    [request, FastCheck.array(FastCheck.nat(3), { maxLength: 30 })],
    ([{ size, to, tos }, additions]) => {
      const messages = messagesOf(tos)
      const all = model(tos, to)
      const seen: Array<string> = []
      let start: PageStart = { _tag: "Newest", skip: 0 }
      for (let n = 0; ; n++) {
        const page = pageOf(messages, start, size, isTo(to))
        const token = page.messages.at(-1)
        if (start._tag === "After") {
          // The way back leads to the page before, as it was.
          const first = page.messages[0]
          const back =
            first === undefined ? undefined : pageOf(messages, { _tag: "Before", n: first.n }, size, isTo(to))
          if (back !== undefined) deepStrictEqual(sids(back.messages), seen.slice(-size))
        }
        seen.push(...sids(page.messages))
        if (!page.older || token === undefined) break
        for (let i = 0; i < (additions[n] ?? 0); i++) add(messages, `new${n}-${i}`, { to: "a" })
        start = { _tag: "After", n: token.n }
      }
      deepStrictEqual(seen, all)
    },
    seededRuns(500),
  )

  it("costs no more than the messages it walks over", () => {
    const messages = messagesOf(new Array<string>(1_000).fill("a"))
    let looked = 0
    const page = pageOf(messages, { _tag: "Newest", skip: 0 }, 10, () => {
      looked++
      return true
    })
    strictEqual(page.messages.length, 10)
    assertTrue(looked <= 11)
  })
})
