import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { limits } from "../core/limits.ts"
import { memoryKeys } from "../log/Keys.ts"
import { type HeadedRequest, jsonIn } from "./jsonIn.ts"

const read = (more: Partial<HeadedRequest>) =>
  jsonIn(
    {
      method: "POST",
      url: "/api/x?a=1&a=2",
      authorization: undefined,
      contentType: "application/json; charset=utf-8",
      body: Buffer.from('{"a": 1}'),
      ...more,
    },
    { api: "x", reads: ["idempotency-key"] },
    memoryKeys("test"),
  )

describe("A request of an API that takes JSON", () => {
  it("is its text as it came, its query, and the headers that rules read", () =>
    deepStrictEqual(read({ headers: { authorization: "Bearer t", "idempotency-key": "k", host: "h" } }), {
      api: "x",
      headers: [["idempotency-key", "k"]],
      method: "POST",
      params: [],
      path: "/api/x",
      query: [
        ["a", "1"],
        ["a", "2"],
      ],
      text: '{"a": 1}',
    }))

  it("has no text where there is no body, and takes text without a type for JSON", () => {
    strictEqual("text" in read({ body: new Uint8Array(0) }), false)
    strictEqual(read({ contentType: undefined }).text, '{"a": 1}')
  })

  it("is parameters where it is a form", () =>
    deepStrictEqual(read({ contentType: formType, body: Buffer.from("b=c+d") }).params, [["b", "c d"]]))

  it("keeps of what it cannot read its length and hash", () => {
    strictEqual(read({ body: Buffer.from([0xff, 0xfe]) }).body?.why, "bad-encoding")
    strictEqual(read({ body: Buffer.from("\u0001".repeat(limits.entryBytesMax / 7)) }).body?.why, "too-large")
    strictEqual(read({ url: "/api/x?%zz" }).body?.why, "bad-encoding")
  })
})

const formType = "application/x-www-form-urlencoded"
