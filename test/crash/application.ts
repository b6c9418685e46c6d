import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { validateRequest } from "twilio/lib/webhooks/webhooks.js"
import { roll } from "../../src/core/chance.ts"
import { newProviders, type Providers } from "./providers.ts"

/** The application that a crashed server owes its callbacks to, and the providers its texts go to: they outlive every server. */
export interface Application {
  readonly url: string
  /** How often a report of a message or call arrived, by `SID status`; a request for a call's instructions is one, too. */
  readonly reports: ReadonlyMap<string, number>
  /** Callbacks whose signature did not fit. */
  readonly forged: ReadonlyArray<string>
  readonly providers: Providers
  readonly close: () => void
}

const reply = "<Response><Message>Thank you</Message></Response>"
const talk = "<Response><Say>Hi</Say></Response>"

/** One answer in ten is a 500, and all come after some host ms, so that a kill finds callbacks in flight and retries set. */
export const startApplication = async (authToken: string, seed: number): Promise<Application> => {
  const reports = new Map<string, number>()
  const forged: Array<string> = []
  const providers = newProviders(seed)
  let arrived = 0
  const server = http.createServer((request, response) => {
    let body = ""
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text
    })
    request.on("end", () => {
      const n = arrived++
      const ms = roll(seed, "answer after", "application", n) % 15
      if (request.url?.startsWith("/providers/") === true) {
        const { json, status } = providers.answer(request.method ?? "", new URL(request.url, "http://x"), body)
        setTimeout(
          () => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json)),
          ms,
        )
        return
      }
      const params = Object.fromEntries(new URLSearchParams(body))
      const { authorization, host, "x-twilio-signature": signature } = request.headers
      const userinfo = /^Basic (.+)$/.exec(authorization ?? "")?.[1]
      const known = userinfo === undefined ? "" : `${Buffer.from(userinfo, "base64").toString()}@`
      if (!validateRequest(authToken, String(signature), `http://${known}${host}${request.url}`, params))
        forged.push(`${request.url} ${body}`)
      const report = `${params.MessageSid ?? params.CallSid} ${params.MessageStatus ?? params.SmsStatus ?? params.CallStatus}`
      reports.set(report, (reports.get(report) ?? 0) + 1)
      setTimeout(() => {
        if (roll(seed, "answer", "application", n) < 1_000) response.writeHead(500).end()
        else if (request.url?.startsWith("/sms") === true)
          response.writeHead(200, { "content-type": "text/xml" }).end(reply)
        else if (request.url?.startsWith("/voice") === true)
          response.writeHead(200, { "content-type": "text/xml" }).end(talk)
        else response.writeHead(204).end()
      }, ms)
    })
    request.on("error", () => {}) // Its server was killed.
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reports,
    forged,
    providers,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
