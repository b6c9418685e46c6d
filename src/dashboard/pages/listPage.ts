import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { limits } from "../../core/limits.ts"
import type { LogUnavailable } from "../../log/EventLog.ts"
import type { Language } from "../../timetravel/search.ts"
import type { Asked } from "../answering.ts"
import type { ListAsked, ListPage } from "../lists/walked.ts"
import { type LookedAt, lookedAt } from "../lookedAt.ts"
import type { Shown } from "../Shown.ts"
import { link } from "../texts.ts"
import type { Made, MakePage, Making } from "./Page.ts"

/** Rows of one page of a list. */
export const pageSize = 50

/** A list with a search, pages, and a drawer for each of its rows. */
export interface ListKind<Row, Item> {
  /** `/ui/messages` */
  readonly path: string
  readonly title: string
  readonly menu: string
  readonly language: Language<Item>
  /** The template of one row; it gets `row` and `open`, its address. */
  readonly rowView: string
  readonly columns: ReadonlyArray<string>
  /** What can be searched with one click. */
  readonly shortcuts: ReadonlyArray<readonly [label: string, search: string]>
  /** What to do while there is nothing. */
  readonly empty: string
  /** What can be cleared here, as the control API names it. */
  readonly clears: string | undefined
  readonly list: (
    shown: Shown,
    asked: ListAsked,
  ) => Effect.Effect<Either.Either<ListPage<Row>, ReadonlyArray<string>>, LogUnavailable>
  /** The SID or seq that names a row. */
  readonly idOf: (row: Row) => string
  /** What a row's template gets. */
  readonly rowOf: (row: Row, shown: Shown) => object
  /** How many there are in all, where that is known. */
  readonly count: (shown: Shown) => number | undefined
  /** The drawer about one of them; undefined: there is none. */
  readonly drawer: (
    making: Making,
    id: string,
    asked: Asked,
    when: LookedAt,
  ) => Effect.Effect<string | undefined, LogUnavailable>
}

/** The page of a list: `/ui/messages?q=…&before=…`; `/ui/messages/SM…?q=…` with a drawer open, which `at` shows as it was after an entry. */
export const listPage =
  <Row, Item>(kind: ListKind<Row, Item>): MakePage =>
  (making, asked, rest) =>
    Effect.gen(function* () {
      const { shown } = making
      const search = (asked.query.get("q") ?? "").trim()
      const before = asked.query.get("before") ?? undefined
      const where = { q: search, before }
      const { now } = shown.run.engine
      const id = rest === "" ? undefined : rest
      const when = yield* lookedAt(shown, asked)
      const drawer = id === undefined ? "" : yield* kind.drawer(making, id, asked, when)
      const close = link(kind.path, where)
      const shownDrawer = making.fill("drawer", {
        body: drawer ?? "",
        missing: drawer === undefined ? id : undefined,
        open: id !== undefined,
        close,
        past: when.upTo,
        present: id === undefined ? undefined : link(`${kind.path}/${encodeURIComponent(id)}`, where),
      })
      const base: Omit<Made, "main"> = {
        status: drawer === undefined && when.upTo === undefined ? 404 : 200,
        title: id === undefined ? kind.title : `${id} · ${kind.title}`,
        menu: kind.menu,
        drawer: shownDrawer,
        parts: { drawer: shownDrawer },
      }
      if (asked.part === "drawer") return { ...base, main: "" }
      const { clock } = shown.run
      const until = clock.hostMonotonic() + limits.listSearchMsMax
      const isOver = () => clock.hostMonotonic() >= until
      const found = yield* kind.list(shown, { search, before, size: pageSize, now, isOver })
      yield* shown.run.engine.written
      const list = making.fill("list", {
        ...listView(kind, shown, found, where),
        self: close,
      })
      const main = making.fill("listPage", {
        kind,
        search,
        list,
        shortcuts: kind.shortcuts.map(([label, q]) => ({ label, url: link(kind.path, { q }), on: q === search })),
      })
      return { ...base, main, parts: { ...base.parts, list } }
    })

const listView = <Row, Item>(
  kind: ListKind<Row, Item>,
  shown: Shown,
  found: Either.Either<ListPage<Row>, ReadonlyArray<string>>,
  { before, q }: { readonly q: string; readonly before: string | undefined },
) => {
  if (Either.isLeft(found))
    return { kind, wrong: found.left, rows: [], q, before, older: undefined, cut: false, count: undefined }
  const { cut, older, rows } = found.right
  return {
    kind,
    wrong: [],
    rows: rows.map((row) => ({
      id: kind.idOf(row),
      open: link(`${kind.path}/${encodeURIComponent(kind.idOf(row))}`, { q, before }),
      ...kind.rowOf(row, shown),
    })),
    q,
    before,
    older: older === undefined ? undefined : link(kind.path, { q, before: older }),
    newest: link(kind.path, { q }),
    cut,
    count: kind.count(shown),
  }
}
