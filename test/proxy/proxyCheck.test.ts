import { spawn } from "node:child_process"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { type ProxyChecked, proxyCheck } from "../../src/proxy/proxyCheck.ts"
import { newFolder } from "../support/folder.ts"
import { freePort } from "../support/freePort.ts"
import { ringback, serve } from "../support/ringback.ts"
import { connectThrough, secured } from "../support/throughProxy.ts"

const state = newFolder()
const env = { XDG_STATE_HOME: state }
const look = (checked: Partial<ProxyChecked> & Pick<ProxyChecked, "address">) =>
  Effect.runPromise(proxyCheck({ caPath: join(state, "ringback"), env: {}, node: "22.21.0", ...checked }))
const states = (found: Awaited<ReturnType<typeof look>>) => found.map(({ name, state }) => `${name}: ${state}`)

describe("The look whether applications reach the exchange", () => {
  it("finds what is there, with what is to be done where something is missing", async () => {
    const address = `http://127.0.0.1:${await freePort()}`
    const nobody = await look({ address, node: "20.12.0" })
    deepStrictEqual(states(nobody), [
      "local CA: warn",
      "variables: warn",
      "Node's own fetch: warn",
      "api.twilio.com through the proxy: fail",
    ])
    for (const { advice } of nobody) assertTrue(advice.length > 0)
    assertTrue(nobody[3]?.found.includes("nobody answers at") === true)

    const server = await serve({ env })
    strictEqual((await ringback(["trust"], { env })).code, 0)
    const set = JSON.parse((await ringback(["env", "--shell", "json", "--port", String(server.port)], { env })).stdout)
    const fresh = await look({ address: server.address, env: set })
    deepStrictEqual(states(fresh), [
      "local CA: ok",
      "variables: ok",
      "Node's own fetch: ok",
      "api.twilio.com through the proxy: ok",
      "requests for Twilio's names: warn",
    ])
    const around = await look({ address: server.address, env: { ...set, NO_PROXY: "localhost,.twilio.com" } })
    strictEqual(around[1]?.state, "fail")
  })

  it("explains to whoever has an application that goes round proxies why nothing comes", async () => {
    const server = await serve({ env })
    const child = spawn(process.execPath, [join(import.meta.dirname, "../e2e/fixtures/goesAround.mjs")], {
      env: { HTTP_PROXY: server.address, HTTPS_PROXY: server.address },
      stdio: "ignore",
    })
    await new Promise((resolve) => child.once("close", resolve))
    const found = (await look({ address: server.address })).at(-1)
    strictEqual(found?.found, "none came yet")
    const advice = found?.advice.join("\n") ?? ""
    for (const told of ["HTTP_PROXY", "NODE_USE_ENV_PROXY=1", "ringback serve --tls", "docs/sdk"])
      assertTrue(advice.includes(told), told)
  })

  it("tells of clients that do not trust the CA, and of a server with another one", async () => {
    const server = await serve({ env })
    const { socket } = await connectThrough(server.port, "api.twilio.com:443")
    await secured(socket, { servername: "api.twilio.com", ca: [] }).catch(() => undefined)
    const found = (await look({ address: server.address })).at(-1)
    strictEqual(found?.state, "fail")
    assertTrue(found?.found.includes("connections that ended before anything was asked: 1") === true, found?.found)

    const elsewhere = { XDG_STATE_HOME: newFolder() }
    strictEqual((await ringback(["trust"], { env: elsewhere })).code, 0)
    const other = await look({ address: server.address, caPath: join(elsewhere.XDG_STATE_HOME, "ringback") })
    strictEqual(other[3]?.state, "fail")
    assertTrue(other[3]?.found.includes("not one of the local CA here") === true, other[3]?.found)
  })
})
