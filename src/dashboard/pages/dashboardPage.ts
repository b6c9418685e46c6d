import * as Effect from "effect/Effect"
import { formatPace } from "../../clock/pace.ts"
import { nextTimer, timersMachine } from "../../clock/timers.machine.ts"
import type { Run } from "../../engine/Run.ts"
import { outboundMachine } from "../../network/outbound.machine.ts"
import { faultSwitches } from "../faultSwitches.ts"
import { glance } from "../glance.ts"
import { failureBars, fateBars, latencyLines } from "../pictures.ts"
import type { Shown } from "../Shown.ts"
import { snippets } from "../snippets.ts"
import type { MakePage } from "./Page.ts"

/** Rows of the short lists. */
const shortList = 10
/** Host ms after which a browser that was shown figures of before asks again. */
const againMs = 1_000

/** The first page: how the run stands, at a glance. */
export const dashboardPage: MakePage = ({ fill, shown }, asked) =>
  Effect.gen(function* () {
    const { run } = shown
    const { engine } = run
    const { figures, givenUp, isOld } = yield* glance(shown)
    yield* engine.written
    const board = fill("board", {
      clock: clockOf(run),
      figures,
      messages: shown.messages.count(),
      callbacks: engine.world.slice(outboundMachine).attempts,
      pictures: { fates: fateBars(figures), latency: latencyLines(figures), failures: failureBars(figures) },
      recent: first(shown.messages.newest() ?? [], shortList),
      calls: shown.calls.count(),
      recentCalls: first(shown.calls.newest() ?? [], shortList),
      waiting: waitingCallbacks(run),
      failed: givenUp,
      again: isOld ? againMs : undefined,
      switches: faultSwitches(shown.settings().settings),
    })
    const main = fill("dashboard", { board, snippets: snippets(shown, asked.origin), run: aboutRun(shown) })
    return { status: 200, title: "Dashboard", menu: "dashboard", main, drawer: "", parts: { board } }
  })

const first = <A>(items: Iterable<A>, most: number): ReadonlyArray<A> => {
  const found: Array<A> = []
  for (const item of items) if (found.push(item) >= most) break
  return found
}

/** Where the clock stands. */
const clockOf = ({ engine }: Run) => {
  const timers = engine.world.slice(timersMachine)
  const due = nextTimer(timers)?.due
  const inFlight = engine.world.slice(outboundMachine).onWire
  return {
    now: engine.now,
    pace: formatPace(engine.pace),
    paces: ["real", "10x", "60x", "paused", "fast"],
    timers: timers.byKey.size,
    due,
    inFlight,
    settled: engine.queued === 0 && inFlight === 0 && (due === undefined || due > engine.now),
  }
}

/** Callbacks whose last attempt failed and that wait for their next, soonest first. */
const waitingCallbacks = ({ engine }: Run) => {
  const { byKey } = engine.world.slice(timersMachine)
  const all = [...engine.world.slice(outboundMachine).waiting].map(([key, { request, seq, subject }]) => ({
    seq,
    subject,
    attempt: request.attempt,
    attempts: request.retry?.attempts ?? request.attempt,
    url: request.url,
    due: byKey.get(key)?.due,
  }))
  return { all: all.slice(0, shortList), count: all.length }
}

const aboutRun = ({ run, version }: Shown) => ({
  seed: run.seed,
  digest: run.engine.head.hash,
  entries: run.engine.head.seq,
  place: run.log.place,
  version,
})
