import * as Effect from "effect/Effect"
import type { Row } from "../../core/Entry.ts"
import { limits } from "../../core/limits.ts"
import { logLanguage } from "../../timetravel/logLanguage.ts"
import { logList } from "../lists/logList.ts"
import { readable } from "../lists/reading.ts"
import { pretty } from "../texts.ts"
import { type ListKind, listPage } from "./listPage.ts"
import { placeOfSubject } from "./subjectDrawer.ts"

/** Characters of an entry's data that its row shows. */
const gistLength = 160

const log: ListKind<Row, Row> = {
  path: "/ui/log",
  title: "Log",
  menu: "log",
  language: logLanguage,
  rowView: "@logRow",
  columns: ["Seq", "Type", "Subject", "Data", "At"],
  shortcuts: [
    ["All", ""],
    ["Inputs", "kind:input"],
    ["Messages", "type:message.*"],
    ["Calls", "type:call.*"],
    ["On the wire", "type:outbound.*"],
    ["Orders", "type:settings.changed"],
  ],
  empty: "log",
  clears: undefined,
  list: ({ run }, asked) => logList(run.log, run.engine.head.seq, asked),
  idOf: ({ seq }) => String(seq),
  rowOf: (row) => ({ row, gist: row.data === "{}" ? "" : row.data.slice(0, gistLength) }),
  count: ({ run }) => run.engine.head.seq,
  drawer: ({ fill, shown }, id) =>
    Effect.gen(function* () {
      const seq = Number(id)
      const rows = Number.isSafeInteger(seq) && seq > 0 ? yield* shown.run.log.read(seq - 1, followingMax) : []
      const [row] = rows
      if (row?.seq !== seq) return undefined
      const [cause] = row.cause > 0 ? yield* shown.run.log.read(row.cause - 1, 1) : []
      return fill("entryDrawer", {
        row,
        data: pretty(readable(row).data),
        cause,
        follows: rows.filter((each) => each.cause === seq),
        subject: placeOfSubject(row.subject),
      })
    }),
}

/** Entries behind one that are looked through for what follows from it: those of its turn stand right behind it. */
const followingMax = Math.min(200, limits.readEntriesMax)

export const logPage = listPage(log)
