import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { afterAll, beforeAll, describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { newFolder } from "../support/folder.ts"
import { ringback, type Server, serve } from "../support/ringback.ts"

/** Ten times a document: what an application sends that was given a loop for a template. */
const hugeBytes = 10 * 1024 * 1024

const bomb = `<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">${Array.from(
  { length: 9 },
  (_, i) => `<!ENTITY ${"abcdefghij"[i + 1]} "${`&${"abcdefghij"[i]};`.repeat(10)}">`,
).join("")}]><Response><Say>&j;</Say></Response>`

const xml = (verbs: string) => `<Response>${verbs}</Response>`

describe("An application whose documents are bad", () => {
  const db = join(newFolder(), "ringback.db")
  let server: Server
  let application: http.Server
  let asked = 0

  const answer = (path: string, response: http.ServerResponse): void => {
    asked++
    const text = (body: string) => response.writeHead(200, { "Content-Type": "text/xml" }).end(body)
    switch (path) {
      case "/huge":
        response.writeHead(200, { "Content-Type": "text/xml" })
        response.write("<Response><Say>")
        response.end("x".repeat(hugeBytes))
        return
      case "/bomb":
        return void text(bomb)
      case "/hops":
        return void response.writeHead(302, { Location: "/hops" }).end()
      case "/again":
        return void text(xml("<Redirect>/again</Redirect>"))
      case "/loop":
        return void text(xml("<Pause length='1'/><Redirect>/loop</Redirect>"))
      case "/menu":
        return void text(xml("<Gather timeout='1'/><Redirect>/menu</Redirect>"))
      case "/many":
        return void text(xml("<Sms>x</Sms>".repeat(1_500)))
      case "/deep":
        return void text(xml(`${"<Gather>".repeat(100)}${"</Gather>".repeat(100)}`))
      case "/nothing":
        return void response.writeHead(204).end()
      case "/reset":
        return void response.socket?.resetAndDestroy()
      default:
        return // Never answers.
    }
  }

  beforeAll(async () => {
    application = http.createServer((request, response) => {
      request.resume()
      request.on("end", () => answer((request.url ?? "").replace(/[?#].*/, ""), response))
      response.on("error", () => {}) // The exchange reads no more of it.
    })
    await new Promise<void>((resolve) => application.listen(0, "127.0.0.1", resolve))
    server = await serve({ db, args: ["--pace", "fast"] })
  })
  afterAll(() => {
    application.close()
    application.closeAllConnections()
  })

  it.each([
    ["/huge", [11750]],
    ["/bomb", [12100]],
    ["/hops", [11205]],
    ["/again", [11215]],
    ["/loop", [11215]],
    ["/menu", [11215]],
    ["/deep", [12100]],
    ["/nothing", [12100]],
    ["/reset", [11206]],
    ["/hang#tt=300", [11200]],
  ] as const)("by %s: the call ends, with alerts %j", async (path, codes) => {
    const { port } = application.address() as AddressInfo
    asked = 0
    const calls = server.messages.replace("Messages", "Calls")
    const { json } = await server.ask(calls, {
      form: { To: "+15551234567", From: "+15550000001", Url: `http://127.0.0.1:${port}${path}`, TimeLimit: "7200" },
    })
    strictEqual((await server.clock({ settle: true })).status, 200)
    const call = (await server.ask(calls.replace(".json", `/${json.sid}.json`))).json
    strictEqual(call.status, "completed")
    const { alerts } = (await server.ask(`/admin/alerts?resource_sid=${json.sid}`)).json
    deepStrictEqual(
      alerts.map(({ error_code }: { error_code: number }) => error_code),
      [...codes],
    )
    assertTrue(asked <= 1_001)
  })

  it("by too many verbs that take no time: the call ends", async () => {
    const { port } = application.address() as AddressInfo
    const calls = server.messages.replace("Messages", "Calls")
    const { json } = await server.ask(calls, {
      form: { To: "+15551234567", From: "+15550000001", Url: `http://127.0.0.1:${port}/many` },
    })
    await server.clock({ settle: true })
    strictEqual((await server.ask(calls.replace(".json", `/${json.sid}.json`))).json.status, "completed")
    const { alerts } = (await server.ask(`/admin/alerts?resource_sid=${json.sid}&error_code=11215`)).json
    strictEqual(alerts.length, 1)
  })

  it("does not keep the server from answering, and its log is sound", async () => {
    strictEqual((await server.send()).status, 201)
    await server.clock({ settle: true })
    const { code, stderr } = await ringback(["verify", db])
    deepStrictEqual([code, stderr], [0, ""])
  })
})
