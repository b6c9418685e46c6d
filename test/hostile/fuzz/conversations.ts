import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { rules } from "../../../src/app/rules.ts"
import { sid as sidOf } from "../../../src/core/chance.ts"
import { verifyRows } from "../../../src/engine/verify.ts"
import { type Conversing, conversing, number, phone } from "../../support/conversing.ts"
import { mutated, nasty, type Random } from "./random.ts"
import type { Outcome, Surface } from "./runner.ts"

const bodies = [
  { to: phone, body: "Hello", from: number },
  { conversation_id: "x", body: "Hello", media_urls: ["https://a.example/1.png"] },
  { workflow_type: "dispute", workflow_id: null, tenant_id: "T1" },
  { into: "x" },
  {},
]
const fields = ["to", "body", "from", "media_urls", "conversation_id", "into", "tenant_id", "workflow_id", "__proto__"]
const params = ["MessageSid", "From", "To", "Body", "NumMedia", "MessageStatus", "ErrorCode", "SmsStatus"]
const good = ["delivered", "sent", "+14155550123", "whatsapp:+447700900123", "12345", "ACME", "Hola, gracias", "3"]

/** An id or SID that may be there. */
const named = (random: Random, { world }: Conversing): string => {
  const { all, messages } = world()
  return random.pick([
    all[random.below(Math.max(1, all.length))]?.id ?? "none",
    messages[random.below(Math.max(1, messages.length))]?.id ?? "none",
    sidOf("SM", 1, random.below(10)),
    encodeURIComponent(random.pick(nasty).toWellFormed()),
  ])
}

const pathOf = (random: Random, run: Conversing): string => {
  const id = named(random, run)
  const path = random.pick([
    "/webhook/twilio/sms",
    "/webhook/twilio/sms",
    `/webhook/twilio/status?message=${id}`,
    "/api/messages",
    "/api/messages",
    `/api/messages/${id}`,
    `/api/conversations?${random.pick(["q", "cursor", "page_size", "status", "language", "x"])}=${encodeURIComponent(random.pick(nasty).toWellFormed())}`,
    "/api/conversations",
    `/api/conversations/by-number/${random.pick([phone, id])}`,
    ...["", "/messages", "/close", "/reopen", "/merge", "/lookup", "/x"].map(
      (rest) => `/api/conversations/${id}${rest}`,
    ),
  ])
  return random.chance(5) ? mutated(random, path, 2).replace(/[^\x21-\x7e]/g, "%20") : path
}

const formOf = (random: Random): URLSearchParams => {
  const pairs: ReadonlyArray<readonly [string, string]> = [
    ["MessageSid", sidOf("SM", 1, random.below(10))],
    ["From", phone],
    ["To", number],
    ...random.some(
      4,
      () => [random.pick(params), random.pick(random.chance(50) ? good : nasty).toWellFormed()] as const,
    ),
  ]
  return new URLSearchParams(pairs.map(([name, value]) => [name, value] as [string, string]))
}

const jsonOf = (random: Random, run: Conversing): string => {
  if (random.chance(15)) return mutated(random, JSON.stringify(random.pick(bodies)), 3).toWellFormed()
  const value = random.pick<unknown>([named(random, run), random.pick(nasty), null, 1e308, [], {}, "x".repeat(2_000)])
  const text = JSON.stringify({ ...random.pick(bodies), [random.pick(fields)]: value })
  return text.toWellFormed()
}

const statuses = new Set([200, 202, 400, 403, 404, 405, 409, 413])

/** What is wrong with an answer. */
const wrongWith = ({ body, json, status }: { status: number; body: string; json: unknown }): string | undefined => {
  if (!statuses.has(status)) return `answered ${status} ${body.slice(0, 200)}`
  if (status < 400) return undefined
  const error = (json as { error?: { code?: unknown; requestId?: unknown } } | undefined)?.error
  return typeof error?.code === "string" && error.code.startsWith("sms.") && typeof error.requestId === "string"
    ? undefined
    : `answered ${status} without its envelope: ${body.slice(0, 200)}`
}

/** Requests of strangers to the conversation service: refused or carried out, never a defect, and the log is sound. */
export const conversationsSurface: Surface = {
  name: "conversations",
  atOnce: 1,
  open: async () => {
    const scope = await Effect.runPromise(Scope.make())
    const run = await Effect.runPromise(
      Scope.extend(conversing({ settings: { conversations: { reply: "Thanks" } } }), scope),
    )
    return {
      run: async (random): Promise<Outcome> => {
        const path = pathOf(random, run)
        const method = random.chance(70) ? "POST" : random.pick(["GET", "PATCH", "DELETE", "HEAD", "get"])
        const body = path.startsWith("/webhook") ? formOf(random) : jsonOf(random, run)
        const header = random.pick(["a", "b", random.pick(nasty).slice(0, 400)])
        const asking = run.ask(method, path, body, {
          named: { "idempotency-key": header, "x-request-id": header },
          ...(random.chance(10) ? { signature: "invalid" as const } : {}),
        })
        const answer = await Effect.runPromise(random.chance(20) ? Effect.tap(asking, () => run.settled) : asking)
        return { input: `${method} ${path} ${body}`, problem: wrongWith(answer) }
      },
      end: async () => {
        const rows = await Effect.runPromise(Effect.zipRight(run.settled, run.rows))
        const failed = rows.find(({ type }) => type === "turn.failed")
        const verdict = await Effect.runPromise(verifyRows(Stream.fromIterable(rows), rules))
        await Effect.runPromise(Scope.close(scope, Exit.void))
        if (failed !== undefined) return `a rule threw: ${failed.data.slice(0, 500)}`
        return verdict._tag === "Sound" ? undefined : verdict.problem
      },
    }
  },
}
