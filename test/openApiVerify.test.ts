import { it } from "@effect/vitest"
import { sid as sidOf } from "../src/core/chance.ts"
import type { Stage } from "./support/given.ts"
import { type Description, describeWithOpenApi } from "./support/openApi.ts"
import { answerOf, call, type Differently, twilio } from "./support/twilio.ts"

/** Fills holes as the edge does, with texts of the right kind. */
const filled = (text: string): unknown =>
  text === ""
    ? undefined
    : JSON.parse(text.replace(/\{"url":"([^"]*)"\}/g, (_, path) => JSON.stringify(`http://localhost${path}`)))

type Step = readonly [method: "GET" | "POST" | "DELETE", path: string, status: number, fields?: Record<string, string>]

const checked = (api: Description, steps: ReadonlyArray<Step>, settings: Differently = {}) => {
  let stage: Stage = twilio(settings)
  for (const [method, path, status, fields] of steps) {
    stage = stage.when(call(method, path, fields))
    const answer = answerOf(stage)
    if (answer.status !== status) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
    api.check({ method, path, status, body: filled(answer.text) })
  }
}

/** A description that takes null for any field: its own examples have it where its schemas say nothing of it. */
const takingNull = (api: Description): Description => ({
  check: (answer) => {
    try {
      api.check(answer)
    } catch (error) {
      const faults = (error as Error).message.split("\n").slice(1)
      if (faults.length === 0 || faults.some((fault) => !fault.endsWith(": is null"))) throw error
    }
  },
})

describeWithOpenApi("twilio_verify_v2.json", "answers about verifications are as Twilio describes them", (api) => {
  const service = `/v2/Services/${sidOf("VA", 1, 0)}`
  const verification = `${service}/Verifications/${sidOf("VE", 1, 0)}`

  it("services", () =>
    checked(api, [
      ["POST", "/v2/Services", 201, { FriendlyName: "Acme", CodeLength: "4", "Push.IncludeDate": "false" }],
      ["GET", "/v2/Services", 200],
      ["GET", service, 200],
      ["POST", service, 200, { FriendlyName: "Other", "Totp.Skew": "2" }],
      ["DELETE", service, 204],
    ]))
  it("verifications and checks", () =>
    checked(api, [
      ["POST", "/v2/Services", 201, { FriendlyName: "Acme", LookupEnabled: "true" }],
      ["POST", `${service}/Verifications`, 201, { To: "+15551234567", Channel: "sms" }],
      ["POST", `${service}/Verifications`, 201, { To: "a@b.example", Channel: "email" }],
      ["GET", verification, 200],
      ["POST", `${service}/VerificationCheck`, 200, { To: "+15551234567", Code: "0" }],
      ["POST", verification, 200, { Status: "canceled" }],
    ]))
})

describeWithOpenApi("twilio_lookups_v2.json", "lookups are as Twilio describes them", (api) => {
  const fields = "caller_name,line_type_intelligence"
  const settings: Differently = {
    lookups: {
      strict: false,
      numbers: [
        {
          number: "+14155550123",
          caller_name: "Ann",
          caller_type: "CONSUMER",
          carrier_name: "Acme",
          mobile_country_code: "310",
          mobile_network_code: "456",
          type: "mobile",
        },
      ],
    },
  }
  it("of numbers that there are", () =>
    checked(takingNull(api), [["GET", "/v2/PhoneNumbers/+14155550123", 200, { Fields: fields }]], settings))
  it("of what is none", () => checked(takingNull(api), [["GET", "/v2/PhoneNumbers/+1415", 200]]))
})
