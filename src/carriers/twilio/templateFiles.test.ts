import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterEach, beforeEach, describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import { documentTemplates } from "../../../test/e2e/fixtures/mockServerDocument.ts"
import { limits } from "../../core/limits.ts"
import { twilioError } from "./errors.ts"
import { parseTemplate, parseTemplateSet, type TemplateName, type TemplateValues, templateNames } from "./template.ts"
import { loadTemplates } from "./templateFiles.ts"

let folder = ""
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "ringback-templates-"))
})
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }))

/** Writes a file below the test's folder and gives its path. */
const write = (file: string, content: string | Uint8Array): string => {
  const where = path.join(folder, file)
  fs.mkdirSync(path.dirname(where), { recursive: true })
  fs.writeFileSync(where, content)
  return where
}
const loaded = (setting?: string) => Either.getOrThrowWith(loadTemplates(setting), (errors) => errors)
const refusals = (setting: string): ReadonlyArray<string> =>
  Either.match(loadTemplates(setting), {
    onLeft: ({ errors }) => errors.map(({ message }) => message),
    onRight: () => [],
  })
const rendered = (name: TemplateName, values: TemplateValues, setting?: string): string =>
  Either.getOrThrow(parseTemplateSet(loaded(setting).texts))[name].render(values)

const AC = `AC${"a".repeat(32)}`
const SM = `SM${"b".repeat(32)}`
const CA = `CA${"c".repeat(32)}`
const date = "Thu, 24 Aug 2023 05:01:45 +0000"
const message: TemplateValues = {
  message_sid: SM,
  account_sid: AC,
  to: "+15551234567",
  from: "+15550000001",
  body: "Grüße",
  status: "queued",
  num_segments: "1",
  num_media: "0",
  direction: "outbound-api",
  api_version: "2010-04-01",
  date_created: date,
  date_updated: date,
  date_sent: null,
  timestamp: date,
  error_code: null,
  error_message: null,
  price: null,
  price_unit: "USD",
  messaging_service_sid: null,
}
const call: TemplateValues = {
  call_sid: CA,
  account_sid: AC,
  parent_call_sid: null,
  phone_number_sid: null,
  to: "+14158675309",
  to_formatted: "(415) 867-5309",
  from: "+15550000001",
  from_formatted: "(555) 000-0001",
  status: "queued",
  direction: "outbound-api",
  api_version: "2010-04-01",
  date_created: null,
  date_updated: null,
  start_time: null,
  end_time: null,
  timestamp: date,
  duration: null,
  price: null,
  price_unit: "USD",
  answered_by: null,
  forwarded_from: null,
  caller_name: null,
  queue_time: "0",
}

describe("the shipped templates", () => {
  it("ships templates that pass the check, which none of them is put to again when a run starts", () => {
    for (const [name, text] of Object.entries(loaded().texts))
      assertTrue(Either.isRight(parseTemplate(name as TemplateName, name, text)), name)
  })

  it("are loaded without warning where no folder is named", () => {
    const { texts, warnings } = loaded()
    deepStrictEqual(warnings, [])
    deepStrictEqual(Object.keys(texts).toSorted(), [...templateNames].toSorted())
    assertTrue(Either.isRight(parseTemplateSet(texts)))
  })

  it("answer a new message as Twilio does", () =>
    strictEqual(
      rendered("send_sms_success", message),
      `{"sid":"${SM}","date_created":"${date}","date_updated":"${date}","date_sent":null,"account_sid":"${AC}","to":"+15551234567","from":"+15550000001","messaging_service_sid":null,"body":"Gr\\u00fc\\u00dfe","status":"queued","num_segments":"1","num_media":"0","direction":"outbound-api","api_version":"2010-04-01","price":null,"price_unit":"USD","error_code":null,"error_message":null,"uri":"/2010-04-01/Accounts/${AC}/Messages/${SM}.json","subresource_uris":{"media":"/2010-04-01/Accounts/${AC}/Messages/${SM}/Media.json"}}`,
    ))

  it("answer a failed message with its code as a number", () => {
    const values = { ...message, status: "failed", error_code: 30001, error_message: "Queue overflow" }
    const { status, date_sent, error_code, error_message } = JSON.parse(rendered("send_sms_failure", values))
    deepStrictEqual([status, date_sent, error_code, error_message], ["failed", null, 30001, "Queue overflow"])
  })

  it("report a delivery in Twilio's order of parameters", () =>
    deepStrictEqual(Object.entries(JSON.parse(rendered("delivery_status", { ...message, status: "delivered" }))), [
      ["SmsSid", SM],
      ["SmsStatus", "delivered"],
      ["MessageStatus", "delivered"],
      ["To", "+15551234567"],
      ["MessageSid", SM],
      ["AccountSid", AC],
      ["From", "+15550000001"],
      ["ApiVersion", "2010-04-01"],
    ]))

  it("report an error code, a receipt and a service only where there is one", () => {
    const receipt = { error_code: 30003, raw_dlr_done_date: "2601010000" }
    const values = { ...message, ...receipt, status: "undelivered", messaging_service_sid: "MG1" }
    const payload = JSON.parse(rendered("delivery_status", values))
    deepStrictEqual([payload.ErrorCode, payload.RawDlrDoneDate], ["30003", "2601010000"])
    strictEqual(Object.keys(payload)[4], "MessagingServiceSid")
  })

  it("answer a new call as Twilio does", () => {
    const answer = JSON.parse(rendered("make_call_success", call))
    deepStrictEqual(Object.keys(answer), [
      ..."sid date_created date_updated parent_call_sid account_sid to to_formatted from from_formatted".split(" "),
      ..."phone_number_sid status start_time end_time duration price price_unit direction answered_by".split(" "),
      ..."api_version annotation forwarded_from group_sid caller_name queue_time trunk_sid uri".split(" "),
      "subresource_uris",
    ])
    deepStrictEqual(
      [answer.status, answer.date_created, answer.queue_time, answer.trunk_sid],
      ["queued", null, "0", ""],
    )
    strictEqual(answer.uri, `/2010-04-01/Accounts/${AC}/Calls/${CA}.json`)
    strictEqual(
      answer.subresource_uris.user_defined_message_subscriptions,
      `/2010-04-01/Accounts/${AC}/Calls/${CA}/UserDefinedMessageSubscriptions.json`,
    )
    strictEqual(Object.keys(answer.subresource_uris).length, 9)
  })

  it("answer a failed call", () => strictEqual(JSON.parse(rendered("make_call_failure", call)).status, "failed"))

  it("report a call's progress, and how it ended only at the end", () => {
    const ringing = JSON.parse(rendered("call_status", { ...call, status: "ringing", sequence_number: 1 }))
    strictEqual(ringing.SequenceNumber, "1")
    strictEqual("CallDuration" in ringing, false)
    const busy = {
      ...call,
      status: "busy",
      sequence_number: 2,
      duration: "0",
      billed_minutes: "0",
      sip_response_code: "486",
    }
    const { CallStatus, CallDuration, Duration, SipResponseCode } = JSON.parse(rendered("call_status", busy))
    deepStrictEqual([CallStatus, CallDuration, Duration, SipResponseCode], ["busy", "0", "0", "486"])
  })

  it("answer failed authentication", () =>
    strictEqual(
      rendered("auth_failed", { ...twilioError(20003) }),
      '{"code":20003,"detail":"Your AccountSid or AuthToken was incorrect.","message":"Authenticate","more_info":"https://www.twilio.com/docs/errors/20003","status":401}',
    ))

  it.each([
    ["missing_parameter", 21604, "A 'To' phone number is required."],
    ["invalid_phone_number", 21211, "The 'To' number +1234 is not a valid phone number."],
    [
      "invalid_from_number",
      21606,
      "The From phone number  is not a valid, SMS-capable inbound phone number or short code for your account.",
    ],
  ] as const)("answer %s with Twilio's own text", (name, code, text) =>
    strictEqual(
      rendered(name, { ...twilioError(code, { to: "+1234" }) }),
      `{"code":${code},"message":"${text}","more_info":"https://www.twilio.com/docs/errors/${code}","status":400}`,
    ),
  )
})

describe("the user's templates", () => {
  const writeExamples = () => {
    for (const [file, text] of Object.entries(documentTemplates)) write(path.relative("templates", file), text)
  }
  const responses = () => path.join(folder, "responses")

  it("take the place of the shipped ones, the rest stays", () => {
    write("responses/twilio/send_sms_success.json", '{"mine": true}')
    const { texts, warnings } = loaded(responses())
    deepStrictEqual(warnings, [])
    deepStrictEqual(texts, { ...loaded().texts, send_sms_success: '{"mine": true}' })
  })

  it.each(["responses", ""])("are the design's examples, unchanged (templates.path %j)", (setting) => {
    writeExamples()
    const at = path.join(folder, setting)
    deepStrictEqual(loaded(at).warnings, [])
    const request = [
      ["To", "+15551234567"],
      ["From", "+15550000001"],
      ["Body", "Grüße"],
    ] as const
    strictEqual(rendered("send_sms_success", { ...message, request }, at), rendered("send_sms_success", message))
    strictEqual(JSON.parse(rendered("auth_failed", {}, at)).message, "Authenticate")
    const values = { parameter: "To", field: "From", number: "+1234", from_number: "+1999" }
    strictEqual(
      JSON.parse(rendered("missing_parameter", values, at)).message,
      "The required parameter 'To' is missing.",
    )
    strictEqual(
      JSON.parse(rendered("invalid_phone_number", values, at)).message,
      "The 'From' number +1234 is not a valid phone number.",
    )
    strictEqual(
      JSON.parse(rendered("invalid_from_number", values, at)).message,
      "The 'From' phone number +1999 is not a valid, message-capable Twilio phone number.",
    )
  })

  it("may be errors only", () => {
    write("errors/twilio/auth_failed.json", "{}")
    deepStrictEqual(loaded(responses()), { texts: { ...loaded().texts, auth_failed: "{}" }, warnings: [] })
  })

  it("that are not there are warned of once", () => {
    const { texts, warnings } = loaded(responses())
    deepStrictEqual(texts, loaded().texts)
    deepStrictEqual(warnings, [
      `templates.path ${responses()}: no folder ${path.join(responses(), "twilio")}; the shipped templates are used`,
    ])
  })

  it("under other names are warned of, hidden files and folders are not", () => {
    const where = write("errors/twilio/auth_faild.json", "{}")
    write("errors/twilio/.hidden", "")
    write("errors/twilio/old/auth_failed.json", "{{")
    deepStrictEqual(loaded(responses()).warnings, [
      `${where} is not used: a template here is called auth_failed, missing_parameter, invalid_phone_number, invalid_from_number, each with .json`,
    ])
  })

  it("that name what nothing is called are warned of, with the line", () => {
    const where = write("errors/twilio/auth_failed.json", '{\n  "code": {{ code }},\n  "text": "{{ mesage }}"\n}')
    const { warnings } = loaded(responses())
    strictEqual(warnings.length, 1)
    assertTrue(warnings[0]!.startsWith(`${where}:3: nothing is called mesage here, so it is empty; known are code, `))
  })

  it("are refused with file, line and every fault of theirs", () => {
    const files = [
      write("responses/twilio/call_status.json", '{"a": []}'),
      write("responses/twilio/send_sms_failure.json", '{\n  "a": "{{ a | upper }}"\n}'),
      write("responses/twilio/send_sms_success.json", '{\n  "a": 1,\n}'),
      write("errors/twilio/auth_failed.json", "x".repeat(limits.templateBytesMax + 1)),
      write("errors/twilio/missing_parameter.json", Uint8Array.of(0x22, 0xff, 0x22)),
    ]
    deepStrictEqual(refusals(responses()), [
      `${files[0]}:1:7: expected a text, a number, true, false or null: members become form parameters, found "[]}"`,
      `${files[1]}:2:14: expected }} after the path, found "| upper }}\\""`,
      `${files[2]}:3:1: expected a name in double quotes, found "}"`,
      `${files[3]}:1:1: expected at most 16384 bytes, found 16385`,
      `${files[4]}:1:1: expected UTF-8, found other bytes`,
    ])
  })

  it("that cannot be read are refused", () => {
    fs.mkdirSync(path.join(folder, "errors/twilio"), { recursive: true })
    fs.symlinkSync("nowhere", path.join(folder, "errors/twilio/auth_failed.json"))
    const [message = ""] = refusals(responses())
    assertTrue(message.includes("auth_failed.json:1:1: expected a file that can be read, found ENOENT"))
  })

  it("that do not fit into the log together are refused", () => {
    const text = `{"a": "${"x".repeat(limits.templateBytesMax - 9)}"}`
    for (const name of templateNames.slice(0, 6)) write(`responses/twilio/${name}.json`, text)
    for (const name of templateNames.slice(6)) write(`errors/twilio/${name}.json`, text)
    const [message = ""] = refusals(responses())
    assertTrue(message.includes("expected templates of at most 131072 bytes together"))
  })
})
