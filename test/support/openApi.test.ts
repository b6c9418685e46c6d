import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import { descriptionOf } from "./openApi.ts"

const api = descriptionOf({
  paths: {
    "/Things/{Sid}.json": {
      get: {
        responses: { 200: { content: { "application/json": { schema: { $ref: "#/components/schemas/thing" } } } } },
      },
      delete: { responses: { 204: {} } },
    },
  },
  components: {
    schemas: {
      thing: {
        type: "object",
        properties: {
          sid: { type: "string", pattern: "^TH[0-9a-f]{2}$" },
          made: { type: "string", format: "date-time-rfc-2822", nullable: true },
          count: { type: "integer" },
          state: { type: "string", enum: ["on", "off"] },
          parts: { type: "array", items: { type: "boolean" } },
        },
      },
    },
  },
})

const fine = { sid: "TH01", made: "Thu, 24 Aug 2023 05:01:45 +0000", count: 1, state: "on", parts: [true] }

/** What is wrong with the thing once it is changed. */
const fault = (change: object, asked: object = {}): string => {
  try {
    api.check({ method: "GET", path: "/Things/TH01.json", status: 200, body: { ...fine, ...change }, ...asked })
  } catch (error) {
    return (error as Error).message.split("\n").at(-1) as string
  }
  return ""
}

describe("the check of answers against a description", () => {
  it("lets a right one pass", () => {
    strictEqual(fault({}), "")
    strictEqual(fault({ made: null, parts: [] }), "")
    strictEqual(fault({}, { method: "DELETE", status: 204, body: "" }), "")
  })

  it.each([
    [{ sid: "X" }, 'answer.sid: "X" does not match ^TH[0-9a-f]{2}$'],
    [{ sid: null }, "answer.sid: is null"],
    [{ made: "2023-08-24" }, 'answer.made: "2023-08-24" is no RFC 2822 date'],
    [{ count: "1" }, 'answer.count: "1" is no integer'],
    [{ state: "of" }, 'answer.state: "of" is none of its values'],
    [{ parts: [1] }, "answer.parts[0]: 1 is neither true nor false"],
    [{ extra: 1 }, "answer.extra: is not described"],
  ])("finds what is wrong: %j", (change, message) => strictEqual(fault(change), message))

  it("finds what is missing", () => {
    const { count: _, ...body } = fine
    strictEqual(fault({}, { body }), "answer.count: is missing")
  })

  it("finds answers that are not described", () => {
    strictEqual(fault({}, { status: 201 }), "GET /Things/TH01.json is not answered 201")
    strictEqual(fault({}, { path: "/Others/1.json" }), "GET /Others/1.json is not described")
    strictEqual(fault({}, { method: "DELETE", status: 204 }), "answer: is not empty")
  })
})
