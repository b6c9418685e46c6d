import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { configFile } from "../support/config.ts"
import { newFolder } from "../support/folder.ts"
import { listen } from "../support/listener.ts"
import { entriesOf } from "../support/logEntries.ts"
import { ringback, serve } from "../support/ringback.ts"

const codeOf = async (asked: Promise<unknown>): Promise<string> => {
  try {
    await asked
    return "answered"
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } }
    return cause?.code ?? String(error)
  }
}

describe.concurrent("An API that fails, on real sockets", () => {
  it("resets the connection of one request, loses the answer to another, and serves the rest", async () => {
    const db = join(newFolder(), "ringback.db")
    const config = configFile({
      twilio: {
        faults: [
          { to: "+15550001111", drop: "request" },
          { to: "+15550002222", drop: "answer" },
          { to: "+15550003333", status: 503 },
        ],
      },
    })
    const server = await serve({ db, config, args: ["--pace", "fast"] })
    strictEqual(await codeOf(server.send({ To: "+15550001111" })), "ECONNRESET")
    const lost = await codeOf(server.send({ To: "+15550002222" }))
    assertTrue(lost === "UND_ERR_SOCKET" || lost === "ECONNRESET", lost)
    const { json, status } = await server.send({ To: "+15550003333" })
    deepStrictEqual([status, json.code], [503, 20503])
    strictEqual((await server.send({ To: "+15550004444" })).status, 201)
    await server.clock({ settle: true })
    const { json: page } = await server.ask(server.messages)
    deepStrictEqual(
      page.messages.map(({ to }: { to: string }) => to),
      ["+15550004444", "+15550002222"],
    )
    await server.kill("SIGTERM")
    strictEqual((await ringback(["verify", db])).code, 0)
    strictEqual((await entriesOf(db, ["--type", "fault.drawn"])).length, 3)
  })

  it("loses, doubles, delays and reorders callbacks", async () => {
    const got = async (faults: object) => {
      const db = join(newFolder(), "ringback.db")
      const listener = await listen()
      const server = await serve({
        db,
        args: ["--pace", "fast", "--seed", "1"],
        config: configFile({ callbacks: { faults } }),
      })
      await server.send({ StatusCallback: `${listener.url}/status` })
      const { json } = await server.clock({ settle: true })
      await server.kill("SIGTERM")
      strictEqual((await ringback(["verify", db])).code, 0)
      const tokens = new Set(listener.callbacks.map(({ headers }) => headers["i-twilio-idempotency-token"]))
      return [listener.statuses(), tokens.size, json.virtual_time.slice(17, 19)]
    }
    deepStrictEqual(await got({ lost_percent: 100 }), [[], 0, "04"])
    deepStrictEqual(await got({ duplicated_percent: 100 }), [["sent", "sent", "delivered", "delivered"], 2, "04"])
    deepStrictEqual(await got({ out_of_order_percent: 100 }), [["delivered", "sent"], 2, "04"])
    deepStrictEqual(await got({ late_percent: 100, late: "40s" }), [["sent", "delivered"], 2, "44"])
    // Of this seed the first is held back, and the second is not: it brings the first one behind itself.
    deepStrictEqual(await got({ out_of_order_percent: 50, late: "40s" }), [["delivered", "sent"], 2, "04"])
  })
})
