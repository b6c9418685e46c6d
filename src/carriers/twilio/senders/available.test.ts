import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { account, answerOf, call, twilio } from "../../../../test/support/twilio.ts"
import { parseE164 } from "../../../core/E164.ts"
import { parsePattern, search } from "./available.ts"
import { capabilitiesOf, countries, countryByCode, countryOfNumber, kindOfNumber, rangeOfAreaCode } from "./plan.ts"

const available = `/2010-04-01/Accounts/${account}/AvailablePhoneNumbers`
const found = (path: string, fields: Record<string, string> = {}, stage = twilio()): ReadonlyArray<string> =>
  answerOf(stage.when(call("GET", `${available}/${path}.json`, fields))).body.available_phone_numbers.map(
    ({ phone_number }: { phone_number: string }) => phone_number,
  )
const answers = (path: string, fields: Record<string, string> = {}) => {
  const { body, status } = answerOf(twilio().when(call("GET", `${available}${path}.json`, fields)))
  return [status, body.code]
}

describe("numbers for sale", () => {
  it("are the same for the same search, and a smaller page begins like a larger one", () => {
    const all = found("US/Local")
    strictEqual(all.length, 50)
    strictEqual(new Set(all).size, 50)
    deepStrictEqual(found("US/Local"), all)
    deepStrictEqual(found("US/Local", { PageSize: "5" }), all.slice(0, 5))
    deepStrictEqual(found("US/Local", { Page: "1" }), [])
  })

  it("that were bought are missing, and the others stay", () => {
    const all = found("US/Local", { PageSize: "10" })
    const [first = ""] = all
    const stage = twilio().when(
      call("POST", `/2010-04-01/Accounts/${account}/IncomingPhoneNumbers.json`, { PhoneNumber: first }),
    )
    deepStrictEqual(found("US/Local", { PageSize: "9" }, stage), all.slice(1))
  })

  it("differ with the seed", () => {
    const of = (seed: number) =>
      search({ seed, ranges: countryByCode("US")?.ranges ?? [], taken: () => false, count: 5 }).map(
        ({ number }) => number,
      )
    assertTrue(of(1).join() !== of(2).join())
  })

  it.each(
    countries.flatMap(({ code, ranges }) =>
      [...new Set(ranges.map(({ kind }) => kind))].map((kind) => [code, kind] as const),
    ),
  )("of %s, %s, are numbers of that country and kind", (code, kind) => {
    const numbers = found(`${code}/${{ local: "Local", mobile: "Mobile", tollfree: "TollFree" }[kind]}`)
    assertTrue(numbers.length >= 10)
    for (const number of numbers) {
      strictEqual(parseE164(number), number)
      strictEqual(kindOfNumber(number), kind)
      if (kind !== "tollfree") strictEqual(countryOfNumber(number), code)
    }
  })

  it.each([
    ["US/Local", { AreaCode: "303" }, /^\+1303555\d{4}$/],
    ["US/TollFree", { AreaCode: "888" }, /^\+1888555\d{4}$/],
    ["US/Local", { InRegion: "WA" }, /^\+1206/],
    ["US/Local", { InLocality: "Austin" }, /^\+1512/],
    ["US/Local", { InPostalCode: "02108" }, /^\+1617/],
    ["US/Local", { Contains: "867530*" }, /867530\d/],
    ["US/Local", { Contains: "HELLO", AreaCode: "415" }, /^\+1415.*43556/],
    ["US/Local", { Contains: "+1212" }, /^\+1212/],
    ["US/Local", { Contains: "777$" }, /777$/],
    ["US/Local", { Contains: "%99" }, /99/],
    ["GB/Mobile", { Contains: "900*" }, /900\d/],
  ] as const)("%s are filtered by %j", (path, fields, wanted) => {
    const numbers = found(path, fields)
    assertTrue(numbers.length > 0)
    for (const number of numbers) assertTrue(wanted.test(number), number)
  })

  it.each([
    ["US/Local", { AreaCode: "911" }],
    ["US/Local", { AreaCode: "604" }],
    ["US/Local", { FaxEnabled: "true" }],
    ["GB/Local", { MmsEnabled: "true" }],
    ["GB/Mobile", { Contains: "111222333" }],
    ["US/Local", { InRegion: "ZZ" }],
  ] as const)("%s with %j are none", (path, fields) => deepStrictEqual(found(path, fields), []))

  it("say what they are, without paging", () => {
    const { body } = answerOf(
      twilio().when(call("GET", `${available}/US/Local.json`, { AreaCode: "415", PageSize: "1" })),
    )
    deepStrictEqual(Object.keys(body), ["available_phone_numbers", "uri"])
    const [number] = body.available_phone_numbers
    deepStrictEqual(
      [number.locality, number.region, number.iso_country, number.capabilities, number.latitude],
      ["San Francisco", "CA", "US", { mms: true, sms: true, voice: true }, "37.780000"],
    )
  })

  it.each([
    ["/XX/Local", {}, 404, 20404],
    ["/US/Mobile", {}, 404, 20404],
    ["/XX", {}, 404, 20404],
    ["/US/Local", { Contains: "1" }, 400, 20400],
    ["/US/Local", { Contains: "12*34" }, 400, 20400],
    ["/US/Local", { PageSize: "1001" }, 400, 20007],
  ] as const)("of %s with %j: %i, %i", (path, fields, status, code) =>
    deepStrictEqual(answers(path, fields), [status, code]),
  )
})

describe("countries with numbers for sale", () => {
  it("are listed with what they have", () => {
    const { body } = answerOf(twilio().when(call("GET", `${available}.json`)))
    deepStrictEqual(
      body.countries.map(({ country_code }: { country_code: string }) => country_code),
      countries.map(({ code }) => code),
    )
    const { body: one } = answerOf(twilio().when(call("GET", `${available}/US.json`)))
    deepStrictEqual(one, body.countries[0])
    deepStrictEqual(one.subresource_uris, {
      local: `${available}/US/Local.json`,
      toll_free: `${available}/US/TollFree.json`,
    })
  })
})

describe("a pattern of digits", () => {
  it.each([
    ["415", ["+14155550000", "+12125550415"], ["+12125550000"]],
    ["+1415", ["+14155550000"], ["+12141555000"]],
    ["55$", ["+12125550055"], ["+12125550550"]],
    ["*55$", ["+12125550055"], ["+12125550550"]],
    ["FLOWERS", ["+18003569377"], ["+18003569378"]],
  ])("%s", (text, fitting, others) => {
    const pattern = parsePattern(text)
    for (const number of fitting) assertTrue(pattern?.matches.test(number.slice(1)) === true, number)
    for (const number of others) assertTrue(pattern?.matches.test(number.slice(1)) === false, number)
  })

  it.each(["", "1", "1*2", "+", "12345678901234567", "1 2", "é1"])("%j is none", (text) =>
    strictEqual(parsePattern(text), undefined),
  )
})

describe("the numbering plan", () => {
  it.each([
    ["+14155550000", "US", "local"],
    ["+16045550000", "CA", "local"],
    ["+18885550000", "US", "tollfree"],
    ["+447700900000", "GB", "mobile"],
    ["+448081570000", "GB", "tollfree"],
    ["+442079460000", "GB", "local"],
    ["+81312345678", "JP", "local"],
    ["12345", undefined, "local"],
  ] as const)("%s is of %s, %s", (number, country, kind) => {
    strictEqual(countryOfNumber(number), country)
    strictEqual(kindOfNumber(number), kind)
  })

  it("knows what a number can do", () => {
    deepStrictEqual(capabilitiesOf("+14155550000"), { voice: true, sms: true, mms: true, fax: false })
    deepStrictEqual(capabilitiesOf("+447700900000"), { voice: true, sms: true, mms: false, fax: false })
    deepStrictEqual(capabilitiesOf("+448081570000"), { voice: true, sms: false, mms: false, fax: false })
    deepStrictEqual(capabilitiesOf("+81312345678"), { voice: true, sms: true, mms: true, fax: false })
  })

  it("has area codes in North America alone", () => {
    const of = (code: string, areaCode: string) => {
      const country = countryByCode(code)
      return country === undefined ? undefined : rangeOfAreaCode(country, areaCode)?.fixed
    }
    deepStrictEqual(
      [
        of("US", "415"),
        of("US", "303"),
        of("CA", "604"),
        of("US", "604"),
        of("CA", "415"),
        of("GB", "415"),
        of("US", "800"),
        of("US", "115"),
      ],
      ["1415", "1303", "1604", undefined, undefined, undefined, undefined, undefined],
    )
  })
})
