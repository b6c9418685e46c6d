import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as Effect from "effect/Effect"
import { decode, type Entry } from "../core/Entry.ts"
import { callbackResent, outboundRequested } from "../core/entries.ts"
import { limits } from "../core/limits.ts"
import type { Run } from "../engine/Run.ts"
import { beginsCallback, callbackStories, storyTypes } from "../network/callbackStories.ts"
import { NoSuchCallback } from "./callbacksApi.ts"
import { shownCallback } from "./callbacksOf.ts"
import { ControlApi } from "./controlApi.ts"
import { submitted, Unavailable } from "./controlErrors.ts"
import { Exchange } from "./Exchange.ts"

/** Every callback about a subject. */
const about = (run: Run, subject: string) =>
  Effect.gen(function* () {
    const entries: Array<Entry> = []
    for (let after = 0; ; ) {
      const rows = yield* run.log.readSubject(subject, after, limits.readEntriesMax)
      const last = rows.at(-1)
      if (last === undefined) return callbackStories(entries).map(shownCallback)
      for (const row of rows) if (storyTypes.has(row.type)) entries.push(decode(row))
      after = last.seq
    }
  })

/** The first attempts after `after`, at most `limit` of them, and how far the log was read for them. */
const firstAttempts = (run: Run, after: number, limit: number) =>
  Effect.gen(function* () {
    const found: Array<Entry<unknown>> = []
    let last = after
    for (let read = 0; read < limits.callbackScanEntriesMax; read += limits.readEntriesMax) {
      const rows = yield* run.log.read(last, limits.readEntriesMax)
      if (rows.length === 0) break
      for (const row of rows) {
        last = row.seq
        if (row.type !== outboundRequested.type) continue
        const entry = decode(row)
        if (beginsCallback(entry)) found.push(entry)
        if (found.length === limit) return { found, last }
      }
    }
    return { found, last }
  })

/** A page of all callbacks, or of those about one subject. */
const page = (run: Run, { after = 0, limit = 50, subject }: { after?: number; limit?: number; subject?: string }) =>
  Effect.gen(function* () {
    if (subject !== undefined) {
      const all = (yield* about(run, subject)).filter(({ id }) => id > after)
      const callbacks = all.slice(0, limit)
      return { callbacks, last: callbacks.at(-1)?.id ?? after, more: all.length > callbacks.length }
    }
    const { found, last } = yield* firstAttempts(run, after, limit)
    const ids = new Set(found.map(({ seq }) => seq))
    const subjects = new Set(found.map(({ subject }) => subject))
    const lists = yield* Effect.forEach(subjects, (each) => about(run, each))
    const callbacks = lists
      .flat()
      .filter(({ id }) => ids.has(id))
      .toSorted((a, b) => a.id - b.id)
    return { callbacks, last, more: last < run.engine.head.seq }
  })

/** Orders the callback of an attempt to be sent again, and gives that new copy. */
const resend = (run: Run, id: number) =>
  Effect.gen(function* () {
    const [row] = yield* run.log.read(id - 1, 1)
    const entry: Entry<unknown> | undefined = row?.seq === id ? decode(row) : undefined
    if (entry === undefined || !outboundRequested.is(entry) || entry.data.purpose !== "callback")
      return yield* new NoSuchCallback({
        message: `entry ${id} is no attempt of a callback; GET /admin/callbacks lists them`,
      })
    const { data: request, subject } = entry
    const made = yield* submitted(run.engine, callbackResent.draft(subject, { of: id, request }))
    const [sent] = callbackStories(made.map(({ entry }) => entry))
    return yield* sent === undefined
      ? Effect.dieMessage("a resend made no request")
      : Effect.succeed(shownCallback(sent))
  })

export const CallbacksLive = HttpApiBuilder.group(ControlApi, "callbacks", (handlers) =>
  Effect.gen(function* () {
    const { run } = yield* Exchange
    const unreadable = { LogUnavailable: (error: Error) => new Unavailable({ message: error.message }) }
    return handlers
      .handle("list", ({ urlParams }) => page(run, urlParams).pipe(Effect.catchTags(unreadable)))
      .handle("resend", ({ path: { id } }) => resend(run, id).pipe(Effect.catchTags(unreadable)))
  }),
)
