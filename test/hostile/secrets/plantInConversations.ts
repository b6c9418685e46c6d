import type { Listener } from "../../support/listener.ts"

/* Secrets in everything that the conversation service is told. */

export const conversationMarks = [
  "carrierToken",
  "carrierAnswer",
  "monitorToken",
  "monitorUrl",
  "monitorAnswer",
  "serviceUrl",
  "wrongSignature",
  "heard",
  "heardMedia",
  "heardName",
  "composed",
  "composedMedia",
  "workflow",
  "searched",
] as const
type Marked = Readonly<Record<(typeof conversationMarks)[number], string>>

/** Settings in which the service has a carrier and a monitor outside, each with its token. */
export const conversationSettings = (marks: Marked, url: string) => ({
  carrier: { account_sid: `AC${"5".repeat(32)}`, auth_token: marks.carrierToken, url: `${url}/carrier` },
  monitor: { url: `${url.replace("://", `://u:${marks.monitorUrl}@`)}/monitor` },
  monitor_token: marks.monitorToken,
  url: `https://u:${marks.serviceUrl}@bot.example`,
})

/** What the carrier and the monitor say, with secrets in it; undefined of a request to neither. */
export const carrierAndMonitor = (marks: Marked, path: string): ReturnType<Listener["answer"]> | undefined => {
  if (path.startsWith("/carrier"))
    return {
      type: "application/json",
      body: JSON.stringify({ message: `see https://u:${marks.carrierAnswer}@a.example` }),
    }
  return path.startsWith("/monitor")
    ? {
        type: "application/json",
        body: JSON.stringify({ tenant_id: `https://u:${marks.monitorAnswer}@a.example` }),
      }
    : undefined
}

/** How the service is asked. */
interface Ways {
  readonly webhook: (path: string, form: Readonly<Record<string, string>>, signature: string) => Promise<void>
  readonly order: (path: string, data: object, method?: string) => Promise<void>
  readonly read: (path: string) => Promise<string>
  /** The signature of a webhook by the carrier's token. */
  readonly signed: (path: string, form: Readonly<Record<string, string>>) => string
}

/** Gives secrets away in webhooks, messages and conversations. */
export const plantInConversations = async (marks: Marked, { order, read, signed, webhook }: Ways): Promise<void> => {
  const at = (mark: keyof Marked) => `https://u:${marks[mark]}@127.0.0.1:1/x`
  const [sms, status] = ["/webhook/twilio/sms", "/webhook/twilio/status"]
  const sid = `SM${"5".repeat(32)}`
  const heard = {
    MessageSid: sid,
    From: "+14155550199",
    To: "+15550000001",
    Body: "Hello",
    NumMedia: "1",
    MediaUrl0: at("heardMedia"),
    [at("heardName")]: "x",
  }
  await webhook(sms, heard, marks.wrongSignature)
  await webhook(sms, heard, signed(sms, heard))
  const told = { MessageSid: sid, MessageStatus: "delivered", ErrorCode: at("heard") }
  await webhook(status, told, signed(status, told))
  await order("/api/messages", { to: "+14155550199", from: "+15550000001", body: "Hello" })
  await order("/api/messages", { to: "+14155550199", from: "+15550000001", media_urls: [at("composedMedia")] })
  await order("/api/messages", { to: "+14155550199", [at("composed")]: "x" })
  const id = /"id":"([0-9a-f-]{36})"/.exec(await read("/api/conversations"))?.[1]
  if (id === undefined) throw new Error("the webhook that was signed made no conversation")
  await order(`/api/conversations/${id}`, { workflow_id: at("workflow") }, "PATCH")
  await read(`/api/conversations/${id}/messages`)
  await read(`/api/conversations?q=${encodeURIComponent(at("searched"))}`)
  await read(`/api/conversations?${at("searched")}=1`)
}
