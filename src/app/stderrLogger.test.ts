import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as LogLevel from "effect/LogLevel"
import { routeOf } from "../core/routes.ts"
import { jsonLineOf, textLine } from "./stderrLogger.ts"

const at = new Date(0)
const line = {
  at,
  level: LogLevel.Info,
  text: "callback for SM1 to +15551234567",
  fields: { request_id: "RQ1", twilio_sid: "SM1", phone: "+15551234567", route: "POST /x", tenant_id: "t-1" },
}

describe("a line of the process's log", () => {
  it("is an instant, a level and a text for people, numbers masked", () =>
    strictEqual(textLine(line), "1970-01-01T00:00:00.000Z INFO callback for SM1 to +1555***4567"))
  it("is JSON with named fields for machines, in this order, without those that are not known", () => {
    const json = jsonLineOf("production")(line)
    strictEqual(
      json,
      '{"timestamp":"1970-01-01T00:00:00.000Z","level":"INFO","msg":"callback for SM1 to +1555***4567","request_id":"RQ1",' +
        '"twilio_sid":"SM1","phone":"+1555***4567","route":"POST /x","tenant_id":"t-1","service":"ringback"}',
    )
    deepStrictEqual(Object.keys(JSON.parse(jsonLineOf("production")({ ...line, fields: {} }))), [
      "timestamp",
      "level",
      "msg",
      "service",
    ])
  })
  it("tells the number in its field in development alone", () => {
    strictEqual(JSON.parse(jsonLineOf("development")(line)).phone, "+15551234567")
    strictEqual(JSON.parse(jsonLineOf("staging")(line)).phone, "+1555***4567")
  })
  it("stays one line, whatever its text is", () =>
    strictEqual(jsonLineOf("staging")({ ...line, text: 'a\n"b\u2028' }).split("\n").length, 1))
})

describe("the route of a request", () => {
  it.each([
    [
      "/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages.json",
      "/2010-04-01/Accounts/{sid}/Messages.json",
    ],
    ["/a/SM0123456789abcdef0123456789abcdef.json", "/a/{sid}.json"],
    ["/api/conversations/7b0e4b0c-6f6b-4d7e-9a55-0d6c5c3a1f10/messages", "/api/conversations/{id}/messages"],
    ["/api/conversations/by-number/+14155550123", "/api/conversations/by-number/{number}"],
    ["/api/conversations/by-number/%2B14155550123", "/api/conversations/by-number/{number}"],
    ["/health", "/health"],
  ])("has ids and numbers by what they are: %s", (path, route) =>
    strictEqual(routeOf({ method: "GET", path }), `GET ${route}`),
  )
  it("is no longer than people read", () =>
    strictEqual(routeOf({ method: "GET", path: `/${"x".repeat(500)}` }).length, 205))
})
