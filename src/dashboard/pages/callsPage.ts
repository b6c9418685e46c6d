import * as Effect from "effect/Effect"
import { callCreated, callStatusChanged } from "../../carriers/twilio/calls/entries.ts"
import type { SeenCall } from "../../carriers/twilio/calls/seenCalls.ts"
import { callCopiesOf } from "../callCopies.ts"
import { callStory } from "../callStory.ts"
import { pairOfCall } from "../callsOnPhones.ts"
import { callLanguage, callList } from "../lists/callList.ts"
import { link } from "../texts.ts"
import { firstLines } from "../transcriptLines.ts"
import { type ListKind, listPage } from "./listPage.ts"
import { subjectDrawer } from "./subjectDrawer.ts"

const calls: ListKind<SeenCall, SeenCall> = {
  path: "/ui/calls",
  title: "Calls",
  menu: "calls",
  language: callLanguage,
  rowView: "@callRow",
  columns: ["Status", "From", "To", "Direction", "Created"],
  shortcuts: [
    ["All", ""],
    ["Under way", "status:queued,initiated,ringing,in-progress"],
    ["Not answered", "status:busy,failed,no-answer,canceled"],
    ["From phones", "direction:inbound"],
    ["Dialled", "direction:outbound-dial"],
  ],
  empty: "calls",
  clears: "calls",
  list: (shown, asked) => Effect.sync(() => callList(shown.calls, asked)),
  idOf: ({ sid }) => sid,
  rowOf: (row) => ({ row }),
  count: ({ calls }) => calls.count(),
  drawer: subjectDrawer({
    view: "callDrawer",
    story: callStory,
    copies: callCopiesOf,
    note: (entry) => (callStatusChanged.is(entry) || callCreated.is(entry) ? entry.data.status : ""),
    also: (entries, story, shown) => ({
      ...firstLines(entries),
      // Of one that was cleared only the log knows: nobody can hang up any more.
      onPhone: shown.calls.bySid(story.sid)?.running === true ? link("/ui/phone", { ...pairOfCall(story) }) : undefined,
    }),
  }),
}

export const callsPage = listPage(calls)
