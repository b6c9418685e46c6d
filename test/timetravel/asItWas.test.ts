import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { machines } from "../../src/app/machines.ts"
import { seenCalls } from "../../src/carriers/twilio/calls/seenCalls.ts"
import { seenMessages } from "../../src/carriers/twilio/messages/seenMessages.ts"
import { twilioMachine } from "../../src/carriers/twilio/twilio.machine.ts"
import { decode, type Row } from "../../src/core/Entry.ts"
import { dataCleared } from "../../src/core/entries.ts"
import { limits } from "../../src/core/limits.ts"
import { WorldState } from "../../src/engine/World.ts"
import type { LogReader } from "../../src/log/EventLog.ts"
import { makeMemory } from "../../src/log/layerMemory.ts"
import { outboundMachine } from "../../src/network/outbound.machine.ts"
import { glimpse } from "../../src/timetravel/glimpse.ts"
import { indexLog, LogIndex } from "../../src/timetravel/LogIndex.ts"
import { nearestSubjects } from "../../src/timetravel/nearest.ts"
import { placeOf } from "../../src/timetravel/place.ts"
import { storyOf } from "../../src/timetravel/story.ts"
import { worldJson } from "../../src/timetravel/worldJson.ts"
import { everyEntry } from "../support/golden.ts"
import { seededRuns } from "../support/seeded.ts"
import { simulate } from "../support/simulate.ts"
import { acts, performAll } from "../support/traffic.ts"

const logOf = (rows: ReadonlyArray<Row>): LogReader => {
  const log = makeMemory()
  log.append(rows)
  return log
}

const messagesOf = (world: WorldState) => [...(seenMessages(world.slice(twilioMachine).messages) ?? [])]

const callsOf = (world: WorldState) => [...(seenCalls(world.slice(twilioMachine).calls) ?? [])]

/** Goes through a log entry by entry with the whole world at hand. */
const everyPlace = (rows: ReadonlyArray<Row>, look: (world: WorldState, row: Row) => Effect.Effect<void>) =>
  Effect.gen(function* () {
    const world = new WorldState(machines)
    for (const row of rows) {
      world.evolve(decode(row))
      yield* look(world, row)
    }
  })

const byStatus = (messages: ReadonlyArray<{ readonly status: string }>): ReadonlyArray<readonly [string, number]> => {
  const counts = new Map<string, number>(messages.length === 0 ? [] : [["messages", messages.length]])
  for (const { status } of messages) counts.set(`messages.${status}`, (counts.get(`messages.${status}`) ?? 0) + 1)
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1))
}

/** At every entry the index says what the whole world says, and a glimpse shows the newest messages as it shows them. */
const agrees = (rows: ReadonlyArray<Row>, every = 1) =>
  Effect.gen(function* () {
    const reader = logOf(rows)
    const index = yield* indexLog(reader, new LogIndex())
    strictEqual(index.seq, rows.length)
    yield* everyPlace(rows, (world, { seq }) =>
      Effect.gen(function* () {
        const messages = messagesOf(world)
        const counters = index.countersAt(seq)
        deepStrictEqual(
          [...counters].filter(([name]) => name.startsWith("messages")),
          byStatus(messages),
        )
        strictEqual(counters.get("callbacks") ?? 0, world.slice(outboundMachine).attempts)
        const { older, seqs } = index.newest("messages", seq, { size: 3 })
        deepStrictEqual([seqs.length, older], [Math.min(3, messages.length), messages.length > 3])
        if (seq % every !== 0) return
        const seen = yield* glimpse({ reader, index, machines, at: seq, of: seqs })
        deepStrictEqual(messagesOf(seen), messages.slice(0, 3))
        const calls = callsOf(world)
        const listed = index.newest("calls", seq, { size: 3 })
        deepStrictEqual([listed.seqs.length, listed.older], [Math.min(3, calls.length), calls.length > 3])
        const heard = yield* glimpse({ reader, index, machines, at: seq, of: listed.seqs })
        deepStrictEqual(callsOf(heard), calls.slice(0, 3))
      }).pipe(Effect.orDie),
    )
  })

describe("The index", () => {
  it.effect("agrees with the whole world at every entry of a run in which everything occurs", () =>
    Effect.flatMap(everyEntry, (rows) => agrees(rows, 3)),
  )
  it.effect.prop(
    "agrees with it at entries of any run",
    [acts],
    ([some]) =>
      Effect.gen(function* () {
        const simulation = yield* simulate({ pace: { _tag: "paused" } })
        yield* performAll(simulation, some)
        yield* agrees(yield* simulation.rows, 7)
      }).pipe(Effect.scoped),
    seededRuns(4),
  )
  it.effect("grows with the log, whatever pages and commits overlap", () =>
    Effect.gen(function* () {
      const rows = yield* everyEntry
      const whole = yield* indexLog(logOf(rows), new LogIndex())
      const grown = new LogIndex()
      for (let i = 0; i < rows.length; i += 7) for (const row of rows.slice(Math.max(0, i - 3), i + 7)) grown.take(row)
      strictEqual(grown.seq, rows.length)
      for (const { seq } of rows) deepStrictEqual(grown.countersAt(seq), whole.countersAt(seq))
    }),
  )
  it.effect("pages backwards through a list without a gap", () =>
    Effect.gen(function* () {
      const rows = yield* everyEntry
      const index = yield* indexLog(logOf(rows), new LogIndex())
      const cleared = rows.find(({ type }) => type === dataCleared.type)
      const at = (cleared?.seq ?? rows.length) - 1
      const { seqs: all } = index.newest("callbacks", at, { size: 1_000 })
      const paged: Array<number> = []
      for (let before = at + 1; ; before = paged.at(-1) ?? 0) {
        const { older, seqs } = index.newest("callbacks", at, { before, size: 4 })
        paged.push(...seqs)
        if (!older) break
      }
      deepStrictEqual(paged, all)
      assertTrue(all.length > 8)
    }),
  )
})

describe("A place in a log", () => {
  const instants = [1_000, 1_000, 2_000, 5_000].map((at) => 1_767_225_600_000 + at)
  const reader = logOf(
    instants.map((at, i) => ({
      seq: i + 1,
      at,
      cause: 0,
      kind: "input",
      type: "x",
      subject: "",
      data: "{}",
      hash: String(i),
    })),
  )
  const found = (text: string) => Effect.map(placeOf(reader, text), ({ seq }) => seq)
  const refused = (text: string) => Effect.map(Effect.flip(placeOf(reader, text)), ({ message }) => message)

  it.effect("is a seq, or an instant: the newest entry that is not later", () =>
    Effect.gen(function* () {
      strictEqual(yield* found("3"), 3)
      strictEqual(yield* found("2026-01-01T00:00:01Z"), 2)
      strictEqual(yield* found("2026-01-01T00:00:01.999Z"), 2)
      strictEqual(yield* found("2026-01-01T00:00:02Z"), 3)
      strictEqual(yield* found("2030-01-01"), 4)
    }),
  )
  it.effect("that is none says what there is", () =>
    Effect.gen(function* () {
      const there = "the log has entries 1 to 4, the newest at 2026-01-01T00:00:05.000Z"
      strictEqual(yield* refused("5"), `there is no entry 5: ${there}`)
      strictEqual(yield* refused("0"), `there is no entry 0: ${there}`)
      assertTrue((yield* refused("yesterday")).endsWith(there))
      strictEqual(yield* refused("2026-01-01"), 'the log begins at 2026-01-01T00:00:01.000Z, after "2026-01-01"')
      strictEqual((yield* Effect.flip(placeOf(logOf([]), "1"))).message, "the log has no entries yet")
    }),
  )
})

describe("A subject's story", () => {
  it.effect("is its entries and what they follow from; of a message from a phone its replies, too", () =>
    Effect.gen(function* () {
      const rows = yield* everyEntry
      const reader = logOf(rows)
      for (const subject of new Set(rows.map((row) => row.subject).filter((text) => text.startsWith("SM")))) {
        const story = yield* storyOf(reader, subject)
        const entries = story?.entries ?? []
        deepStrictEqual(
          entries.filter((each) => each.subject === subject).map(({ seq }) => seq),
          rows.filter((row) => row.subject === subject).map(({ seq }) => seq),
        )
        const there = new Set(entries.map(({ seq }) => seq))
        const others = entries.filter((each) => each.subject !== subject)
        // Only a long chain of causes about others, such as a call's, is cut, and only where it is about them.
        const cutAt = (each: (typeof entries)[number]) => others.length >= 20 && each.subject !== subject
        for (const each of entries)
          assertTrue(each.cause === 0 || there.has(each.cause) || cutAt(each), `entry ${each.seq}`)
      }
      const reply = rows.find(({ data, type }) => type === "message.created" && data.includes('"in_reply_to"'))
      const inbound = JSON.parse(reply?.data ?? "{}").in_reply_to
      const story = yield* storyOf(reader, inbound)
      assertTrue(story?.entries.some(({ subject }) => subject === reply?.subject) === true)
    }),
  )
  it.effect("up to an entry is as it was then", () =>
    Effect.gen(function* () {
      const rows = yield* everyEntry
      const created = rows.find(({ type }) => type === "message.created") as Row
      const reader = logOf(rows)
      strictEqual(yield* storyOf(reader, created.subject, created.seq - 1), undefined)
      const story = yield* storyOf(reader, created.subject, created.seq)
      deepStrictEqual(
        story?.entries.map(({ seq }) => seq),
        [created.cause, created.seq],
      )
    }),
  )
  it.effect("of a subject with more entries than a timeline holds is its oldest ones, and says so", () =>
    Effect.gen(function* () {
      const many = (count: number) =>
        logOf(
          Array.from({ length: count }, (_, i) => ({
            ...{
              seq: i + 1,
              at: i,
              cause: i,
              kind: "outcome" as const,
              type: "x.y",
              subject: "SM1",
              data: "{}",
              hash: "",
            },
          })),
        )
      const story = (count: number) =>
        Effect.map(storyOf(many(count), "SM1"), (found) => [found?.entries.length, found?.cut])
      deepStrictEqual(yield* story(limits.timelineEntriesMax), [limits.timelineEntriesMax, false])
      deepStrictEqual(yield* story(limits.timelineEntriesMax + 1), [limits.timelineEntriesMax, true])
    }),
  )
  it.effect("of nobody is nothing, and those that are like it are named, likest first", () =>
    Effect.gen(function* () {
      const rows = yield* everyEntry
      const reader = logOf(rows)
      const { subject } = rows.find(({ type }) => type === "message.created") as Row
      strictEqual(yield* storyOf(reader, `${subject}x`), undefined)
      const mistyped = `${subject.slice(0, 20)}-${subject.slice(21)}`
      for (const text of [mistyped, subject.slice(0, 9), `${subject}x`]) {
        const nearest = yield* nearestSubjects(reader, text)
        strictEqual(nearest[0], subject)
        strictEqual(new Set(nearest).size, nearest.length)
      }
    }),
  )
})

describe("A world as JSON", () => {
  it.effect("is JSON at every entry, with the pending timers in their order", () =>
    Effect.flatMap(everyEntry, (rows) =>
      everyPlace(rows, (world, row) =>
        Effect.sync(() => {
          const shown = JSON.parse([...worldJson(world, row)].join(""))
          deepStrictEqual([shown.seq, shown.digest], [row.seq, row.hash])
          const dues = shown.timers.map(({ due }: { due: string }) => due)
          deepStrictEqual(dues, dues.toSorted())
          if (row.seq === 1)
            assertTrue(Object.values(shown.machines.twilio.templates).every((text) => typeof text === "string"))
          const sids = messagesOf(world).map(({ sid }) => sid)
          deepStrictEqual(new Set(Object.keys(shown.machines.twilio.messages.bySid)), new Set(sids))
        }),
      ),
    ),
  )
  it("shows what holds itself, and lists and numbers as JSON can", () => {
    const slice: Record<string, unknown> = {
      map: new Map<unknown, unknown>([[{ a: 1 }, 2]]),
      set: new Set([1]),
      big: 1n,
    }
    slice.self = slice
    slice.nothing = undefined
    slice.byNumber = new Map([[5, "five"]])
    slice.__proto = new Map([["__proto__", 1]])
    const world = new WorldState([{ name: "odd", initial: () => slice, evolve: [], react: [] }])
    const { machines: shown } = JSON.parse([...worldJson(world, { seq: 1, hash: "h" })].join(""))
    deepStrictEqual(shown.odd.map, [[{ a: 1 }, 2]])
    deepStrictEqual([shown.odd.set, shown.odd.big, shown.odd.self], [[1], "1", "(itself)"])
    deepStrictEqual([shown.odd.byNumber, Object.keys(shown.odd.__proto)], [{ "5": "five" }, ["__proto__"]])
  })
})
