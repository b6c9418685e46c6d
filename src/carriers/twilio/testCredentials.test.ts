import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { account, answerOf, call, form, ranUntil, twilio } from "../../../test/support/twilio.ts"

const sid = `AC${"7".repeat(32)}`
const test = { account_sid: sid, auth_token: { secret: `twilio.auth_token.${sid}` } }
const auth = { password: test.auth_token, user: sid }
const path = `/2010-04-01/Accounts/${sid}/Messages.json`
const magic = (last: number) => `+1500555000${last}`
const started = () => twilio({ allowed_from_numbers: ["+15550000001"], test })
const send = (fields: Readonly<Record<string, string>>, stage = started()) =>
  stage.when(call("POST", path, Object.fromEntries(form({ From: magic(6), ...fields })), auth))

describe("test credentials", () => {
  it.each<readonly [from: string, to: string, status: number, code: number | undefined]>([
    [magic(6), "+15551234567", 201, undefined],
    [magic(1), "+15551234567", 400, 21212],
    [magic(7), "+15551234567", 400, 21606],
    [magic(8), "+15551234567", 429, 21611],
    ["+15550000001", "+15551234567", 400, 21606],
    [magic(6), magic(1), 400, 21211],
    [magic(6), magic(2), 400, 21612],
    [magic(6), magic(3), 400, 21408],
    [magic(6), magic(4), 400, 21610],
    [magic(6), magic(9), 400, 21614],
    [magic(6), "nobody", 400, 21211],
    [magic(6), magic(6), 201, undefined],
  ])("send from %s to %s: %i %s", (From, To, status, code) => {
    const { body, status: answered } = answerOf(send({ From, To }))
    deepStrictEqual([answered, body.code], [status, code])
  })

  it("leave nothing behind, and call nobody back", () => {
    const sent = send({ StatusCallback: "https://app.example/status" })
    const { body } = answerOf(sent)
    deepStrictEqual([body.status, body.account_sid, body.sid.length], ["queued", sid, 34])
    deepStrictEqual(
      ranUntil(sent).made.map(({ entry }) => entry.type),
      ["api.requested", "api.responded"],
    )
    strictEqual(answerOf(sent.when(call("GET", path.replace(".json", `/${body.sid}.json`), {}, auth))).body.code, 20008)
    strictEqual(answerOf(send({}, sent)).body.sid === body.sid, false)
  })

  const numbers = path.replace("Messages", "IncomingPhoneNumbers")
  const buy = (fields: Readonly<Record<string, string>>, stage = started()) =>
    stage.when(call("POST", numbers, fields, auth))

  it.each<readonly [fields: Readonly<Record<string, string>>, status: number, code: number | undefined]>([
    [{ PhoneNumber: magic(6) }, 201, undefined],
    [{ PhoneNumber: magic(0) }, 400, 21422],
    [{ PhoneNumber: magic(1) }, 400, 21421],
    [{ PhoneNumber: "+14155550100" }, 400, 21421],
    [{ PhoneNumber: "nobody" }, 400, 21421],
    [{}, 400, 21421],
    [{ AreaCode: "500" }, 201, undefined],
    [{ AreaCode: "533" }, 400, 21452],
    [{ AreaCode: "415" }, 400, 21452],
    [{ PhoneNumber: magic(6), SmsUrl: "nowhere" }, 400, 21402],
  ])("buy %j: %i %s", (fields, status, code) => {
    const { body, status: answered } = answerOf(buy(fields))
    deepStrictEqual([answered, body.code], [status, code])
  })

  it("buy nothing: neither the number nor its SID is there for anybody", () => {
    const bought = buy({ PhoneNumber: magic(6) })
    const { body } = answerOf(bought)
    deepStrictEqual([body.phone_number, body.account_sid], [magic(6), sid])
    deepStrictEqual(
      ranUntil(bought).made.map(({ entry }) => entry.type),
      ["api.requested", "api.responded"],
    )
    const own = `/2010-04-01/Accounts/${account}/IncomingPhoneNumbers`
    strictEqual(answerOf(bought.when(call("GET", `${own}/${body.sid}.json`, {}))).status, 404)
    strictEqual(answerOf(buy({ AreaCode: "500" }, bought)).body.sid === body.sid, false)
  })

  it.each([
    ["GET", numbers],
    ["GET", path],
    ["POST", `/2010-04-01/Accounts/${account}/Messages.json`],
    ["GET", "/v1/Services"],
    ["GET", `/2010-04-01/Accounts/${sid}.json`],
  ])("reach nothing else: %s %s", (method, elsewhere) => {
    const { body, status } = answerOf(started().when(call(method, elsewhere, {}, auth)))
    deepStrictEqual([status, body.code], [403, 20008])
  })

  it("are wrong with another secret, and where the settings name none", () => {
    const wrong = { password: { fingerprint: "x" }, user: sid }
    strictEqual(answerOf(started().when(call("POST", path, {}, wrong))).status, 401)
    strictEqual(answerOf(twilio().when(call("POST", path, {}, auth))).status, 401)
  })
})
