import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { configFile } from "../support/config.ts"
import { newFolder } from "../support/folder.ts"
import { ringback, type Server, serve } from "../support/ringback.ts"
import { until } from "../support/until.ts"
import { type Correspondents, carrierAccount, carrierToken, startCorrespondents } from "./correspondents.ts"
import { preloaded } from "./faulty.ts"

/** Where the service dies, and at which occurrence (points.ts); 0: after so many ms. */
const deaths = [
  { point: 0, nth: 250 },
  { point: 3, nth: 40 },
  { point: 5, nth: 25 },
  { point: 4, nth: 60 },
  { point: 2, nth: 80 },
  { point: 5, nth: 60 },
] as const

interface Message {
  readonly id: string
  readonly direction: string
  readonly twilio_sid: string | null
  readonly message_content: string
  readonly delivery_status: string
  readonly status_events: ReadonlyArray<{ readonly event_status: string }>
  readonly error: { readonly reason: string | null } | null
}

const settle = (server: Server) =>
  until("all is settled", async () => {
    const { json } = await server.ask("/admin/clock")
    return json.timers === 0 && json.in_flight === 0
  })

/** All conversations and all their messages. */
const contentOf = async (server: Server) => {
  const { conversations } = (await server.ask("/api/conversations?page_size=1000")).json
  const messages: Array<Message> = []
  for (const { id } of conversations as ReadonlyArray<{ id: string }>)
    for (let cursor = ""; cursor !== "null"; ) {
      const paging = `page_size=1000${cursor === "" ? "" : `&cursor=${cursor}`}`
      const { json } = await server.ask(`/api/conversations/${id}/messages?${paging}`)
      messages.push(...json.messages)
      cursor = String(json.next)
    }
  return { conversations, messages } as {
    conversations: ReadonlyArray<{ tenant_id: string | null; tenant_lookup: { outcome: string } }>
    messages: ReadonlyArray<Message>
  }
}

/** Holds a service that was started again to what it had promised. */
const holdsTo = async (server: Server, { heard, sends, taken, tellAgain, told }: Correspondents) => {
  const { conversations, messages } = await contentOf(server)
  const bySid = new Map(messages.map((message) => [message.twilio_sid, message]))
  const byId = new Map(messages.map((message) => [message.id, message]))
  // A webhook that was answered 200 is kept; told again, all are there, and each once.
  for (const [sid, answered] of heard) assertTrue(!answered || bySid.has(sid), `${sid} was acknowledged and is lost`)
  deepStrictEqual(await tellAgain(server), [200])
  await settle(server)
  const inbound = (await contentOf(server)).messages.filter(({ direction }) => direction === "inbound")
  deepStrictEqual(inbound.map(({ twilio_sid }) => twilio_sid).sort(), [...heard.keys()].sort())
  // A look-up that had begun comes to its end.
  for (const { tenant_id, tenant_lookup } of conversations)
    deepStrictEqual([tenant_id, tenant_lookup.outcome], ["tenant-1", "found"])
  // What was taken is there; nobody is asked twice; what nobody knows is told as unknown.
  for (const [text, times] of sends) strictEqual(times, 1, `${text} was sent ${times} times`)
  for (const [id, text] of taken) strictEqual(byId.get(id)?.message_content, text)
  const outbound = messages.filter(({ direction }) => direction === "outbound")
  for (const { delivery_status: status, error, message_content: text, status_events: events } of outbound) {
    if (events.length > 0) strictEqual(status, "delivered", text)
    else if (status === "unknown") strictEqual(error?.reason, "interrupted", text)
    else deepStrictEqual([status, sends.get(text)], ["queued", 1], text)
  }
  for (const sid of told) strictEqual(bySid.get(sid)?.delivery_status, "delivered", sid)
  return outbound.filter(({ delivery_status }) => delivery_status === "unknown").length
}

describe("A conversation service under load, killed six times", () => {
  it("keeps each webhook it acknowledged, ends its look-ups, and sends nothing twice", {
    timeout: 240_000,
  }, async () => {
    const db = join(newFolder(), "ringback.db")
    const around = await startCorrespondents()
    try {
      const config = configFile({
        conversations: {
          carrier: { account_sid: carrierAccount, auth_token: carrierToken, url: around.url },
          monitor: { url: around.url, attempts: 10 },
        },
      })
      let unknown = 0
      for (const { nth, point } of deaths) {
        const env = point === 0 ? {} : preloaded({ do: "kill", point, nth, us: 0, told: `${db}.told` })
        const dying = await serve({ db, config, env })
        const stop = around.startLoad(dying)
        if (point === 0) setTimeout(() => void dying.kill("SIGKILL"), nth)
        strictEqual((await dying.ended).signal, "SIGKILL", dying.stderr())
        await stop()
        const again = await serve({ db, config })
        await settle(again)
        unknown = await holdsTo(again, around)
        strictEqual((await again.kill("SIGTERM")).code, 0)
      }
      assertTrue(unknown > 0, "no kill interrupted a send")
      assertTrue([...around.heard.values()].includes(false), "no kill interrupted a webhook")
      const { code, stderr, stdout } = await ringback(["verify", db])
      deepStrictEqual([stderr, code, stdout.startsWith("sound: ")], ["", 0, true])
    } finally {
      around.close()
    }
  })
})
