import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { microsOf } from "../../src/gateway/providers/answers.ts"
import { dialectContract } from "../../src/gateway/providers/dialect.contract.ts"
import { dialects, failedOutcome } from "../../src/gateway/providers/dialects.ts"

const json = (status: number, body: object) => ({ status, body: JSON.stringify(body) })
const reference = "7f3c2a2d-0000-5000-a000-0000000000e1"

dialectContract(dialects.generic, {
  config: {
    dialect: "generic",
    id: "provider1",
    receipt_url: "https://gateway.test/api/sms/provider1/receipts",
    secret: { secret: "gateway.provider1" },
    timeout_ms: 5_000,
    url: "http://localhost:8071/api/sms/provider1",
  },
  accepted: { ...json(200, { success: true, message_id: "p1-77", cost: "0.0075", currency: "usd" }), id: "p1-77" },
  wrongMessage: json(422, { success: false, code: "invalid_phone", error: "the phone number is none" }),
  wrongCredentials: json(401, { success: false, error: "who are you?" }),
  limited: json(429, { success: false, error: "50 requests a second", retry_after: 0.4 }),
  delivered: { params: [], query: [], text: '{"message_id":"p1-77","status":"delivered"}' },
  undelivered: { params: [], query: [], text: '{"message_id":"p1-77","status":"expired","code":"30003"}' },
  asked: {
    id: reference,
    taken: json(200, { success: true, reference, message_id: "p1-77", status: "sent" }),
    unknown: json(404, { success: false, reference, error: "no such reference" }),
  },
})

const SM = `SM${"0".repeat(31)}1`

dialectContract(dialects.twilio, {
  config: {
    account: "AC1",
    dialect: "twilio",
    from: "+15550000001",
    id: "provider2",
    secret: { secret: "gateway.provider2" },
    timeout_ms: 5_000,
    url: "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json",
  },
  accepted: { ...json(201, { sid: SM, status: "queued", price: null, price_unit: "USD" }), id: SM },
  wrongMessage: json(400, { code: 21211, message: "Invalid 'To' Phone Number: +1", status: 400 }),
  wrongCredentials: json(401, { code: 20003, message: "Authenticate", status: 401 }),
  limited: json(429, { code: 20429, message: "Too Many Requests", status: 429 }),
  delivered: {
    params: [
      ["MessageSid", SM],
      ["MessageStatus", "delivered"],
    ],
    query: [],
  },
  undelivered: {
    params: [
      ["MessageSid", SM],
      ["MessageStatus", "undelivered"],
      ["ErrorCode", "30003"],
    ],
    query: [],
  },
})

const uuid = "db3ce55a-7f1d-11e1-8ea7-1231380bc196"

dialectContract(dialects.plivo, {
  config: {
    account: "MA1",
    dialect: "plivo",
    from: "+15550000001",
    id: "provider3",
    receipt_url: "https://gateway.test/api/sms/provider3/receipts",
    secret: { secret: "gateway.provider3" },
    timeout_ms: 5_000,
    url: "https://api.plivo.com/v1/Account/MA1/Message/",
  },
  accepted: { ...json(202, { message: "message(s) queued", message_uuid: [uuid], api_id: "a1" }), id: uuid },
  wrongMessage: json(400, { api_id: "a1", error: "dst parameter is invalid" }),
  wrongCredentials: { status: 401, body: "Could not verify your access level for that URL." },
  limited: json(429, { api_id: "a1", error: "too many requests" }),
  delivered: {
    params: [
      ["MessageUUID", uuid],
      ["Status", "delivered"],
      ["TotalAmount", "0.0055"],
    ],
    query: [],
  },
  undelivered: {
    params: [
      ["MessageUUID", uuid],
      ["Status", "undelivered"],
      ["ErrorCode", "30"],
    ],
    query: [],
  },
})

describe("an amount of money", () => {
  it("is read in millionths, however it is written", () => {
    deepStrictEqual(
      ["0.0075", "-0.00750", 7, "12.3456789", 0.1].map(microsOf),
      [7_500, 7_500, 7_000_000, 12_345_678, 100_000],
    )
    deepStrictEqual(["", "1e9", "7,5", null, Number.NaN, "1".repeat(12)].map(microsOf), Array(6).fill(undefined))
  })
})

describe("an attempt without an answer", () => {
  it("may have been taken, unless it is sure that it never got there", () => {
    deepStrictEqual(
      ["connect", "refused", "lost", "timeout", "reset", "interrupted"].map((reason) => failedOutcome(reason).left),
      [false, false, false, true, true, true],
    )
  })
})
