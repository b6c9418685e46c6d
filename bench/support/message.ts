import { writeFileSync } from "node:fs"
import { join } from "node:path"

/* The one message every figure sends, and the settings under which it is sent. */

export const accountSid = `AC${"0123456789abcdef".repeat(2)}`
export const authToken = "bench-token-0123456789abcdef0123"
export const path = `/2010-04-01/Accounts/${accountSid}/Messages.json`

/** Stands in a request for its number among all; as many digits as it has letters. */
export const counterMark = "NNNNNNN"

const message = {
  To: "+15551234567",
  From: "+15550000001",
  Body: "Your parcel is on its way and will be with you between 10 and 12.",
}

/** The message with a number: to a receiver of its own, never the sender, with a text of its own. */
const numbered = (n: string) => ({
  ...message,
  To: `+1557${n}`,
  Body: `Your parcel ${n} is on its way and will be with you between 10 and 12.`,
})

/** The parameters of the n-th message. */
export const numberedForm = (n: number): ReadonlyArray<readonly [string, string]> =>
  Object.entries(numbered(String(n).padStart(counterMark.length, "0")))

const formOf = (given: typeof message, callback?: string): string =>
  new URLSearchParams({ ...given, ...(callback === undefined ? {} : { StatusCallback: callback }) }).toString()

/** The send as bytes on the wire, credentials included. */
export const sendRequest = (callback?: string): string => requestOf(formOf(message, callback))

/** The send of a message of its own for each request that the load generator counts. */
export const numberedRequest = (): string => requestOf(formOf(numbered(counterMark)))

const requestOf = (form: string): string => {
  const credentials = Buffer.from(`${accountSid}:${authToken}`).toString("base64")
  return [
    `POST ${path} HTTP/1.1`,
    "Host: 127.0.0.1",
    `Authorization: Basic ${credentials}`,
    "Content-Type: application/x-www-form-urlencoded",
    `Content-Length: ${form.length}`,
    "",
    form,
  ].join("\r\n")
}

/** The data of the same send as an entry, for figures without HTTP. */
export const sendData = (callback: string) => ({
  api: "twilio",
  auth: { password: { secret: "twilio.auth_token" }, user: accountSid },
  method: "POST",
  params: [...new URLSearchParams(formOf(message, callback))] as Array<[string, string]>,
  path,
  query: [],
})

/** A settings file with this delay before each reported status. `virtual`: an endpoint inside the run. */
export const writeSettings = (folder: string, delaySeconds: number, virtual?: string): string => {
  const file = join(folder, "settings.yaml")
  const endpoints = virtual === undefined ? "" : `endpoints:\n  - url: "${virtual}"\n`
  writeFileSync(
    file,
    `${endpoints}twilio:
  account_sid: ${accountSid}
  auth_token: ${authToken}
  allowed_from_numbers: ["+15550000001"]
  callbacks:
    delay_seconds: ${delaySeconds}
`,
  )
  return file
}
