import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import type { PlainWebhooks } from "../../src/client/client.ts"
import type { Ringback } from "../../src/testing/testing.ts"

export interface Application {
  readonly url: string
  readonly close: () => Promise<void>
}

/** A server of an application: `/sms` is its webhook for messages, `/status` for statuses. */
export const serveWebhooks = async ({ inbound, status }: PlainWebhooks): Promise<Application> => {
  const server: Server = createServer((request, response) => {
    const { node } = request.url?.startsWith("/status") ? status : inbound
    void node(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** A number of the exchange's account, whose messages an application is asked about. */
export const buyNumber = async (
  { accountSid, authToken, url }: Ringback,
  number: string,
  config: Readonly<Record<string, string>>,
): Promise<void> => {
  const answer = await fetch(`${url}/2010-04-01/Accounts/${accountSid}/IncomingPhoneNumbers.json`, {
    method: "POST",
    headers: { Authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}` },
    body: new URLSearchParams({ PhoneNumber: number, ...config }),
  })
  if (answer.status !== 201) throw new Error(`the number was not bought: ${await answer.text()}`)
}
