import { beforeAll, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { type Server, serve } from "../support/ringback.ts"

describe("A request that is not as described", () => {
  let server: Server
  beforeAll(async () => {
    server = await serve()
  })
  it.each<readonly [string, RequestInit, string]>([
    ["/clear/bogus", { method: "POST" }, 'what: expected "messages" or "calls" or "callbacks" or "all", found "bogus"'],
    ["/admin/messages?limit=0", {}, "limit: expected a number between 1 and 1000, found 0"],
    ["/admin/expect", { method: "POST", body: "{}" }, "messages: expected a value, found nothing"],
    [
      "/admin/inbound",
      { method: "POST", body: '{"from":"+15551234567","to":"+15550000001","body":7,"colour":"red"}' },
      "colour: expected a known key",
    ],
  ])("%s is told why, part by part", async (path, init, message) => {
    const { json, status } = await server.ask(path, { headers: { "Content-Type": "application/json" }, ...init })
    deepStrictEqual([status, json.message], [400, message])
  })

  it("is told that its body is no JSON, in the words of the engine's own parser", async () => {
    const { json, status } = await server.ask("/admin/clock", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: "{pace",
    })
    deepStrictEqual([status, /^expected a body of JSON: .+/.test(json.message)], [400, true])
  })
})
