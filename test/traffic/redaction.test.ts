import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, notDeepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import { numberFacts, parseE164 } from "../../src/core/E164.ts"
import { lineOf } from "../../src/core/traffic/lines.ts"
import type { Body, RecordedExchange } from "../../src/core/traffic/RecordedExchange.ts"
import { standInDigits } from "../../src/core/traffic/redact/digits.ts"
import { standInNumber } from "../../src/core/traffic/redact/numbers.ts"
import { type RedactionRules, Redactor } from "../../src/core/traffic/redact/Redactor.ts"
import { leaksIn } from "../support/leaks.ts"
import { seededRuns } from "../support/seeded.ts"

const rules: RedactionRules = { salt: "a salt", keepBodies: false, keepNumbers: false }
const formType = ["content-type", "application/x-www-form-urlencoded"] as const
const jsonType = ["content-type", "application/json"] as const
const xmlType = ["content-type", "text/xml"] as const

interface Parts {
  readonly url?: string
  readonly headers?: ReadonlyArray<readonly [string, string]>
  readonly body?: string
  readonly answer?: string
  readonly answerHeaders?: ReadonlyArray<readonly [string, string]>
}

const exchangeOf = (parts: Parts): RecordedExchange => ({
  about: "",
  answer: {
    body: { text: parts.answer ?? "" },
    headers: (parts.answerHeaders ?? [jsonType]).map(([name, value]) => [name, value] as const),
    status: 200,
  },
  at: 1_700_000_000_000,
  direction: "api",
  n: 1,
  request: {
    body: { text: parts.body ?? "" },
    headers: (parts.headers ?? [formType]).map(([name, value]) => [name, value] as const),
    method: "POST",
    url: parts.url ?? "https://api.twilio.com/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages.json",
  },
  took: 5,
})

const textIn = (body: Body): string => ("text" in body ? body.text : "")
const redact = (parts: Parts, more: Partial<RedactionRules> = {}) => {
  const { answer, request } = new Redactor({ ...rules, ...more }).exchange(exchangeOf(parts))
  return {
    url: request.url,
    headers: request.headers,
    body: textIn(request.body),
    answer: "body" in answer ? textIn(answer.body) : "",
  }
}
const standIn = (number: string) => standInNumber(rules.salt, number)
const [us, gb] = ["+14158675309", "+447700900123"]

describe("Digits", () => {
  it("become others one to one, and the same ones under the same salt", () => {
    const all = Array.from({ length: 1_000 }, (_, i) => String(i).padStart(3, "0"))
    const made = all.map((digits) => standInDigits("s", "code", digits))
    strictEqual(new Set(made).size, all.length)
    assertTrue(made.every((digits) => /^\d{3}$/.test(digits)))
    deepStrictEqual(
      made,
      all.map((digits) => standInDigits("s", "code", digits)),
    )
    notDeepStrictEqual(
      made,
      all.map((digits) => standInDigits("t", "code", digits)),
    )
    for (const digits of ["", "7", "42", "123456789012345"])
      strictEqual(standInDigits("s", "code", digits).length, digits.length)
  })

  it("become as many others, and none of them stays where it was but by chance, however many there are", () => {
    for (const length of [28, 29, 30, 40, 60, 100, 1_000]) {
      const all = Array.from({ length: 50 }, (_, i) => String(i).padStart(2, "0").repeat(length).slice(0, length))
      const made = all.map((digits) => standInDigits("s", "code", digits))
      assertTrue(
        made.every((digits) => digits.length === length && /^\d+$/.test(digits)),
        `${made[0]}`,
      )
      strictEqual(new Set(made).size, all.length)
      for (let place = 0; place < length; place++)
        assertTrue(made.filter((digits, i) => digits[place] === all[i]?.[place]).length < 25, `${length}: ${place}`)
    }
  })
})

describe("A number", () => {
  const samples = `${us} ${gb} +4915123456789 +33612345678 +15551234567 +14168675309 +818012345678 +5511987654321 +18005551234`
  for (const number of samples.split(" "))
    it(`${number} becomes one of which the same is to be said`, () => {
      const [was, is] = [numberFacts(number, "US"), numberFacts(standIn(number), "US")]
      assertTrue(!("fault" in was) && !("fault" in is))
      if ("fault" in was || "fault" in is) return
      notDeepStrictEqual(is.e164, was.e164)
      strictEqual(parseE164(is.e164), is.e164)
      deepStrictEqual(
        [is.country, is.type, is.isAssigned, is.e164.length],
        [was.country, was.type, was.isAssigned, was.e164.length],
      )
    })
  it("that is magic stays, because its meaning is public", () => strictEqual(standIn("+15005550006"), "+15005550006"))
  it("that is impossible stays impossible", () => {
    const { body } = redact({ body: "To=%2B12345678" })
    strictEqual(parseE164(decodeURIComponent(body.slice(3))), undefined)
    notDeepStrictEqual(body, "To=%2B12345678")
  })
})

describe("Redaction", () => {
  it("gives a number the same stand-in wherever and however it is written", () => {
    const to = standIn(us)
    const encoded = encodeURIComponent(to)
    const { answer, body, url } = redact({
      url: `https://lookups.twilio.com/v1/PhoneNumbers/${encodeURIComponent(us)}?From=${us.slice(1)}`,
      body: `To=${encodeURIComponent(us)}&StatusCallback=${encodeURIComponent(`https://app.test/cb?to=${encodeURIComponent(us)}`)}&MessagingServiceSid=MG00000000000000000000000000000001`,
      answer: `{ "to": "${us}",  "price": 1.50, "uri": "/2010-04-01/M.json?To=${encodeURIComponent(us)}&PageToken=PASM1", "message": "no ${us} or (415) 867-5309"}`,
    })
    strictEqual(url, `https://lookups.twilio.com/v1/PhoneNumbers/${encoded}?From=${to.slice(1)}`)
    strictEqual(
      body,
      `To=${encoded}&StatusCallback=${encodeURIComponent(`https://app.test/cb?to=${encoded}`)}&MessagingServiceSid=MG00000000000000000000000000000001`,
    )
    const local = `(${to.slice(2, 5)}) ${to.slice(5, 8)}-${to.slice(8)}`
    strictEqual(
      answer,
      `{ "to": "${to}",  "price": 1.50, "uri": "/2010-04-01/M.json?To=${encoded}&PageToken=PASM1", "message": "no ${to} or ${local}"}`,
    )
  })

  it("leaves SIDs, dates, prices and other numbers as they are", () => {
    const text = `{"sid":"SM12345678901234567890123456789012","date":"2025-11-21T20:48:57Z","d":"Thu, 24 Aug 2023 05:01:45 +0000","at":1763757000000,"price":"-0.00750","n":"1"}`
    strictEqual(redact({ answer: text }).answer, text)
    strictEqual(redact({ body: "RawDlrDoneDate=2601010000" }).body, "RawDlrDoneDate=2601010000")
  })

  it("keeps the shape of a text, and a code the same in the message and in its check", () => {
    const text = "Hello Ana, 123456 is your code – call +14158675309 😀 Привет!"
    const { answer, body } = redact({
      body: new URLSearchParams({ Body: text, Code: "123456" }).toString(),
      answer: JSON.stringify({ body: text }),
    })
    const params = new URLSearchParams(body)
    const made = params.get("Body") ?? ""
    strictEqual(made.length, text.length)
    strictEqual(
      made
        .replace(/\p{Lu}/gu, "A")
        .replace(/\p{Ll}/gu, "a")
        .replace(/\d/g, "0"),
      text
        .replace(/\p{Lu}/gu, "A")
        .replace(/\p{Ll}/gu, "a")
        .replace(/\d/g, "0"),
    )
    assertTrue(made.includes(standIn(us)) && made.includes("😀"), made)
    strictEqual(/, (\d{6}) /.exec(made)?.[1], params.get("Code"))
    for (const word of ["Hello", "Ana", "123456", "code", "Привет"])
      assertTrue(!made.includes(word), `${word}: ${made}`)
    strictEqual(answer, JSON.stringify({ body: made }))
    strictEqual(redact({ body: "Body=+stop+" }).body, "Body=+stop+")
  })

  it("keeps numbers and bodies that are to be kept, and secrets never", () => {
    const body = `To=${encodeURIComponent(us)}&Body=Hello+1234&StatusCallback=${encodeURIComponent("https://u:pass@app.test/?token=abc")}`
    const kept = redact({ body }, { keepBodies: true, keepNumbers: true }).body
    strictEqual(
      kept,
      `To=${encodeURIComponent(us)}&Body=Hello+1234&StatusCallback=${encodeURIComponent("https://redacted@app.test/?token=redacted")}`,
    )
    const numbersKept = new URLSearchParams(redact({ body }, { keepNumbers: true }).body)
    strictEqual(numbersKept.get("To"), us)
    assertTrue(!numbersKept.get("Body")?.includes("Hello"))
    const bodiesKept = new URLSearchParams(
      redact({ body: `Body=call+${encodeURIComponent(us)}` }, { keepBodies: true }).body,
    )
    strictEqual(bodiesKept.get("Body"), `call ${standIn(us)}`)
  })

  it("keeps of credentials and signatures that they were there, and of other headers those that matter", () => {
    const { headers } = redact({
      headers: [
        ["authorization", "Basic QUM6c2VjcmV0"],
        ["x-twilio-signature", "abc="],
        formType,
        ["x-forwarded-for", "10.0.0.1"],
      ],
    })
    deepStrictEqual(headers, [["authorization", "present"], ["x-twilio-signature", "present"], formType])
  })

  it("finds a secret of the credentials where nothing says that it is one", () => {
    const token = "0123456789abcdef0123456789abcdef"
    const { answer, url } = redact({
      headers: [["authorization", `Basic ${Buffer.from(`AC1:${token}`).toString("base64")}`]],
      url: `https://api.twilio.com/${token}?q=x${token}y`,
      answer: JSON.stringify({ later: [`is ${token}`], auth_token: "an0ther-secret", also: "an0ther-secret" }),
    })
    strictEqual(url, "https://api.twilio.com/redacted?q=xredactedy")
    strictEqual(answer, '{"later":["is redacted"],"auth_token":"redacted","also":"redacted"}')
  })

  it("takes no word for a secret that has to be found elsewhere", () => {
    const answer =
      '{"session":"completed","status":"completed","token_type":"bearer","secret":"Ab3456789","x":"Ab3456789"}'
    strictEqual(
      redact({ answer, answerHeaders: [jsonType, ["set-cookie", "sid=Ab3456780; Domain=completed.example; HttpOnly"]] })
        .answer,
      '{"session":"redacted","status":"completed","token_type":"bearer","secret":"redacted","x":"redacted"}',
    )
  })

  it("reads TwiML", () => {
    const { answer } = redact({
      answerHeaders: [xmlType],
      answer: `<?xml version="1.0"?><Response><!-- for ${us} --><Message to="${us}" action='/next?token=abc&amp;n=1'>Hi &amp; bye</Message><Dial><Number>${us}</Number></Dial><Stream><Parameter name="apiKey" value="s3cret"/></Stream></Response>`,
    })
    const to = standIn(us)
    assertTrue(
      new RegExp(
        `^<\\?xml version="1.0"\\?><Response><!----><Message to="\\${to}" action="/next\\?token=redacted&amp;n=1">[A-Z][a-z] &amp; [a-z]{3}</Message><Dial><Number>\\${to}</Number></Dial><Stream><Parameter name="apiKey" value="redacted"/></Stream></Response>$`,
      ).test(answer),
      answer,
    )
  })
})

const digit = FastCheck.integer({ min: 0, max: 9 })
const digitsOf = (length: number) =>
  FastCheck.array(digit, { minLength: length, maxLength: length }).map((all) => all.join(""))
const number = FastCheck.oneof(
  digitsOf(7).map((rest) => `+1415${rest}`),
  digitsOf(7).map((rest) => `+4477${rest}0`),
  digitsOf(8).map((rest) => `+49151${rest}`),
  digitsOf(8).map((rest) => `+336${rest}`),
)
const secret = FastCheck.stringMatching(/^[A-Za-z0-9]{12,32}$/).filter((text) => /[A-Z]/.test(text) && /\d/.test(text))

/** Places in which a value may stand, each in its own encoding. */
const places: ReadonlyArray<(value: string) => Parts> = [
  (value) => ({ body: `To=${encodeURIComponent(value)}` }),
  (value) => ({ body: `Body=${encodeURIComponent(`call ${value}!`)}` }),
  (value) => ({
    body: `Url=${encodeURIComponent(`https://app.test/x/${encodeURIComponent(value)}?a=${encodeURIComponent(value)}`)}`,
  }),
  (value) => ({
    url: `https://api.twilio.com/x/${encodeURIComponent(value)}?To=${encodeURIComponent(value)}#${encodeURIComponent(value)}`,
  }),
  (value) => ({
    url: `https://api.twilio.com/x?state=${encodeURIComponent(Buffer.from(JSON.stringify({ to: value })).toString("base64"))}`,
  }),
  (value) => ({
    answer: JSON.stringify({
      a: [{ to: value, x: `before ${value} after` }],
      uri: `/M.json?To=${encodeURIComponent(value)}`,
    }),
  }),
  (value) => ({ answer: JSON.stringify({ nested: JSON.stringify({ to: value }) }, null, 2) }),
  (value) => ({ answer: `{"cut":"${value}","more":"${value}` }),
  (value) => ({
    answerHeaders: [xmlType],
    answer: `<Response><Dial callerId="${value}"><Number>${value}</Number></Dial></Response>`,
  }),
  (value) => ({ answerHeaders: [["content-type", "text/plain"]], answer: `Error about ${value}` }),
  (value) => ({ answerHeaders: [["location", `/a?b=${encodeURIComponent(value)}`]] }),
]

describe("Whatever is redacted", () => {
  it.prop(
    "holds no number and no secret of what it was, in any encoding",
    [
      FastCheck.array(FastCheck.tuple(number, FastCheck.constantFrom(...places), FastCheck.boolean()), {
        minLength: 1,
        maxLength: 6,
      }),
      secret,
      FastCheck.constantFrom(...places),
      FastCheck.boolean(),
    ],
    ([numbers, password, secretPlace, keepBodies]) => {
      const redactor = new Redactor({ ...rules, keepBodies })
      const authorization = `Basic ${Buffer.from(`AC1:${password}`).toString("base64")}`
      const shown = [
        ...numbers.map(([value, place, plus]) => place(plus ? value : value.slice(1))),
        secretPlace(password),
      ]
      const lines = shown.map((parts) =>
        lineOf(redactor.exchange(exchangeOf({ ...parts, headers: [formType, ["authorization", authorization]] }))),
      )
      const marks = Object.fromEntries([
        ["secret", password],
        ["credentials", authorization.slice(6).replace(/=+$/, "")],
        ...numbers.map(([value], i) => [`number ${i} ${value}`, value.slice(1)]),
      ])
      deepStrictEqual(leaksIn(lines.join("\n"), marks), [])
    },
    seededRuns(150),
  )
})
