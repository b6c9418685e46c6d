import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { accountSid, authToken, counterMark } from "./message.ts"

/* The one text that figures of the gateway send, and settings under which it is taken. */

/** An hour so far away that nothing is sent while one measures. */
export const farFrom = (now: number): string => new Date(now + 300 * 24 * 3_600_000).toISOString()

const bodyOf = (n: string, more: object): string =>
  JSON.stringify({ phone: `0192${n}`, text: `Your parcel ${n} is on its way and will be with you soon.`, ...more })

/** The body of the n-th text, to be sent at once. */
export const numberedText = (n: number, more: object = {}): string =>
  bodyOf(String(n).padStart(counterMark.length, "0"), more)

/** A scheduled text of its own for each request that the load generator counts, as bytes on the wire. */
export const scheduledRequest = (): string => {
  const body = bodyOf(counterMark, { send_at: farFrom(Date.now()) })
  return [
    "POST /api/sms/send HTTP/1.1",
    "Host: 127.0.0.1",
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
    "",
    body,
  ].join("\r\n")
}

/** A settings file with this about the gateway. */
export const writeGateway = (folder: string, gateway: object): string => {
  const file = join(folder, "gateway.yaml")
  const twilio = { account_sid: accountSid, auth_token: authToken, allowed_from_numbers: ["+15550000001"] }
  writeFileSync(file, JSON.stringify({ gateway, twilio }))
  return file
}
