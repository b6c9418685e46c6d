import { it } from "@effect/vitest"
import { sid as sidOf } from "../src/core/chance.ts"
import type { Pair } from "../src/core/entries.ts"
import type { Stage } from "./support/given.ts"
import { type Description, describeWithOpenApi } from "./support/openApi.ts"
import { account, answerOf, call, twilio } from "./support/twilio.ts"

/** Fills holes as the edge does, with texts of the right kind. */
const filled = (text: string): unknown =>
  text === ""
    ? undefined
    : JSON.parse(
        text.replace(/\{"(secret|url)":"([^"]*)"\}/g, (_, kind, value) =>
          JSON.stringify(kind === "url" ? `http://localhost${value}` : "0123"),
        ),
      )

/** The description's own examples show the SID of no application as an empty text, which its pattern does not know. */
const withoutEmptySids = (text: string) => text.replace(/"(\w+_application_sid)":""/g, '"$1":null')

/** A request and the status of its answer. */
type Step = readonly [method: "GET" | "POST" | "DELETE", path: string, status: number, fields?: Record<string, string>]

const checked = (api: Description, steps: ReadonlyArray<Step>) => {
  let stage: Stage = twilio({ allowed_from_numbers: ["12345", "+15550000001"] })
  for (const [method, path, status, fields] of steps) {
    stage = stage.when(call(method, path, fields))
    const answer = answerOf(stage)
    if (answer.status !== status) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
    api.check({ method, path, status, body: filled(withoutEmptySids(answer.text)) })
  }
}

const accounts = "/2010-04-01/Accounts"
const own = `${accounts}/${account}`
const everywhere: ReadonlyArray<Pair> = [
  ["FriendlyName", "Front desk"],
  ["SmsUrl", "https://a.test/sms"],
  ["SmsFallbackUrl", "https://a.test/sms/fallback"],
  ["VoiceUrl", "https://a.test/voice"],
  ["StatusCallback", "https://a.test/status"],
  ["AddressSid", sidOf("AD", 1, 0)],
  ["BundleSid", sidOf("BU", 1, 0)],
  ["TrunkSid", sidOf("TK", 1, 0)],
  ["EmergencyStatus", "Active"],
]

describeWithOpenApi(
  "twilio_api_v2010.json",
  "answers about accounts and numbers are as Twilio describes them",
  (api) => {
    it("accounts", () => {
      const sub = `${accounts}/${sidOf("AC", 1, 0)}.json`
      checked(api, [
        ["GET", `${own}.json`, 200],
        ["POST", `${accounts}.json`, 201, { FriendlyName: "Branch" }],
        ["GET", `${accounts}.json`, 200, { PageSize: "1" }],
        ["GET", sub, 200],
        ["POST", sub, 200, { Status: "suspended" }],
        ["GET", `${own}/Balance.json`, 200],
      ])
    })

    it("API keys", () => {
      const key = `${own}/Keys/${sidOf("SK", 1, 0)}.json`
      checked(api, [
        ["POST", `${own}/Keys.json`, 201, { FriendlyName: "CI" }],
        ["GET", `${own}/Keys.json`, 200],
        ["GET", key, 200],
        ["POST", key, 200, { FriendlyName: "Other" }],
        ["DELETE", key, 204],
      ])
    })

    it("phone numbers", () => {
      const number = `${own}/IncomingPhoneNumbers/${sidOf("PN", 1, 0)}.json`
      checked(api, [
        ["POST", `${own}/IncomingPhoneNumbers.json`, 201, { AreaCode: "415" }],
        ["GET", number, 200],
        ["POST", number, 200, Object.fromEntries(everywhere)],
        ["POST", number, 200, Object.fromEntries(everywhere.map(([name]) => [name, ""]))],
        ["POST", `${own}/IncomingPhoneNumbers/Local.json`, 201, { PhoneNumber: "+12125550100" }],
        ["POST", `${own}/IncomingPhoneNumbers/TollFree.json`, 201, { PhoneNumber: "+18005550100" }],
        ["POST", `${own}/IncomingPhoneNumbers/Mobile.json`, 201, { PhoneNumber: "+447700900100" }],
        ["GET", `${own}/IncomingPhoneNumbers.json`, 200, { PageSize: "2" }],
        ["GET", `${own}/IncomingPhoneNumbers/Local.json`, 200],
        ["GET", `${own}/IncomingPhoneNumbers/TollFree.json`, 200],
        ["GET", `${own}/IncomingPhoneNumbers/Mobile.json`, 200],
        ["DELETE", number, 204],
      ])
    })

    it("applications", () => {
      const application = `${own}/Applications/${sidOf("AP", 1, 0)}.json`
      const handlers = everywhere.filter(([name]) => !name.endsWith("Sid") && name !== "EmergencyStatus")
      checked(api, [
        ["POST", `${own}/Applications.json`, 201, Object.fromEntries(handlers)],
        ["POST", `${own}/Applications.json`, 201],
        ["GET", `${own}/Applications.json`, 200, { PageSize: "1" }],
        ["GET", application, 200],
        ["POST", application, 200, Object.fromEntries(handlers.map(([name]) => [name, ""]))],
        ["DELETE", application, 204],
      ])
    })

    it("short codes", () => {
      const code = `${own}/SMS/ShortCodes/${sidOf("SC", 1, 12345)}.json`
      checked(api, [
        ["GET", `${own}/SMS/ShortCodes.json`, 200],
        ["GET", code, 200],
        ["POST", code, 200, { SmsUrl: "https://a.test/" }],
      ])
    })

    it("countries with numbers for sale", () =>
      checked(api, [
        ["GET", `${own}/AvailablePhoneNumbers.json`, 200],
        ["GET", `${own}/AvailablePhoneNumbers/US.json`, 200],
      ]))
  },
)

describeWithOpenApi(
  "twilio_messaging_v1.json",
  "answers about messaging services are as Twilio describes them",
  (api) => {
    const service = `/v1/Services/${sidOf("MG", 1, 0)}`
    it("services", () =>
      checked(api, [
        ["POST", "/v1/Services", 201, { FriendlyName: "Alerts", InboundRequestUrl: "https://a.test/" }],
        ["GET", service, 200],
        ["POST", service, 200, { InboundRequestUrl: "", ScanMessageContent: "enable" }],
        ["POST", "/v1/Services", 201, { FriendlyName: "Second" }],
        ["GET", "/v1/Services", 200, { PageSize: "1" }],
        ["DELETE", service, 204],
      ]))

    it.each([
      ["PhoneNumbers", "PhoneNumberSid", sidOf("PN", 1, 15550000001), sidOf("PN", 1, 15550000001)],
      ["ShortCodes", "ShortCodeSid", sidOf("SC", 1, 12345), sidOf("SC", 1, 12345)],
      ["AlphaSenders", "AlphaSender", "ACME", sidOf("AI", 1, 0)],
    ] as const)("%s", (path, parameter, value, sid) =>
      checked(api, [
        ["POST", "/v1/Services", 201, { FriendlyName: "Alerts" }],
        ["POST", `${service}/${path}`, 201, { [parameter]: value }],
        ["GET", `${service}/${path}`, 200],
        ["GET", `${service}/${path}/${sid}`, 200],
        ["DELETE", `${service}/${path}/${sid}`, 204],
      ]),
    )
  },
)
