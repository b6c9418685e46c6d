import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { answerOf, call, type Differently, twilio } from "../../../../test/support/twilio.ts"

const looked = (number: string, query: Record<string, string> = {}, settings: Differently = {}) =>
  answerOf(twilio(settings).when(call("GET", `/v2/PhoneNumbers/${encodeURIComponent(number)}`, query)))

const line = (type: string) => ({
  carrier_name: null,
  error_code: null,
  mobile_country_code: null,
  mobile_network_code: null,
  type,
})

describe("A lookup", () => {
  it("tells a number's country and national form, and of packages only what was asked for", () => {
    const { body, status } = looked("+14155552671", { Fields: "caller_name, line_type_intelligence" })
    strictEqual(status, 200)
    deepStrictEqual(body, {
      calling_country_code: "1",
      country_code: "US",
      phone_number: "+14155552671",
      national_format: "(415) 555-2671",
      valid: true,
      validation_errors: null,
      caller_name: { caller_name: null, caller_type: null, error_code: null },
      sim_swap: null,
      call_forwarding: null,
      line_status: null,
      line_type_intelligence: line("mobile"),
      identity_match: null,
      reassigned_number: null,
      sms_pumping_risk: null,
      phone_number_quality_score: null,
      pre_fill: null,
      url: { url: "/v2/PhoneNumbers/+14155552671" },
    })
  })
  for (const [number, country, e164, code, type] of [
    ["(415) 555-2671", undefined, "+14155552671", "US", "mobile"],
    ["020 7183 8750", "GB", "+442071838750", "GB", "landline"],
    ["07400 123456", "gb", "+447400123456", "GB", "mobile"],
    ["030 123456", "DE", "+4930123456", "DE", "landline"],
    ["+16135550123", "DE", "+16135550123", "CA", "mobile"],
    ["+18005550100", undefined, "+18005550100", "US", "tollFree"],
    ["+15551234567", undefined, "+15551234567", "US", "mobile"],
    ["+447700900123", undefined, "+447700900123", "GB", "mobile"],
  ] as const)
    it(`of ${number} ${country ?? ""} finds ${e164}`, () => {
      const { body } = looked(number, {
        Fields: "line_type_intelligence",
        ...(country === undefined ? {} : { CountryCode: country }),
      })
      deepStrictEqual([body.phone_number, body.country_code, body.valid], [e164, code, true])
      strictEqual(body.line_type_intelligence.type, type)
    })
  for (const [number, fault, country] of [
    ["+1415", "TOO_SHORT"],
    ["+141599299600", "TOO_LONG"],
    ["+999123456789", "INVALID_COUNTRY_CODE"],
    ["0123456", "INVALID_COUNTRY_CODE", "ZZ"],
    ["hello", "NOT_A_NUMBER"],
    ["%", "NOT_A_NUMBER"],
    ["1".repeat(60), "TOO_LONG"],
  ] as const)
    it(`of ${number.slice(0, 20)} says ${fault}`, () => {
      const { body, status } = looked(number, {
        Fields: "line_type_intelligence",
        ...(country === undefined ? {} : { CountryCode: country }),
      })
      deepStrictEqual(
        [status, body.valid, body.validation_errors, body.national_format, body.line_type_intelligence],
        [200, false, [fault], null, null],
      )
      strictEqual(body.phone_number, number)
    })
  it("is strict where settings say so", () => {
    const strict = { lookups: { strict: true, numbers: [] } }
    strictEqual(looked("+14155552671", {}, strict).body.valid, true)
    const { body } = looked("+15551234567", { Fields: "line_type_intelligence" }, strict)
    deepStrictEqual(
      [body.valid, body.validation_errors, body.line_type_intelligence],
      [false, ["INVALID_BUT_POSSIBLE"], null],
    )
  })
  it("tells what settings say of a number", () => {
    const number = "+15551234567"
    const said = {
      number,
      type: "landline",
      carrier_name: "Acme",
      mobile_country_code: "310",
      mobile_network_code: "456",
      caller_name: "Ann",
      caller_type: "CONSUMER",
      valid: true,
    } as const
    const settings = { lookups: { strict: true, numbers: [said] } }
    const { body } = looked(number, { Fields: "line_type_intelligence,caller_name,sim_swap" }, settings)
    deepStrictEqual(body.line_type_intelligence, {
      carrier_name: "Acme",
      error_code: null,
      mobile_country_code: "310",
      mobile_network_code: "456",
      type: "landline",
    })
    deepStrictEqual(body.caller_name, { caller_name: "Ann", caller_type: "CONSUMER", error_code: null })
    deepStrictEqual(body.sim_swap, { error_code: 60606 })
  })
  it("knows callers in North America alone", () =>
    strictEqual(looked("+442071838750", { Fields: "caller_name" }).body.caller_name.error_code, 60600))
  it("refuses packages and countries that are none", () => {
    for (const query of [{ Fields: "everything" }, { Fields: "__proto__" }, { CountryCode: "USA" }])
      deepStrictEqual([looked("+14155552671", query).status, looked("+14155552671", query).body.code], [400, 20400])
  })
  it("asks for credentials", () =>
    strictEqual(answerOf(twilio().when(call("GET", "/v2/PhoneNumbers/+14155552671", {}, "none"))).status, 401))
})
