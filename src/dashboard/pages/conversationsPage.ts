import * as Effect from "effect/Effect"
import { type Conversation, conversationOf } from "../../conversations/state.ts"
import type { Row } from "../../core/Entry.ts"
import { gist } from "../../timetravel/gist.ts"
import { entryOf } from "../../timetravel/reading.ts"
import type { Shown } from "../Shown.ts"
import { link } from "../texts.ts"
import { conversationsAfter, limitedTo, listedConversations, messagesIn, stepsOf } from "../threads.ts"
import type { MakePage, Making } from "./Page.ts"

const searchMax = 100

/**
 * The conversation service: who writes to it, the thread with one of them, and a place to answer. `/ui/conversations/ID?step=4` is the
 * thread as it was after the fourth entry that changed it.
 */
export const conversationsPage: MakePage = (making, { part, query }, rest) =>
  Effect.gen(function* () {
    const { fill, shown } = making
    const search = (query.get("q") ?? "").trim().slice(0, searchMax)
    const only = limitedTo.find(([, each]) => each === query.get("only"))?.[1] ?? ""
    const where = { q: search, only }
    const self = link(rest === "" ? "/ui/conversations" : `/ui/conversations/${encodeURIComponent(rest)}`, where)
    yield* shown.run.engine.written
    const conversations = shown.conversations()
    const open = rest === "" ? undefined : conversationOf(conversations, rest)
    const threads = fill("threads", {
      self,
      where,
      open: open?.id,
      count: conversations.all.length,
      listed: listedConversations(conversations, { only, search }).map((each) => ({
        ...each,
        url: link(`/ui/conversations/${each.conversation.id}`, where),
      })),
    })
    const step = stepIn(query.get("step"))
    const rows = open === undefined || (part === "thread" && step === undefined) ? [] : yield* stepsOf(shown, open)
    const thread = threadView(making, { id: rest, open, rows, self, step })
    const main = fill("conversations", {
      ...where,
      path: rest === "" ? "/ui/conversations" : `/ui/conversations/${encodeURIComponent(rest)}`,
      chips: limitedTo.map(([label, each]) => ({
        label,
        url: link("/ui/conversations", { q: search, only: each }),
        on: each === only,
      })),
      open,
      steps: rows.length,
      step: Math.min(step ?? rows.length, rows.length),
      threads,
      thread,
    })
    const status = rest !== "" && open === undefined ? 404 : 200
    const title = open === undefined ? "Conversations" : `${open.number} · Conversations`
    return { status, title, menu: "conversations", main, drawer: "", parts: { threads, thread } }
  })

/** A step as it is asked for; undefined: as it is now. */
const stepIn = (text: string | null): number | undefined =>
  text !== null && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined

interface Thread {
  readonly id: string
  readonly open: Conversation | undefined
  readonly rows: ReadonlyArray<Row>
  readonly self: string
  readonly step: number | undefined
}

const threadView = ({ fill, shown }: Making, { id, open, rows, self, step }: Thread): string => {
  const past = step !== undefined && step < rows.length
  const conversations = past ? conversationsAfter(shown, rows.slice(0, step)) : shown.conversations()
  const conversation = open === undefined ? undefined : (conversationOf(conversations, open.id) ?? open)
  const last = past ? rows[step - 1] : undefined
  return fill("thread", {
    self,
    missing: open === undefined ? id : "",
    conversation,
    bubbles: conversation === undefined ? [] : messagesIn(conversations, conversation),
    past: last === undefined ? undefined : { seq: last.seq, at: last.at, type: last.type, gist: gist(entryOf(last)) },
    into: mergedInto(shown, conversation),
  })
}

/** The conversation that one is part of now. */
const mergedInto = (shown: Shown, conversation: Conversation | undefined): Conversation | undefined =>
  conversation?.mergedInto === undefined ? undefined : conversationOf(shown.conversations(), conversation.mergedInto)
