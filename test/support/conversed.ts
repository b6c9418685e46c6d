import type { Server } from "./program.ts"

/* Conversations over HTTP: what tests and screenshots of the built program have said. */

export const tenant = "7b0e4b0c-6f6b-4d7e-9a55-0d6c5c3a1f10"

/** Settings of a server whose monitor knows one number. */
export const conversedSettings = {
  twilio: { allowed_from_numbers: ["+14155550100"] },
  conversations: {
    monitor: { simulated: { tenants: { "+14155550123": tenant }, latency: "40ms" } },
  },
}

export const posted = (server: Server, path: string, body: unknown, headers: Record<string, string> = {}) =>
  server.ask(path, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", ...headers },
  })

/** The number tells its messages to the server's own conversation service. */
export const setUp = async (server: Server, url = "http://ringback.internal/webhook/twilio/sms"): Promise<void> => {
  const own = `/2010-04-01/Accounts/${server.accountSid}/IncomingPhoneNumbers`
  const { json } = await server.ask(`${own}.json`)
  const number = json.incoming_phone_numbers.find(
    ({ phone_number }: { phone_number: string }) => phone_number === "+14155550100",
  )
  await server.ask(`${own}/${number.sid}.json`, { form: { SmsUrl: url } })
}

/** Three people write; one is answered. Gives the id of that conversation. */
export const converse = async (server: Server): Promise<string> => {
  const write = async (from: string, body: string) => {
    await posted(server, "/admin/inbound", { from, to: "+14155550100", body })
    await server.clock({ advance: "20s" })
  }
  await write("+525512345678", "Hola, ¿a qué hora abren mañana? Gracias")
  await write("+14155550177", "ok")
  await write("+14155550123", "Hi, where is my order? It should have been here yesterday")
  const { json } = await server.ask("/api/conversations/by-number/+14155550123")
  await posted(server, "/api/messages", { conversation_id: json.id, body: "It is on its way and comes before five." })
  await server.clock({ advance: "20s" })
  await write("+14155550123", "Great, thank you!")
  await posted(server, "/api/messages", { conversation_id: json.id, body: "You are welcome." })
  return json.id
}
