import * as Effect from "effect/Effect"
import type { Entry } from "../../core/Entry.ts"
import { limits } from "../../core/limits.ts"
import { type AttemptChosen, attemptChosen, healthChanged, healthReset } from "../../gateway/entries.ts"
import { entryOf } from "../../timetravel/reading.ts"
import { gatewayShown } from "../gatewayShown.ts"
import { foldedFor, gatewayAt } from "../gatewayThen.ts"
import { askedPlace } from "../place.ts"
import type { Shown } from "../Shown.ts"
import { link } from "../texts.ts"
import type { MakePage } from "./Page.ts"

const path = "/ui/gateway"
/** Entries that are folded while one waits for the page. */
const foldedAtOnce = 100_000
/** Changes of health of one provider that are shown. */
const changesMax = 1_000

/** The gateway, now or as it was at any entry: `/ui/gateway?at=42`. */
export const gatewayPage: MakePage = ({ fill, shown }, asked, rest) =>
  Effect.gen(function* () {
    if (rest !== "") return undefined
    const { engine } = shown.run
    yield* engine.written
    const head = engine.head.seq
    const { seq, wrong } = yield* askedPlace(shown, asked, head)
    const live = asked.query.get("at") === null && asked.query.get("to") === null
    const base = { status: 200, title: "Gateway", menu: "gateway", drawer: "" }
    if (!live && foldedFor(shown.run, seq) > foldedAtOnce) {
      const moment = fill("indexing", {
        done: seq - foldedFor(shown.run, seq),
        of: seq,
        self: link(path, { at: String(seq) }),
      })
      yield* Effect.forkDaemon(gatewayAt(shown.run, seq))
      return { ...base, main: moment, parts: { moment } }
    }
    const { at, gateway } = yield* gatewayAt(shown.run, live ? head : seq)
    const ids = gateway.settings.providers.map(({ id }) => id)
    const facts = gatewayShown(gateway, {
      at,
      choices: yield* choicesUpTo(shown, seq),
      health: yield* healthOf(shown, ids, seq),
    })
    const self = link(path, { at: live ? undefined : String(seq) })
    const moment = fill("gatewayMoment", { ...facts, seq, live, wrong, self })
    return { ...base, main: fill("gateway", { seq, head, live, moment }), parts: { moment } }
  })

/** The newest choices, oldest first. */
const choicesUpTo = ({ run }: Shown, seq: number) =>
  Effect.gen(function* () {
    const found: Array<Entry<AttemptChosen>> = []
    for (let after = Math.max(0, seq - limits.listScanEntriesMax); after < seq; ) {
      const rows = yield* run.log.read(after, Math.min(limits.readEntriesMax, seq - after))
      for (const row of rows)
        if (row.type === attemptChosen.type) found.push(entryOf(row) as unknown as Entry<AttemptChosen>)
      after = rows.at(-1)?.seq ?? seq
    }
    return found
  })

/** Of each provider its changes of health: nothing else is about one. */
const healthOf = ({ run }: Shown, ids: ReadonlyArray<string>, seq: number) =>
  Effect.map(
    Effect.forEach(ids, (id) =>
      Effect.map(run.log.readSubject(id, 0, changesMax), (rows) => {
        const changes = rows.filter((row) => row.seq <= seq).map(entryOf)
        return [id, changes.filter((entry) => healthChanged.is(entry) || healthReset.is(entry))] as const
      }),
    ),
    (pairs) => new Map(pairs),
  )
