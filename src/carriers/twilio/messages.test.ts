import * as v8 from "node:v8"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import { seededRuns } from "../../../test/support/seeded.ts"
import type { Entry } from "../../core/Entry.ts"
import {
  type MessageCreated,
  type MessageStatus,
  messageCreated,
  messageDeleted,
  messageStatusChanged,
} from "../delivery/entries.ts"
import { type Page, type PageStart, pageOf } from "./messagePages.ts"
import {
  addMessage,
  changeStatus,
  clearMessages,
  deleteMessage,
  type Message,
  type Messages,
  nextPlace,
  noMessages,
  sentOf,
  stateOf,
  updatedOf,
} from "./messages.ts"
import { headOf, loadMessages, messagesFrom, saveMessages } from "./savedMessages.ts"

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
  const shown = (message: Message) => {
    const { errorCode, plan, status } = message
    return { errorCode, plan, sent: sentOf(message), status, updated: updatedOf(message) }
  }

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
    deepStrictEqual([messages.bySid.length, messages.bySid.size, messages.bySid.get("SM1")?.updatedAfter], [1, 1, 0])
  })
})

describe("messages that were saved", () => {
  const throughBytes = (messages: Messages): Messages => {
    const loaded = messagesFrom(v8.deserialize(v8.serialize(headOf(messages))))
    for (const part of saveMessages(messages)) loadMessages(loaded, v8.deserialize(v8.serialize(part)))
    return loaded
  }

  it.prop(
    "are the same messages at the same places, and so are their lists",
    [FastCheck.array(FastCheck.constantFrom("a", "b", "hole"), { maxLength: 25 }), FastCheck.boolean()],
    ([tos, cleared]) => {
      const messages = messagesOf(tos)
      if (cleared) {
        clearMessages(messages)
        add(messages, "later", { status_callback: "http://app.example", from: "b" })
      }
      change(messages, "SM0", "sent", 7)
      const loaded = throughBytes(messages)
      deepStrictEqual([...loaded.bySid], [...messages.bySid])
      deepStrictEqual(placesOf(loaded), placesOf(messages))
      strictEqual(nextPlace(loaded), nextPlace(messages))
      const start: PageStart = { _tag: "Newest", skip: 0 }
      deepStrictEqual(paged(loaded, start, 100, "a"), paged(messages, start, 100, "a"))
    },
    seededRuns(300),
  )

  it("come in parts of a bounded size, all of them", () => {
    const messages = messagesOf(new Array<string>(25_000).fill("a"))
    const sizes = [...saveMessages(messages)].map((part) => part.messages.reduce((sum, { length }) => sum + length, 0))
    deepStrictEqual(sizes, [10_240, 10_240, 4_520])
    const loaded = throughBytes(messages)
    deepStrictEqual([...loaded.bySid], [...messages.bySid])
    deepStrictEqual(placesOf(loaded), placesOf(messages))
  })
})

describe("clearing messages", () => {
  it("lets go of them, and later messages keep their places", () => {
    const messages = noMessages()
    for (const sid of ["SM1", "SM2"]) add(messages, sid)
    clearMessages(messages)
    change(messages, "SM1", "sent", 5)
    add(messages, "SM3")
    deepStrictEqual([messages.bySid.length, messages.bySid.size, messages.bySid.get("SM3")?.n], [1, 1, 2])
    const page = pageOf(messages, { _tag: "Newest", skip: 0 }, 10, () => true)
    deepStrictEqual(
      page.messages.map(({ sid }) => sid),
      ["SM3"],
    )
  })
})

const placesOf = ({ bySid }: Messages) =>
  Array.from({ length: bySid.length }, (_, place) => [bySid.at(place)?.sid, bySid.value(place, "to")])

/** Messages in order of creation: whom they are to, or a hole. */
const history = FastCheck.array(FastCheck.constantFrom("a", "b", "hole"), { maxLength: 25 })

const messagesOf = (tos: ReadonlyArray<string>): Messages => {
  const messages = noMessages()
  for (const [i, to] of tos.entries()) {
    add(messages, `SM${i}`, { to: to === "hole" ? "a" : to })
    if (to !== "hole") continue
    deleteMessage(messages, entry(messageDeleted.type, `SM${i}`, {}, 0))
  }
  return messages
}

const sids = (messages: ReadonlyArray<Message>) => messages.map(({ sid }) => sid)
const isTo =
  ({ bySid }: Messages, to: string) =>
  (i: number) =>
    to === "any" || bySid.value(i, "to") === to

/** The page of messages to a number, found by walking over all and by that number's own: the same page. */
const paged = (messages: Messages, start: PageStart, size: number, to: string): Page => {
  const page = pageOf(messages, start, size, isTo(messages, to))
  if (to !== "any") deepStrictEqual(pageOf(messages, start, size, isTo(messages, to), { to }), page)
  return page
}

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
      const page = paged(messagesOf(tos), { _tag: "Newest", skip }, size, to)
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
      const page = paged(messages, { _tag: "After", n: message.n }, size, to)
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
      const page = paged(messages, { _tag: "Before", n: message.n }, size, to)
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
        const page = paged(messages, start, size, to)
        const token = page.messages.at(-1)
        if (start._tag === "After") {
          // The way back leads to the page before, as it was.
          const first = page.messages[0]
          const back = first === undefined ? undefined : paged(messages, { _tag: "Before", n: first.n }, size, to)
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

  it.prop(
    "of one number begins after or before any message, be it to another number or gone",
    [request, FastCheck.constantFrom("After" as const, "Before" as const)],
    ([{ pick, size, to, tos }, way]) => {
      const messages = messagesOf(tos)
      paged(messages, { _tag: way, n: pick % Math.max(1, tos.length) }, size, to)
    },
    seededRuns(500),
  )

  it("of one sender holds those in their place who got it late", () => {
    const messages = noMessages()
    for (const [i, from] of ["a", "", "b", "", "a", ""].entries()) add(messages, `SM${i}`, { from })
    for (const [sid, from] of [
      ["SM3", "a"],
      ["SM1", "a"],
      ["SM5", "b"],
    ] as const)
      changeStatus(messages, entry(messageStatusChanged.type, sid, { from, plan, status: "queued" }, 5))
    for (const from of ["a", "b"]) {
      const fits = (i: number) => messages.bySid.value(i, "from") === from
      const walked = pageOf(messages, { _tag: "Newest", skip: 0 }, 10, fits)
      deepStrictEqual(pageOf(messages, { _tag: "Newest", skip: 0 }, 10, fits, { from }), walked)
      strictEqual(walked.messages.length, from === "a" ? 4 : 2)
    }
  })

  it("of one number costs no more than the messages of that number", () => {
    const messages = messagesOf([...new Array<string>(5).fill("a"), ...new Array<string>(1_000).fill("b")])
    let looked = 0
    const isToA = (i: number) => {
      looked++
      return isTo(messages, "a")(i)
    }
    const starts: ReadonlyArray<PageStart> = [
      { _tag: "Newest", skip: 0 },
      { _tag: "After", n: 4 },
      { _tag: "Before", n: 0 },
    ]
    deepStrictEqual(
      starts.map((start) => pageOf(messages, start, 10, isToA, { to: "a" }).messages.length),
      [5, 4, 4],
    )
    assertTrue(looked <= 13)
    deepStrictEqual(pageOf(messages, { _tag: "Newest", skip: 0 }, 10, isToA, { from: "nobody" }).messages, [])
    assertTrue(looked <= 13)
  })

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
