import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { callForm, callsPath } from "../../../../test/support/calls.ts"
import type { Stage } from "../../../../test/support/given.ts"
import {
  account,
  answerOf,
  asked,
  type Differently,
  form,
  get,
  post,
  ranUntil,
  twilio,
} from "../../../../test/support/twilio.ts"
import { sid as sidOf } from "../../../core/chance.ts"
import { dataCleared } from "../../../core/entries.ts"

const path = `/2010-04-01/Accounts/${account}/Balance.json`
const balanceOf = (stage: Stage) => answerOf(stage.when(get(path))).body.balance
const spends = (settings: Differently = {}) =>
  ranUntil(
    ranUntil(twilio(settings).when(post(form({})))).when(
      asked({ path: callsPath, params: callForm({ Twiml: "<Response><Pause length='61'/></Response>" }) }),
    ),
  )

describe("The balance", () => {
  it("is what settings say it begins with, a hundred otherwise", () => {
    deepStrictEqual(answerOf(twilio().when(get(path))).body, {
      account_sid: account,
      balance: "100.00",
      currency: "USD",
    })
    strictEqual(balanceOf(twilio({ balance_micros: 280_001 })), "0.280001")
  })
  it("falls by messages that are sent and calls that end, and stays so when they are cleared", () => {
    const stage = spends({ balance_micros: 1_000_000 })
    strictEqual(balanceOf(stage), "0.9645")
    strictEqual(balanceOf(stage.when(dataCleared.draft("", { what: "all" }))), "0.9645")
    strictEqual(balanceOf(spends({ balance_micros: 0 })), "-0.0355")
  })
  it("does not fall by what fails", () => {
    const failing = { failure_numbers: ["+15551234567"] }
    strictEqual(balanceOf(spends(failing)), "100.00")
  })
  it("is not there for a subaccount", () => {
    const stage = twilio().when(asked({ path: "/2010-04-01/Accounts.json" }))
    strictEqual(answerOf(stage.when(get(path.replace(account, sidOf("AC", 1, 0))))).body.code, 20404)
  })
})
