import { performance } from "node:perf_hooks"
import * as Either from "effect/Either"
import { machines } from "../../src/app/machines.ts"
import { settingsOf } from "../../src/app/settings.ts"
import { loadTemplates } from "../../src/carriers/twilio/templateFiles.ts"
import { requestOf } from "../../src/conversations/answers.ts"
import { conversationsMachine } from "../../src/conversations/conversations.machine.ts"
import { conversationStarted, messageReceived } from "../../src/conversations/entries.ts"
import { answerRequest } from "../../src/conversations/routes.ts"
import type { JsonObject } from "../../src/core/canonical.ts"
import { token } from "../../src/core/chance.ts"
import type { Draft, Entry } from "../../src/core/Entry.ts"
import { type ApiRequested, apiRequested, runStarted } from "../../src/core/entries.ts"
import { WorldState } from "../../src/engine/World.ts"

/* A world of so many messages over so many conversations, made by folding their entries; then its lists are asked for. */

const [messages = 0, conversations = 1] = process.argv.slice(2).map(Number)

let seq = 0
const at = Date.UTC(2026, 0, 1)
const entry = <D>({ data, subject, type }: Draft<D>): Entry<D> => {
  seq++
  return { seq, at: at + seq, cause: Math.max(0, seq - 1), kind: "outcome", type, subject, data }
}

const world = new WorldState(machines)
const settings = settingsOf({}).run as unknown as JsonObject
const { texts } = Either.getOrThrow(loadTemplates(undefined))
world.evolve(entry(runStarted.draft("", { flags: [], format: 1, rules: 1, seed: 1, settings, templates: texts })))
const ids: Array<string> = []
for (let i = 0; i < conversations; i++) {
  const id = token(1, "conversation", String(i))
  ids.push(id)
  const number = `+1415${String(1_000_000 + i)}`
  world.evolve(entry(conversationStarted.draft(id, { number, original: number })))
}
for (let i = 0; i < messages; i++) {
  // Every conversation has its turn, in an order of its own each round.
  const conversation = (i * 7919) % conversations
  world.evolve(
    entry(
      messageReceived.draft(token(1, "message", String(i)), {
        body: `Hello, this is message ${i} about my order`,
        confidence_bp: 8_000,
        conversation: ids[conversation] as string,
        from: `+1415${String(1_000_000 + conversation)}`,
        language: "en",
        num_media: 0,
        sid: `SM${i.toString(16).padStart(32, "0")}`,
        to: "+14155550100",
      }),
    ),
  )
}

const slice = world.slice(conversationsMachine)
const ask = (path: string, query: ApiRequested["query"]): { readonly ms: number; readonly bytes: number } => {
  const data: ApiRequested = { api: "conversations", method: "GET", params: [], path, query }
  const asked = entry(apiRequested.draft("", data))
  const began = performance.now()
  const [answer] = answerRequest(requestOf(world, slice, asked))
  return { ms: performance.now() - began, bytes: answer?.aside?.length ?? 0 }
}

const middle = slice.messages[Math.floor(messages / 2)]?.conversation ?? 0
const lists = {
  first: () => ask("/api/conversations", []),
  deep: () => ask("/api/conversations", [["cursor", String(Math.floor(messages - conversations / 2))]]),
  nowhere: () => ask("/api/conversations", [["q", "zebra"]]),
  thread: () => ask(`/api/conversations/${slice.all[middle]?.id}/messages`, []),
}
const found = Object.entries(lists).map(([name, look]) => {
  const taken = Array.from({ length: 7 }, look)
  taken.sort((a, b) => a.ms - b.ms)
  return { name, ms: taken[3]?.ms ?? Number.NaN, bytes: taken[3]?.bytes ?? 0 }
})
process.send?.({ found, rss: process.memoryUsage().rss })
