import { afterAll, beforeAll, describe, it } from "@effect/vitest"
import { assertFalse, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import { parseSettings } from "../../src/app/settings.ts"
import { parseTemplate } from "../../src/carriers/twilio/template.ts"
import { requestText, sendRaw } from "../support/rawSocket.ts"
import { type Server, serve } from "../support/ringback.ts"

/* What the fuzzer and the search for secrets have found once, each by its name. */

describe("Found before", () => {
  let server: Server

  beforeAll(async () => {
    server = await serve()
  })
  afterAll(async () => {
    const { code, stderr } = await server.kill("SIGTERM")
    strictEqual(code, 0)
    strictEqual(stderr, "")
  })

  const order = (type: string, body: string) =>
    sendRaw(server.port, [requestText("POST", "/admin/clock", { "Content-Type": type }, body)])

  for (const type of ["multipart/form-data; boundary=x", "Multipart/Form-Data", "x;multipart/mixed"])
    it(`an order that is broken ${type} was answered 500`, async () => {
      strictEqual((await order(type, "null")).status, 415)
      strictEqual(
        (await order(type, '--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\n')).status,
        415,
      )
    })

  it("an order of any length was read into memory", async () => {
    const body = `{"advance":"${"1".repeat(100_000)}"}`
    strictEqual((await order("application/json", body)).status, 413)
    const head = requestText("POST", "/admin/clock", {
      "Content-Type": "application/json",
      "Transfer-Encoding": "chunked",
    })
    const { status } = await sendRaw(server.port, [head, `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`])
    strictEqual(status, 0) // Nobody said how long it would be: the connection is cut.
    strictEqual((await order("application/json", '{"pace":"real"}')).status, 200)
  })

  const log = async () => (await server.ask("/admin/log?limit=1000")).text

  for (const path of [
    "/https://user:f0undSecret@app.example/x",
    "//user:f0undSecret@app.example/x",
    "/https%3A%2F%2Fuser%3Af0undSecret%40app.example",
    "ftp://user:f0undSecret@app.example/x",
    "/x?https://user:f0undSecret@app.example/",
  ])
    it(`userinfo in ${path} was kept in the log and told in the answer`, async () => {
      const { status, text } = await sendRaw(server.port, [requestText("GET", path)])
      strictEqual(status, 404)
      assertFalse(text.includes("f0undSecret"))
      assertFalse((await log()).includes("f0undSecret"))
    })

  it("a key of any length in the settings was told whole in the error", () => {
    const refused = Either.getOrThrow(Either.flip(parseSettings("x.yaml", `server:\n  ${"y".repeat(9_000)}: 1`)))
    assertTrue(refused.lines.every((line) => line.startsWith("x.yaml:2:") && line.length < 1_000))
  })

  it("a name of any length in a template was told whole in the error", () => {
    const name = "x".repeat(15_000)
    const text = `{% if ${name} %}{ "a": "b" }{% endif %}`
    const refused = Either.getOrThrow(Either.flip(parseTemplate("delivery_status", "x.json", text)))
    assertTrue(refused.message.startsWith("x.json:1:") && refused.message.length < 1_000)
  })

  it("a character that steers a terminal was repeated as it is in an error of the settings", () => {
    const { lines } = Either.getOrThrow(Either.flip(parseSettings("x.yaml", 'provider: "a\u009b31m\u202eb\u007f"')))
    deepStrictEqual(lines, [
      String.raw`x.yaml:1: provider: expected twilio, the only provider there is, found "a\u009b31m\u202eb\u007f"`,
    ])
  })
})
