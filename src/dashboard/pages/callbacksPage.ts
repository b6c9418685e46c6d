import * as Effect from "effect/Effect"
import { beginsCallback, callbackStories } from "../../network/callbackStories.ts"
import { outboundMachine } from "../../network/outbound.machine.ts"
import { type CallbackRow, callbackLanguage, callbackList, callbackRow } from "../lists/callbackList.ts"
import { readable, rowsBySubject } from "../lists/reading.ts"
import { type ListKind, listPage } from "./listPage.ts"
import { placeOfSubject, shownCallback } from "./subjectDrawer.ts"

const callbacks: ListKind<CallbackRow, CallbackRow> = {
  path: "/ui/callbacks",
  title: "Callbacks",
  menu: "callbacks",
  language: callbackLanguage,
  rowView: "@callbackRow",
  columns: ["State", "Reports", "Goes to", "Attempts", "First sent"],
  shortcuts: [
    ["All", ""],
    ["Failed", "state:failed"],
    ["Waiting", "state:waiting"],
    ["Lost on purpose", "state:lost"],
  ],
  empty: "callbacks",
  clears: "callbacks",
  list: ({ run }, asked) => callbackList(run.log, run.engine.head.seq, asked),
  idOf: ({ story }) => String(story.id),
  rowOf: (row) => ({ row }),
  count: ({ run }) => (run.engine.world.slice(outboundMachine).attempts === 0 ? 0 : undefined),
  drawer: ({ fill, shown }, id, _, { now, upTo }) =>
    Effect.gen(function* () {
      const seq = Number(id)
      const [row] = Number.isSafeInteger(seq) && seq > 0 ? yield* shown.run.log.read(seq - 1, 1) : []
      if (row?.seq !== seq || seq > (upTo ?? seq) || !beginsCallback(readable(row))) return undefined
      const about = (yield* rowsBySubject(shown.run.log, [seq], upTo)).get(row.subject) ?? []
      const stories = callbackStories(about.map(readable))
      const story = stories.find((each) => each.id === seq)
      return (
        story &&
        fill("callbackDrawer", {
          past: upTo !== undefined,
          callback: shownCallback(story, now, shown),
          row: callbackRow(story, now),
          subject: placeOfSubject(story.subject),
        })
      )
    }),
}

export const callbacksPage = listPage(callbacks)
