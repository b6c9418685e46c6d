import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import { canonical } from "../../core/canonical.ts"
import type { Dialect, ProviderAnswer, ProviderOutcome, Receipt, ReceiptRequest, Send } from "./Provider.ts"
import type { ProviderConfig } from "./settings.ts"

/** What a dialect's provider says, as its documentation shows it. */
export interface Samples {
  readonly config: ProviderConfig
  /** It takes the text; `id` is what it calls it. */
  readonly accepted: ProviderAnswer & { readonly id: string }
  /** It refuses a recipient that does not exist, and a caller it does not know. */
  readonly wrongMessage: ProviderAnswer
  readonly wrongCredentials: ProviderAnswer
  readonly limited: ProviderAnswer
  /** Receipts about the accepted message. */
  readonly delivered: ReceiptRequest
  readonly undelivered: ReceiptRequest
  /** What it says when it is asked for request `asked`, which it took, and for one it never saw; absent where it cannot be asked. */
  readonly asked?: { readonly id: string; readonly taken: ProviderAnswer; readonly unknown: ProviderAnswer }
}

const send: Send = { id: "7f3c2a2d-0000-5000-a000-0000000000e1", to: "+8801921317475", text: 'Hello, "test" é & 🕊' }
const noRequest: ReceiptRequest = { params: [], query: [] }

/** Answers of servers that are broken, or are no provider at all. */
const oddAnswers = FastCheck.record({
  status: FastCheck.oneof(FastCheck.constantFrom(200, 201, 204, 302, 400, 401, 404, 422, 500), FastCheck.nat(999)),
  body: FastCheck.oneof(FastCheck.string(), FastCheck.json(), FastCheck.constantFrom("", "null", "[]", "<html>", "{")),
})

/** What every dialect keeps to. */
export const dialectContract = (dialect: Dialect, samples: Samples): void => {
  const { config } = samples
  const read = (answer: ProviderAnswer): ProviderOutcome => dialect.read(answer)
  const refusal = (answer: ProviderAnswer) => {
    const outcome = read(answer)
    return outcome._tag === "Refused" ? outcome.blames : outcome._tag
  }
  const told = (request: ReceiptRequest): ReadonlyArray<Receipt[keyof Receipt]> => {
    const receipt = dialect.receipt(request)
    return receipt === undefined ? [] : [receipt.providerMessageId, receipt.status]
  }

  describe(`the dialect ${dialect.name}:`, () => {
    it("a request holds recipient and text, goes to the provider's URL, and is the same each time", () => {
      const request = dialect.request(config, send)
      deepStrictEqual(dialect.request(config, send), request)
      strictEqual(request.method, "POST")
      assertTrue(request.url.startsWith(config.url ?? "http://"))
      assertTrue(request.params === undefined || request.json === undefined)
      const texts =
        request.json === undefined ? request.params?.map(([, value]) => value) : Object.values(JSON.parse(request.json))
      assertTrue(texts?.includes(send.text) === true)
      // Some want the plus and some do not.
      assertTrue(texts?.some((text) => text === send.to || text === send.to.slice(1)) === true)
    })
    it("a request can be kept in the log, whatever the text", () => {
      void FastCheck.assert(
        FastCheck.property(FastCheck.string({ unit: "binary" }), (text) => {
          canonical(dialect.request(config, { ...send, text }))
        }),
        { numRuns: 50 },
      )
    })
    it("a provider without a URL is a simulated one", () => {
      const { url: _, ...simulated } = config
      assertTrue(dialect.request(simulated, send).url.includes(`//${config.id}.sms.ringback.internal/`))
    })
    it("a text that is taken is accepted under the provider's own id", () => {
      const outcome = read(samples.accepted)
      strictEqual(outcome._tag === "Accepted" ? outcome.providerMessageId : outcome._tag, samples.accepted.id)
    })
    it("a wrong recipient is the message's fault, and wrong credentials are the provider's", () => {
      deepStrictEqual([samples.wrongMessage, samples.wrongCredentials].map(refusal), ["message", "provider"])
    })
    it("a limit is neither's fault", () => strictEqual(read(samples.limited)._tag, "Limited"))
    it("a failing server is the provider's fault, and may be tried again", () => {
      for (const status of [500, 502, 503, 504]) {
        const outcome = read({ status, body: "<h1>Bad gateway</h1>" })
        assertTrue(outcome._tag === "Refused" && outcome.blames === "provider" && outcome.retryable)
      }
    })
    it("an answer of success that says nothing leaves it open whether the text was taken", () => {
      for (const body of ["", "{}", "OK", "[]", "null"]) {
        const outcome = read({ status: 200, body })
        assertTrue(outcome._tag === "Failed" && outcome.left)
      }
    })
    it("no answer is read as accepted but one of success", () => {
      void FastCheck.assert(
        FastCheck.property(oddAnswers, (answer) => {
          const outcome = read(answer)
          canonical(outcome)
          if (outcome._tag === "Accepted") assertTrue(answer.status >= 200 && answer.status < 300)
          if (outcome._tag === "Refused") assertTrue(outcome.reason.length <= 200 && outcome.code.length <= 200)
        }),
      )
    })
    it("receipts are about the message by the id under which it was accepted", () => {
      deepStrictEqual(told(samples.delivered), [samples.accepted.id, "delivered"])
      deepStrictEqual(told(samples.undelivered), [samples.accepted.id, "undelivered"])
    })
    it("what is no receipt is none", () => {
      for (const request of [noRequest, { ...noRequest, text: "{}" }, { ...noRequest, text: "[1]" }])
        strictEqual(dialect.receipt(request), undefined)
      void FastCheck.assert(
        FastCheck.property(FastCheck.string(), FastCheck.json(), (value, text) => {
          const receipt = dialect.receipt({ params: [[value, value]], query: [[value, value]], text })
          if (receipt !== undefined) canonical(receipt)
        }),
      )
    })
    it("what a provider knows of an interrupted attempt is never guessed", () => {
      const { ask } = dialect
      strictEqual(ask === undefined, samples.asked === undefined)
      if (ask === undefined || samples.asked === undefined) return
      const { id, taken, unknown } = samples.asked
      canonical(ask.request(config, id))
      deepStrictEqual([ask.read(taken, id)._tag, ask.read(unknown, id)._tag], ["Taken", "Unknown"])
      void FastCheck.assert(FastCheck.property(oddAnswers, (answer) => ask.read(answer, id)._tag === "Unanswered"))
    })
  })
}
