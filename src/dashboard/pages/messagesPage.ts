import * as Effect from "effect/Effect"
import type { SeenMessage } from "../../carriers/delivery/seen.ts"
import { messageLanguage, messageList } from "../lists/messageList.ts"
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
  drawer: subjectDrawer,
}

export const messagesPage = listPage(messages)
