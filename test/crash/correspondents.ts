import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { sign } from "../../src/core/signature.ts"
import { smsParams } from "../support/conversing.ts"
import type { Server } from "../support/program.ts"

/* Those around a conversation service that dies: its carrier, its monitor, and the numbers that write to it. They outlive it. */

export const carrierToken = "crash-run-carrier-0123456789abcdef"
export const carrierAccount = `AC${"6".repeat(32)}`

const numbers = Array.from({ length: 12 }, (_, n) => `+141555501${String(n).padStart(2, "0")}`)

export interface Correspondents {
  readonly url: string
  /** How often the carrier was asked to send a text. */
  readonly sends: ReadonlyMap<string, number>
  /** SIDs of messages that came in, and whether the service said 200. */
  readonly heard: ReadonlyMap<string, boolean>
  /** Texts that the service took to send (202), by the id it gave. */
  readonly taken: ReadonlyMap<string, string>
  /** SIDs of messages sent of which a status was taken. */
  readonly told: ReadonlySet<string>
  /** Writes and sends until the server answers no more. */
  readonly startLoad: (server: Server) => () => Promise<void>
  /** Tells every webhook again, as a carrier does that got no answer. */
  readonly tellAgain: (server: Server) => Promise<ReadonlyArray<number>>
  readonly close: () => void
}

const webhook = async (server: Server, path: string, params: URLSearchParams): Promise<number> => {
  const signature = sign(carrierToken, `${server.address}${path}`, [...params])
  return (await server.ask(path, { form: params.toString(), headers: { "x-twilio-signature": signature } })).status
}

/** The carrier answers after 20 ms, and of two messages in three it tells a status before that; of the monitor's answers one in five is a 500. */
export const startCorrespondents = async (): Promise<Correspondents> => {
  const sends = new Map<string, number>()
  const heard = new Map<string, boolean>()
  const taken = new Map<string, string>()
  const told = new Set<string>()
  let current: Server | undefined
  let [asked, wrote, said] = [0, 0, 0]

  const carry = async (params: URLSearchParams): Promise<string> => {
    const text = params.get("Body") ?? ""
    const n = Number(/\d+/.exec(text)?.[0])
    sends.set(text, (sends.get(text) ?? 0) + 1)
    const sid = `SM${n.toString(16).padStart(32, "0")}`
    const { pathname, search } = new URL(params.get("StatusCallback") ?? "")
    const status = new URLSearchParams({ MessageSid: sid, MessageStatus: "delivered", AccountSid: carrierAccount })
    if (n % 3 !== 0 && current !== undefined)
      await webhook(current, pathname + search, status).then(
        (answer) => void (answer === 200 && told.add(sid)),
        () => {}, // The server was killed.
      )
    return JSON.stringify({ sid, status: "queued" })
  }

  const listener = http.createServer((request, response) => {
    let body = ""
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text
    })
    request.on("error", () => {}) // Its server was killed.
    request.on("end", () => {
      if (request.method === "GET") {
        response.writeHead(asked++ % 5 === 0 ? 500 : 200).end('{"tenant_id":"tenant-1"}')
        return
      }
      void carry(new URLSearchParams(body)).then((answer) =>
        setTimeout(() => response.writeHead(201, { "content-type": "application/json" }).end(answer), 20),
      )
    })
  })
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve))

  const write = (server: Server, sid: string): Promise<number> => {
    const from = numbers[Number.parseInt(sid.slice(2), 16) % numbers.length] ?? ""
    return webhook(server, "/webhook/twilio/sms", smsParams(sid, { From: from, AccountSid: carrierAccount }))
  }
  const writing = async (server: Server) => {
    const sid = `SM${(++wrote).toString(16).padStart(32, "a")}`
    heard.set(sid, false)
    if ((await write(server, sid)) === 200) heard.set(sid, true)
  }
  const sending = async (server: Server) => {
    const text = `number ${++said}`
    const { json, status } = await server.ask("/api/messages", {
      method: "POST",
      body: JSON.stringify({ to: numbers[said % numbers.length], from: "+15550000001", body: text }),
      headers: { "content-type": "application/json" },
    })
    if (status === 202) taken.set(json.id, text)
  }

  return {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    sends,
    heard,
    taken,
    told,
    startLoad: (server) => {
      current = server
      let stopped = false
      void server.ended.then(() => {
        stopped = true
      })
      const going = [writing, writing, writing, sending, sending].map(async (act) => {
        // A request that meets the server's end has no answer, and is the last.
        while (!stopped) await act(server).catch(() => new Promise((resolve) => setTimeout(resolve, 5)))
      })
      return async () => {
        stopped = true
        await Promise.all(going)
      }
    },
    tellAgain: async (server) => {
      current = server
      const answers: Array<number> = []
      for (const sid of heard.keys()) answers.push(await write(server, sid))
      return [...new Set(answers)]
    },
    close: () => {
      listener.close()
      listener.closeAllConnections()
    },
  }
}
