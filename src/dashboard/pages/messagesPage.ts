import * as Effect from "effect/Effect"
import { messageCreated, messageStatusChanged } from "../../carriers/delivery/entries.ts"
import type { SeenMessage } from "../../carriers/delivery/seen.ts"
import { copiesOf } from "../copies.ts"
import { messageLanguage, messageList } from "../lists/messageList.ts"
import { messageStory } from "../messageStory.ts"
import { type ListKind, listPage } from "./listPage.ts"
import { subjectDrawer } from "./subjectDrawer.ts"

const messages: ListKind<SeenMessage, SeenMessage> = {
  path: "/ui/messages",
  title: "Messages",
  menu: "messages",
  language: messageLanguage,
  rowView: "@messageRow",
  columns: ["Status", "From", "To", "Message", "Created"],
  shortcuts: [
    ["All", ""],
    ["Failed", "status:failed,undelivered"],
    ["Under way", "status:queued,accepted,scheduled,sending,sent"],
    ["From phones", "direction:inbound"],
  ],
  empty: "messages",
  clears: "messages",
  list: (shown, asked) => Effect.sync(() => messageList(shown.messages, asked)),
  idOf: ({ sid }) => sid,
  rowOf: (row) => ({ row }),
  count: ({ messages }) => messages.count(),
  drawer: subjectDrawer({
    view: "messageDrawer",
    story: messageStory,
    copies: copiesOf,
    note: (entry) => (messageStatusChanged.is(entry) || messageCreated.is(entry) ? entry.data.status : ""),
  }),
}

export const messagesPage = listPage(messages)
