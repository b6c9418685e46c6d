import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { answerOf, form, post, twilio } from "../../../../test/support/twilio.ts"
import type { Pair } from "../../../core/entries.ts"
import { messageCreated } from "../../delivery/entries.ts"

const from = "+15550000001"
const service = `MG${"0".repeat(32)}`
const content = `HX${"a".repeat(32)}`
const media = (count: number): ReadonlyArray<Pair> =>
  Array.from({ length: count }, (_, i) => ["MediaUrl", `https://a.test/${i}.png`] as const)

const answer = (changes: Record<string, string | undefined>, more: ReadonlyArray<Pair> = []) =>
  answerOf(twilio().when(post([...form(changes), ...more])))

const createdBy = (changes: Record<string, string | undefined>) =>
  twilio()
    .when(post(form(changes)))
    .made.map(({ entry }) => entry)
    .find(messageCreated.is)?.data

describe("a parameter of a send", () => {
  it.each([
    ["a service's SID of another form", { MessagingServiceSid: "MG1" }, 400, 21705],
    ["a service's SID and no From", { MessagingServiceSid: service, From: undefined }, 201, undefined],
    ["a service's SID and a From", { MessagingServiceSid: service }, 201, undefined],
    ["neither From nor service", { From: undefined }, 400, 21603],
    ["the To as its From", { From: "(555) 123-4567" }, 400, 21266],
    ["WhatsApp on both sides", { To: "whatsapp:+15551234567", From: `whatsapp:${from}` }, 201, undefined],
    ["WhatsApp on one side", { To: "whatsapp:+15551234567" }, 400, 21910],
    [
      "WhatsApp on one side and a service",
      { To: "whatsapp:+15551234567", From: undefined, MessagingServiceSid: service },
      201,
      undefined,
    ],
    ["WhatsApp's name before no number", { To: "whatsapp:bob" }, 400, 21211],
    ["a channel that there is not", { To: "pigeon:+15551234567", From: `pigeon:${from}` }, 400, 21211],
    ["a callback to a host with an underscore", { StatusCallback: "https://my_app.example/s" }, 400, 21609],
    ["a callback to a local name with an underscore", { StatusCallback: "http://my_app:3000/s" }, 201, undefined],
    [
      "an underscore elsewhere in the callback",
      { StatusCallback: "https://u_s:p@app.example/a_b?c_d" },
      201,
      undefined,
    ],
    ["media of another scheme", { MediaUrl: "ftp://a.test/1.png" }, 400, 21620],
    ["media that are no URL", { MediaUrl: "picture.png" }, 400, 21620],
    ["media and no Body", { Body: undefined, MediaUrl: "https://a.test/1.png" }, 201, undefined],
    ["content and no Body", { Body: undefined, ContentSid: content }, 201, undefined],
    ["a content SID of another form", { ContentSid: "HX1" }, 400, 21655],
    ["content variables without content", { ContentVariables: "{}" }, 400, 21654],
    ["content variables that are no JSON", { ContentSid: content, ContentVariables: "{" }, 400, 21656],
    ["content variables that are no object", { ContentSid: content, ContentVariables: "[1]" }, 400, 21656],
    ["content variables", { ContentSid: content, ContentVariables: '{"1":"x"}' }, 201, undefined],
    ["a validity of 0", { ValidityPeriod: "0" }, 400, 21624],
    ["a validity of 1 s", { ValidityPeriod: "1" }, 201, undefined],
    ["a validity of 36000 s", { ValidityPeriod: "36000" }, 201, undefined],
    ["a validity of 36001 s", { ValidityPeriod: "36001" }, 400, 21624],
    ["a validity that is no number", { ValidityPeriod: "1e3" }, 400, 21624],
    ["an application's SID of another form", { ApplicationSid: "AP1" }, 400, 21218],
    ["an application", { ApplicationSid: `AP${"1".repeat(32)}` }, 201, undefined],
  ] as const)("%s", (_, changes, status, code) => {
    const told = answer(changes)
    deepStrictEqual([told.status, told.body.code], [status, code])
  })

  it.each([
    ["FallbackFrom", "+15550000002"],
    ["ShortenUrls", "false"],
    ["ProvideFeedback", "true"],
    ["Attempt", "2"],
    ["ForceDelivery", "true"],
    ["PersistentAction", "geo:1,2"],
    ["RiskCheck", "disable"],
    ["ContentRetention", "discard"],
    ["AddressRetention", "obfuscate"],
    ["TrafficType", "free"],
    ["MaxPrice", "0.0001"],
    ["SomethingElse", "x"],
  ])("%s is accepted", (name, value) => strictEqual(answer({ [name]: value }).status, 201))

  it("may not be an eleventh medium", () => {
    strictEqual(answer({}, media(10)).status, 201)
    strictEqual(answer({}, media(11)).body.code, 21623)
  })

  it("SendAsMms makes one MM of one segment of any text", () => {
    const { body } = answer({ SendAsMms: "true", Body: "x".repeat(1_000) })
    deepStrictEqual([body.sid.slice(0, 2), body.num_segments, body.num_media], ["MM", "1", "0"])
  })

  it.each([
    ["false", "2"],
    ["true", "1"],
    ["True", "1"],
  ])("SmartEncoded=%s counts %s segments of a text with curly quotes", (SmartEncoded, count) => {
    const { body } = answer({ SmartEncoded, Body: `“${"x".repeat(98)}”` })
    strictEqual(body.num_segments, count)
    strictEqual(body.body, `“${"x".repeat(98)}”`)
  })

  it("that was accepted is kept where a rule reads it", () => {
    const plain = createdBy({})
    const made = createdBy({
      MessagingServiceSid: service,
      From: undefined,
      SmartEncoded: "true",
      ValidityPeriod: "60",
    })
    const { price_micros: _, ...others } = plain ?? {}
    deepStrictEqual<unknown>(made, {
      ...others,
      from: "",
      messaging_service_sid: service,
      num_segments: 0,
      smart_encoded: true,
      status: "accepted",
      validity_ms: 60_000,
    })
  })
})
