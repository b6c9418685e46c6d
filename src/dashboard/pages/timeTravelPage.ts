import * as Effect from "effect/Effect"
import type { Row } from "../../core/Entry.ts"
import { gist } from "../../timetravel/gist.ts"
import { laneOf, laneTitles, stateOf } from "../../timetravel/marks.ts"
import { entryOf } from "../../timetravel/reading.ts"
import {
  callbacksAt,
  callsAt,
  countersAt,
  indexedUpTo,
  indexOf,
  inForceAt,
  messagesAt,
  rowsAround,
} from "../asItWas.ts"
import { callStory } from "../callStory.ts"
import { rowsBySubject } from "../lists/reading.ts"
import { messageStory } from "../messageStory.ts"
import { askedPlace } from "../place.ts"
import { link, pretty } from "../texts.ts"
import type { MakePage, Making } from "./Page.ts"

const lists = ["messages", "calls", "callbacks"] as const
type List = (typeof lists)[number]

const columns: { readonly [Each in List]: ReadonlyArray<string> } = {
  messages: ["Status", "From", "To", "Message", "Created"],
  calls: ["Status", "From", "To", "Call", "Created"],
  callbacks: ["State", "Reports", "Goes to", "Attempts", "First sent"],
}

/** Rows of a list as it was. */
const rowsShown = 50
const around = { before: 10, after: 6 }
/** Entries that are indexed while one waits for the page; of a longer log it is told how far that has come. */
const indexedAtOnce = 50_000

/** The run as it was at any entry: `/ui/timetravel?at=42&list=messages`; without `at` as it is now. */
export const timeTravelPage: MakePage = (making, asked, rest) =>
  Effect.gen(function* () {
    if (rest !== "") return undefined
    const { fill, shown } = making
    const { engine } = shown.run
    yield* engine.written
    const head = engine.head.seq
    const { seq, wrong } = yield* askedPlace(shown, asked, head)
    const base = { status: 200, title: "Time travel", menu: "timetravel", drawer: "" }
    if (head - indexedUpTo(shown.run) > indexedAtOnce) {
      const moment = fill("indexing", { done: indexedUpTo(shown.run), of: head, self: asked.path })
      yield* Effect.forkDaemon(indexOf(shown.run))
      return { ...base, main: moment, parts: { moment } }
    }
    const list = lists.find((each) => each === asked.query.get("list")) ?? "messages"
    const live = asked.query.get("at") === null && asked.query.get("to") === null
    const breakpoints = fill("breakpoints", { breakpoints: shown.breakpoints() })
    const moment = yield* momentAt(making, { seq, list, live, wrong })
    const main = fill("timeTravel", { seq, head, list, live, moment, breakpoints })
    return { ...base, main, parts: { moment, breakpoints } }
  })

interface Moment {
  readonly seq: number
  readonly list: List
  readonly live: boolean
  readonly wrong: string | undefined
}

const momentAt = ({ fill, shown }: Making, { list, live, seq, wrong }: Moment) =>
  Effect.gen(function* () {
    const { run } = shown
    const index = yield* indexOf(run)
    const near = yield* rowsAround(run, seq, around)
    const row = near.find((each) => each.seq === seq) as Row
    const entry = entryOf(row)
    const wanted = { at: seq, size: rowsShown }
    const about =
      row.subject === "" ? [] : ((yield* rowsBySubject(run.log, [seq], seq)).get(row.subject) ?? []).map(entryOf)
    return fill("moment", {
      seq,
      live,
      wrong,
      row,
      lane: laneTitles[laneOf(entry)],
      state: stateOf(entry),
      gist: gist(entry),
      data: pretty(entry.data),
      counters: countersAt(index, seq),
      near: near.map((each) => ({ row: each, url: link("/ui/timetravel", { at: String(each.seq), list }) })),
      list,
      lists: lists.map((each) => ({
        label: each,
        on: each === list,
        url: link("/ui/timetravel", { at: live ? undefined : String(seq), list: each }),
      })),
      messages: list === "messages" ? yield* messagesAt(shown, index, wanted) : [],
      calls: list === "calls" ? yield* callsAt(shown, index, wanted) : [],
      callbacks: list === "callbacks" ? yield* callbacksAt(shown, index, { ...wanted, now: row.at }) : [],
      inForce: yield* inForceAt(shown, index, seq),
      columns: columns[list],
      story: messageStory(about) ?? callStory(about),
      self: link("/ui/timetravel", { at: live ? undefined : String(seq), list }),
    })
  })
