import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { type Conversing, conversing, number, type Said, smsParams } from "../support/conversing.ts"

const from = (i: number) => `+1415555${String(1_000 + i)}`
const hear = (run: Conversing, n: number, i: number, Body = `text ${n}`) =>
  run.ask(
    "POST",
    "/webhook/twilio/sms",
    smsParams(`SM${String(n).padStart(32, "0")}`, { From: from(i), To: number, Body }),
  )

/** Every conversation of a list, page by page. */
const paged = (run: Conversing, query: string) =>
  Effect.gen(function* () {
    const numbers: Array<string> = []
    for (let cursor: string | null = ""; cursor !== null; ) {
      const { json }: Said = yield* run.ask(
        "GET",
        `/api/conversations?page_size=3${query}${cursor === "" ? "" : `&cursor=${cursor}`}`,
      )
      numbers.push(
        ...json.conversations.map(({ phone_number_canonical }: Record<string, string>) => phone_number_canonical),
      )
      cursor = json.next
    }
    return numbers
  })

describe("the list of conversations", () => {
  it.scoped("is walked in pages by last activity, each once, also while one of them moves to the front", () =>
    Effect.gen(function* () {
      const run = yield* conversing()
      for (let i = 0; i < 10; i++) yield* hear(run, i, i, i % 2 === 0 ? "Hola, ¿qué tal? gracias" : "ok")
      yield* hear(run, 20, 4)
      const order = [4, 9, 8, 7, 6, 5, 3, 2, 1, 0].map(from)
      deepStrictEqual(yield* paged(run, ""), order)
      deepStrictEqual(yield* paged(run, "&language=es"), [4, 8, 6, 2, 0].map(from))
      deepStrictEqual(yield* paged(run, "&q=1003"), [from(3)])
      const { json } = yield* run.ask("GET", "/api/conversations?page_size=3")
      yield* hear(run, 21, 8)
      const rest = yield* run.ask("GET", `/api/conversations?cursor=${json.next}`)
      deepStrictEqual(
        rest.json.conversations.map(({ phone_number_canonical }: Record<string, string>) => phone_number_canonical),
        order.slice(3),
      )
      strictEqual((yield* run.ask("GET", "/api/conversations?tenant=x")).status, 400)
      strictEqual((yield* run.ask("GET", "/api/conversations?cursor=x")).status, 400)
    }),
  )
})
