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

  it("keeps no userinfo of a URL, whatever it is written in, and what a message says as it is", () => {
    const textOf = (text: string) => read({ body: Buffer.from(text) }).text ?? ""
    for (const text of [
      '{"media_urls":["https://u:hunter2@a.test/x"]}',
      '{"media_urls":["https:\\/\\/u:hunter2@a.test\\/x"]}',
      '{"media_urls":["https://u:hunter2\\u0040a.test/x"]}',
      '{"https://u:hunter2@a.test":1}',
      "https://u:hunter2@a.test/ is no JSON",
      `${"[".repeat(5_000)}"https://u:hunter2@a.test"${"]".repeat(5_000)}`,
    ]) {
      strictEqual(textOf(text).includes("hunter2"), false, text)
      strictEqual(/userinfo-[0-9a-f]{16}@a\.test/.test(textOf(text)), true, text)
    }
    for (const text of [
      '{"body": "see https://u:p@a.test", "n": 1.0}',
      '{"text":"//u:p@a.test \\" \\n"}',
      '{"x":"a@b.test"}',
    ])
      strictEqual(textOf(text), text)
  })

  it("keeps of what it cannot read its length and hash", () => {
    strictEqual(read({ body: Buffer.from([0xff, 0xfe]) }).body?.why, "bad-encoding")
    strictEqual(read({ body: Buffer.from("\u0001".repeat(limits.entryBytesMax / 7)) }).body?.why, "too-large")
    strictEqual(read({ url: "/api/x?%zz" }).body?.why, "bad-encoding")
  })
})

const formType = "application/x-www-form-urlencoded"
