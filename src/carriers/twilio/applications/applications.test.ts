import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { callForm, callsPath, entriesOf, lifeOf, paramsOf, sentBy } from "../../../../test/support/calls.ts"
import type { Stage } from "../../../../test/support/given.ts"
import {
  account,
  answerOf,
  asked,
  auth,
  call,
  post,
  ranUntil,
  form as sendForm,
  twilio,
} from "../../../../test/support/twilio.ts"
import { sid as sidOf } from "../../../core/chance.ts"
import type { ApiRequested } from "../../../core/entries.ts"
import { type CallCreated, callArrived, callCreated } from "../calls/entries.ts"
import { messageArrived } from "../inbound/entries.ts"
import { subaccountTokenSecret } from "../settings.ts"
import { twilioMachine } from "../twilio.machine.ts"
import { applicationCreated, applicationDeleted, applicationUpdated } from "./entries.ts"

const listOf = (of: string) => `/2010-04-01/Accounts/${of}/Applications.json`
const pathOf = (sid: string, of = account) => listOf(of).replace(".json", `/${sid}.json`)
const first = sidOf("AP", 1, 0)
const unknown = sidOf("AP", 7, 7)
const sub = sidOf("AC", 1, 0)
const subAuth: ApiRequested["auth"] = { password: { secret: subaccountTokenSecret(sub) }, user: sub }
const number = "+14155550100"
const phone = "+12125550123"
const numberPath = `/2010-04-01/Accounts/${account}/IncomingPhoneNumbers/${sidOf("PN", 1, 0)}.json`

const create = (fields: Record<string, string> = {}) => call("POST", listOf(account), fields)
const made = (fields: Record<string, string> = {}, before = twilio()): Stage => before.when(create(fields))
const refused = (stage: Stage) => {
  const { body, status } = answerOf(stage)
  return [status, body?.code]
}
const names = (stage: Stage, fields: Record<string, string> = {}, of = account, shown = auth) =>
  answerOf(stage.when(call("GET", listOf(of), fields, shown))).body.applications.map(
    ({ friendly_name }: { friendly_name: string }) => friendly_name,
  )

/** Every parameter that is a URL or a method, each with a value of its own. */
const everything = {
  FriendlyName: "Desk",
  MessageStatusCallback: "https://app.test/told",
  PublicApplicationConnectEnabled: "true",
  SmsFallbackMethod: "GET",
  SmsFallbackUrl: "https://app.test/sms/sorry",
  SmsMethod: "get",
  SmsUrl: "https://app.test/sms",
  StatusCallback: "https://app.test/over",
  StatusCallbackMethod: "GET",
  VoiceCallerIdLookup: "true",
  VoiceFallbackMethod: "GET",
  VoiceFallbackUrl: "https://app.test/voice/sorry",
  VoiceMethod: "GET",
  VoiceUrl: "https://app.test/voice",
}

describe("An application", () => {
  it("is made as it is said, the rest by default", () => {
    const stage = made(everything)
    strictEqual(stage.made[1]?.entry.type, applicationCreated.type)
    const { body, status } = answerOf(stage)
    strictEqual(status, 201)
    deepStrictEqual(body, {
      account_sid: account,
      api_version: "2010-04-01",
      date_created: "Thu, 01 Jan 1970 00:00:00 +0000",
      date_updated: "Thu, 01 Jan 1970 00:00:00 +0000",
      friendly_name: "Desk",
      message_status_callback: "https://app.test/told",
      public_application_connect_enabled: true,
      sid: first,
      sms_fallback_method: "GET",
      sms_fallback_url: "https://app.test/sms/sorry",
      sms_method: "GET",
      sms_status_callback: "https://app.test/told",
      sms_url: "https://app.test/sms",
      status_callback: "https://app.test/over",
      status_callback_method: "GET",
      uri: pathOf(first),
      voice_caller_id_lookup: true,
      voice_fallback_method: "GET",
      voice_fallback_url: "https://app.test/voice/sorry",
      voice_method: "GET",
      voice_url: "https://app.test/voice",
    })
    deepStrictEqual(answerOf(stage.when(call("GET", pathOf(first)))).body, body)
    const bare = answerOf(made()).body
    deepStrictEqual(
      [bare.friendly_name, bare.voice_url, bare.voice_method, bare.sms_url, bare.public_application_connect_enabled],
      [null, null, "POST", null, false],
    )
  })

  it.each([
    [{ VoiceUrl: "no url" }, 21402],
    [{ MessageStatusCallback: "ftp://app.test/" }, 21402],
    [{ SmsMethod: "PUT" }, 21403],
    [{ FriendlyName: "x".repeat(65) }, 20002],
    [{ VoiceCallerIdLookup: "maybe" }, 20400],
    [{ ApiVersion: "2020-01-01" }, 20400],
  ] as const)("is refused with %j", (fields, code) => {
    for (const stage of [made(fields), made().when(call("POST", pathOf(first), fields))]) {
      deepStrictEqual(refused(stage), [400, code])
      strictEqual(stage.made.length, 2)
    }
  })

  it("has one URL for what is told of messages, by its newer name where both are given", () => {
    const told = (fields: Record<string, string>) => answerOf(made(fields)).body.message_status_callback
    strictEqual(told({ SmsStatusCallback: "https://app.test/old" }), "https://app.test/old")
    strictEqual(
      told({ SmsStatusCallback: "https://old.test/", MessageStatusCallback: "https://n.test/" }),
      "https://n.test/",
    )
  })

  it("is set up anew as far as that is said, and an empty text clears", () => {
    const stage = made(everything).when(call("POST", pathOf(first), { VoiceUrl: "", SmsMethod: "POST" }))
    strictEqual(stage.made[1]?.entry.type, applicationUpdated.type)
    const { body } = answerOf(stage)
    deepStrictEqual([body.voice_url, body.sms_method, body.friendly_name], [null, "POST", "Desk"])
    deepStrictEqual(answerOf(stage.when(call("GET", pathOf(first)))).body, body)
  })

  it("is deleted for good, and its SID never comes again", () => {
    const gone = made().when(call("DELETE", pathOf(first)))
    strictEqual(answerOf(gone).status, 204)
    strictEqual(gone.made[1]?.entry.type, applicationDeleted.type)
    for (const method of ["GET", "POST", "DELETE"])
      deepStrictEqual(refused(gone.when(call(method, pathOf(first)))), [404, 20404])
    strictEqual(answerOf(made({}, gone)).body.sid, sidOf("AP", 1, 1))
  })

  it("is listed newest first, by name and page by page", () => {
    const stage = made({ FriendlyName: "C" }, made({ FriendlyName: "B" }, made({ FriendlyName: "A" })))
    deepStrictEqual(names(stage), ["C", "B", "A"])
    deepStrictEqual(names(stage, { FriendlyName: "B" }), ["B"])
    const { body } = answerOf(stage.when(call("GET", listOf(account), { PageSize: "2" })))
    strictEqual(body.next_page_uri, `${listOf(account)}?PageSize=2&Page=1&PageToken=PA${sidOf("AP", 1, 1)}`)
    deepStrictEqual(names(stage, { PageSize: "2", Page: "1", PageToken: `PA${sidOf("AP", 1, 1)}` }), ["A"])
  })

  it("is its account's alone", () => {
    const stage = made({ FriendlyName: "A" }).when(call("POST", "/2010-04-01/Accounts.json"))
    deepStrictEqual(names(stage, {}, sub, subAuth), [])
    deepStrictEqual(refused(stage.when(call("GET", pathOf(first, sub), {}, subAuth))), [404, 20404])
    deepStrictEqual(refused(stage.when(call("GET", pathOf(first), {}, subAuth))), [401, 20003])
  })
})

describe("An application handles a call that names it", () => {
  const dials = (before: Stage, changes: Readonly<Record<string, string | undefined>> = {}) =>
    before.when(asked({ path: callsPath, params: callForm({ Twiml: undefined, ApplicationSid: first, ...changes }) }))
  const fact = (stage: Stage) => entriesOf(stage).find(callCreated.is)?.data as CallCreated

  it("by its URLs, whatever those of the request are", () => {
    const stage = dials(made(everything), {
      Url: "https://other.test/",
      FallbackUrl: "https://other.test/sorry",
      StatusCallback: "https://other.test/told",
      StatusCallbackEvent: "ringing",
    })
    deepStrictEqual(fact(stage).instructions, {
      fallback_method: "GET",
      fallback_url: "https://app.test/voice/sorry",
      method: "GET",
      url: "https://app.test/voice",
    })
    deepStrictEqual(fact(stage).reports, { events: ["completed"], method: "GET", url: "https://app.test/over" })
    strictEqual(sentBy(ranUntil(stage, 60_000), "twiml")[0]?.data.url, "https://app.test/voice")
  })

  it.each([
    ["that is not there", { ApplicationSid: unknown }],
    ["that has no VoiceUrl", {}],
  ])("and one %s is refused", (_, changes) => {
    deepStrictEqual(refused(dials(made({ SmsUrl: "https://app.test/" }), changes)), [400, 21218])
  })

  it("of its own account, not of one below", () => {
    const stage = made(everything).when(call("POST", "/2010-04-01/Accounts.json"))
    const path = callsPath.replace(account, sub)
    const params = callForm({ Twiml: undefined, ApplicationSid: first })
    deepStrictEqual(refused(stage.when(asked({ auth: subAuth, path, params }))), [400, 21218])
  })
})

describe("An application is told of messages that name it", () => {
  const sent = (before: Stage, changes: Readonly<Record<string, string>> = {}) =>
    before.when(post(sendForm({ ApplicationSid: first, ...changes })))
  const told = (stage: Stage) => [...new Set(sentBy(ranUntil(stage), "callback").map(({ data }) => data.url))]

  it("by its MessageStatusCallback, unless the request has its own", () => {
    deepStrictEqual(told(sent(made(everything))), ["https://app.test/told"])
    deepStrictEqual(told(sent(made(everything), { StatusCallback: "https://other.test/" })), ["https://other.test/"])
    deepStrictEqual(told(sent(made())), [])
  })

  it("and one that is not there is refused, once there was any", () => {
    strictEqual(answerOf(sent(twilio())).status, 201)
    deepStrictEqual(refused(sent(made(), { ApplicationSid: unknown })), [400, 21218])
    deepStrictEqual(refused(sent(made().when(call("DELETE", pathOf(first))))), [400, 21218])
  })
})

describe("An application handles a number that names it", () => {
  const own = {
    SmsUrl: "https://own.test/sms",
    VoiceUrl: "https://own.test/voice",
    StatusCallback: "https://own.test/o",
  }
  const bought = (fields: Record<string, string>, before = made(everything)) =>
    before.when(
      call("POST", `/2010-04-01/Accounts/${account}/IncomingPhoneNumbers.json`, {
        PhoneNumber: number,
        ...own,
        ...fields,
      }),
    )
  const both = { SmsApplicationSid: first, VoiceApplicationSid: first }
  const rings = (stage: Stage) => stage.when(callArrived.draft("", { from: phone, to: number }))
  const writes = (stage: Stage) => stage.when(messageArrived.draft("", { body: "Hello", from: phone, to: number }))
  const webhooks = (stage: Stage) =>
    entriesOf(stage).flatMap(({ data, type }) =>
      type === "outbound.requested" ? [(data as { readonly url: string }).url] : [],
    )

  it("in place of all its own URLs", () => {
    const stage = rings(bought(both))
    deepStrictEqual(webhooks(stage), ["https://app.test/voice"])
    deepStrictEqual(webhooks(writes(bought(both))), ["https://app.test/sms"])
    const over = stage.when({ ...callHungUpOf(stage), at: 5_000 })
    const [end] = sentBy(over, "callback")
    deepStrictEqual(
      [end?.data.url, end?.data.method, paramsOf(end!).CallStatus],
      ["https://app.test/over", "GET", "no-answer"],
    )
  })

  it("even where the application has none", () => {
    const bare = bought(both, made())
    deepStrictEqual(webhooks(writes(bare)), [])
    deepStrictEqual(lifeOf(rings(bare)), [[0, "failed"]])
  })

  it("until it is deleted: then its own URLs count, and it names none", () => {
    const stage = bought(both).when(call("DELETE", pathOf(first)))
    deepStrictEqual(webhooks(rings(stage)), [own.VoiceUrl])
    deepStrictEqual(webhooks(writes(stage)), [own.SmsUrl])
    const { body } = answerOf(stage.when(call("GET", numberPath)))
    deepStrictEqual([body.sms_application_sid, body.voice_application_sid], ["", ""])
  })

  it("and one that is not its account's is refused, once there was any", () => {
    for (const name of ["SmsApplicationSid", "VoiceApplicationSid"]) {
      deepStrictEqual(refused(bought({ [name]: unknown })), [400, 21218])
      const stage = bought(both)
      deepStrictEqual(refused(stage.when(call("POST", numberPath, { [name]: unknown }))), [400, 21218])
      strictEqual(answerOf(stage.when(call("POST", numberPath, { [name]: "" }))).status, 200)
      strictEqual(answerOf(bought({ [name]: unknown }, twilio())).status, 201)
    }
    deepStrictEqual(webhooks(rings(bought({ VoiceApplicationSid: unknown }, twilio()))), [own.VoiceUrl])
  })

  it("and all of it is in a snapshot", () => {
    const { save, load } = twilioMachine.snapshot!
    const before = bought(both).world.slice(twilioMachine)
    deepStrictEqual(load(structuredClone([...save(before)])).applications, before.applications)
  })
})

const callHungUpOf = (stage: Stage) => ({
  type: "call.hung-up",
  subject: entriesOf(stage).find(callCreated.is)?.subject ?? "",
  data: {},
})
