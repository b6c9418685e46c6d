import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type { Stage } from "../../../../test/support/given.ts"
import { account, answerOf, auth, call, fine, messagesPath, started, twilio } from "../../../../test/support/twilio.ts"
import { sid as sidOf } from "../../../core/chance.ts"
import { type ApiRequested, settingsChanged } from "../../../core/entries.ts"
import { subaccountTokenSecret } from "../settings.ts"
import { numberBought, numberReleased, numberUpdated } from "./entries.ts"

const numbersOf = (sid: string) => `/2010-04-01/Accounts/${sid}/IncomingPhoneNumbers.json`
const numbers = numbersOf(account)
const pathOf = (sid: string, of = account) => numbersOf(of).replace(".json", `/${sid}.json`)
const bought = sidOf("PN", 1, 0)
const number = "+14155550123"
const named = "+15550000001"
const namedSid = sidOf("PN", 1, 15550000001)
const codes = numbers.replace("IncomingPhoneNumbers", "SMS/ShortCodes")
const codeSid = sidOf("SC", 1, 12345)
const sub = sidOf("AC", 1, 0)
const subAuth: ApiRequested["auth"] = { password: { secret: subaccountTokenSecret(sub) }, user: sub }

const buy = (fields: Record<string, string> = {}, path = numbers, shown = auth) =>
  call("POST", path, { PhoneNumber: number, ...fields }, shown)
const answers = (stage: Stage) => {
  const { body, status } = answerOf(stage)
  return [status, body?.code]
}
const listed = (stage: Stage, fields: Record<string, string> = {}, path = numbers, shown = auth) =>
  answerOf(stage.when(call("GET", path, fields, shown))).body.incoming_phone_numbers.map(
    ({ phone_number }: { phone_number: string }) => phone_number,
  )

describe("a number that is bought", () => {
  it("belongs to the account, set up as it said, the rest by default", () => {
    const stage = twilio().when(buy({ SmsUrl: "https://app.test/sms", SmsMethod: "get", VoiceCallerIdLookup: "true" }))
    deepStrictEqual(stage.made[1]?.entry.type, numberBought.type)
    deepStrictEqual(stage.made[1]?.entry.data, {
      account_sid: account,
      config: { sms_method: "GET", sms_url: "https://app.test/sms", voice_caller_id_lookup: true },
      phone_number: number,
    })
    const { body, status } = answerOf(stage)
    strictEqual(status, 201)
    deepStrictEqual(
      [body.sid, body.phone_number, body.friendly_name, body.sms_url, body.sms_method, body.voice_url, body.type],
      [bought, number, "(415) 555-0123", "https://app.test/sms", "GET", null, "local"],
    )
    deepStrictEqual(body.capabilities, { voice: true, sms: true, mms: true, fax: false })
    strictEqual(answerOf(twilio().when(buy())).body.sms_url, "")
    deepStrictEqual(answerOf(stage.when(call("GET", pathOf(bought)))).body, body)
  })

  it.each([
    [{ PhoneNumber: "banana" }, 400, 21421],
    [{ PhoneNumber: "" }, 400, 21421],
    [{ PhoneNumber: named }, 400, 21422],
    [{ PhoneNumber: "", AreaCode: "911" }, 400, 21452],
    [{ PhoneNumber: "", AreaCode: "800" }, 400, 21452],
    [{ SmsUrl: "no url" }, 400, 21402],
    [{ VoiceUrl: `https://app.test/${"x".repeat(4_000)}` }, 400, 21402],
    [{ SmsMethod: "PUT" }, 400, 21403],
    [{ FriendlyName: "x".repeat(65) }, 400, 20002],
    [{ SmsApplicationSid: "AP1" }, 400, 21218],
    [{ TrunkSid: "AP1" }, 400, 20400],
    [{ VoiceCallerIdLookup: "maybe" }, 400, 20400],
    [{ EmergencyStatus: "Asleep" }, 400, 20400],
  ] as const)("is refused with %j", (fields, status, code) => {
    const stage = twilio({ allowed_from_numbers: [named] }).when(buy(fields))
    deepStrictEqual(answers(stage), [status, code])
    strictEqual(stage.made.length, 2)
  })

  it("cannot be bought twice, until it is given back", () => {
    const stage = twilio().when(buy())
    deepStrictEqual(answers(stage.when(buy())), [400, 21422])
    const released = stage.when(call("DELETE", pathOf(bought)))
    strictEqual(answerOf(released).status, 204)
    strictEqual(released.made[1]?.entry.type, numberReleased.type)
    for (const method of ["GET", "POST", "DELETE"])
      deepStrictEqual(answers(released.when(call(method, pathOf(bought)))), [404, 20404])
    strictEqual(answerOf(released.when(buy())).body.sid, sidOf("PN", 1, 1))
  })

  it("in an area code is the first for sale there", () => {
    const one = answerOf(twilio().when(buy({ PhoneNumber: "", AreaCode: "212" }))).body.phone_number
    assertTrue(/^\+1212555\d{4}$/.test(one))
    const stage = twilio().when(buy({ PhoneNumber: one }))
    assertTrue(answerOf(stage.when(buy({ PhoneNumber: "", AreaCode: "212" }))).body.phone_number !== one)
    assertTrue(/^\+1604555/.test(answerOf(twilio().when(buy({ PhoneNumber: "", AreaCode: "604" }))).body.phone_number))
  })

  it("is of its kind", () => {
    const below = (kind: string) => numbers.replace(".json", `/${kind}.json`)
    for (const [kind, PhoneNumber] of [
      ["Local", number],
      ["TollFree", "+18005550100"],
      ["Mobile", "+447700900123"],
    ] as const) {
      const stage = twilio().when(buy({ PhoneNumber }, below(kind)))
      strictEqual(answerOf(stage).status, 201)
      for (const other of ["Local", "TollFree", "Mobile"]) {
        deepStrictEqual(listed(stage, {}, below(other)), other === kind ? [PhoneNumber] : [])
        if (other !== kind) deepStrictEqual(answers(twilio().when(buy({ PhoneNumber }, below(other)))), [400, 21421])
      }
      deepStrictEqual(answers(twilio().when(buy({ PhoneNumber: "", AreaCode: "415" }, below(kind)))), [400, 21421])
    }
  })
})

describe("a number that is set up anew", () => {
  it("changes what is said, and clears what is said to be empty", () => {
    const stage = twilio()
      .when(buy({ SmsUrl: "https://app.test/sms", VoiceUrl: "https://app.test/voice" }))
      .when({ ...call("POST", pathOf(bought), { SmsUrl: "", FriendlyName: "Front desk" }), at: 5_000 })
    deepStrictEqual(stage.made[1]?.entry.type, numberUpdated.type)
    deepStrictEqual(stage.made[1]?.entry.data, { config: { friendly_name: "Front desk", sms_url: "" } })
    const { body } = answerOf(stage)
    deepStrictEqual(
      [body.friendly_name, body.sms_url, body.voice_url, body.date_created, body.date_updated],
      [
        "Front desk",
        "",
        "https://app.test/voice",
        "Thu, 01 Jan 1970 00:00:00 +0000",
        "Thu, 01 Jan 1970 00:00:05 +0000",
      ],
    )
    deepStrictEqual(answerOf(stage.when(call("GET", pathOf(bought)))).body, body)
  })

  it("moves to another account of the same owner, and to no other", () => {
    const stage = twilio().when(call("POST", "/2010-04-01/Accounts.json")).when(buy())
    for (const AccountSid of [sidOf("AC", 1, 5), "x"])
      deepStrictEqual(answers(stage.when(call("POST", pathOf(bought), { AccountSid }))), [403, 20006])
    const moved = stage.when(call("POST", pathOf(bought), { AccountSid: sub }))
    deepStrictEqual(moved.made[1]?.entry.data, { account_sid: sub, config: {} })
    strictEqual(answerOf(moved).body.account_sid, sub)
    deepStrictEqual(answers(moved.when(call("GET", pathOf(bought)))), [404, 20404])
    strictEqual(answerOf(moved.when(call("GET", pathOf(bought, sub), {}, subAuth))).body.phone_number, number)
    const back = call("POST", pathOf(bought, sub), { AccountSid: account }, subAuth)
    deepStrictEqual(answers(moved.when(back)), [403, 20006])
    strictEqual(answerOf(moved.when(call("POST", pathOf(bought, sub), { AccountSid: account }))).status, 200)
  })
})

describe("numbers that settings name", () => {
  const stage = twilio({ allowed_from_numbers: [named, "12345", "ACME"] })

  it("belong to the run's own account, with SIDs that follow from themselves", () => {
    deepStrictEqual(listed(stage), [named])
    strictEqual(answerOf(stage.when(call("GET", pathOf(namedSid)))).body.phone_number, named)
    deepStrictEqual(
      answerOf(stage.when(call("GET", codes))).body.short_codes.map(({ sid }: { sid: string }) => sid),
      [codeSid],
    )
  })

  it("shift no SID of a bought one, in whatever order they are named", () => {
    strictEqual(answerOf(stage.when(buy())).body.sid, bought)
    const turned = twilio({ allowed_from_numbers: ["ACME", "12345", named] })
    strictEqual(answerOf(turned.when(call("GET", pathOf(namedSid)))).status, 200)
  })

  it("go when they are named no longer, and come back the same", () => {
    const { settings } = started({ allowed_from_numbers: ["+15550000002"] }).data as { settings: never }
    const gone = twilio({ allowed_from_numbers: [named] }).when(settingsChanged.draft("", { settings }))
    deepStrictEqual(listed(gone), ["+15550000002"])
    const { settings: before } = started({ allowed_from_numbers: [named] }).data as { settings: never }
    const back = gone.when(settingsChanged.draft("", { settings: before }))
    deepStrictEqual(listed(back), [named])
    strictEqual(answerOf(back.when(call("GET", pathOf(namedSid)))).status, 200)
  })

  it("that were given back are not theirs any more, also after a restart", () => {
    const { settings } = started({ allowed_from_numbers: [named, "12345"] }).data as { settings: never }
    const released = twilio({ allowed_from_numbers: [named, "12345"] }).when(call("DELETE", pathOf(namedSid)))
    for (const one of [released, released.when(settingsChanged.draft("", { settings }))]) {
      deepStrictEqual(listed(one), [])
      deepStrictEqual(answers(one.when(call("POST", messagesPath, Object.fromEntries(fine)))), [400, 21606])
    }
  })
})

describe("a short code", () => {
  const stage = twilio({ allowed_from_numbers: ["12345"] })
  const path = codes.replace(".json", `/${codeSid}.json`)

  it("can be fetched, found and set up", () => {
    const updated = stage.when(call("POST", path, { SmsUrl: "https://app.test/", FriendlyName: "Votes" }))
    const { body } = answerOf(updated)
    deepStrictEqual([body.short_code, body.sms_url, body.friendly_name], ["12345", "https://app.test/", "Votes"])
    deepStrictEqual(answerOf(updated.when(call("GET", path))).body, body)
    for (const [fields, count] of [
      [{ ShortCode: "12345" }, 1],
      [{ ShortCode: "1234" }, 0],
      [{ FriendlyName: "Votes" }, 1],
      [{ FriendlyName: "12345" }, 0],
    ] as const)
      strictEqual(answerOf(updated.when(call("GET", codes, fields))).body.short_codes.length, count)
    deepStrictEqual(answers(stage.when(call("POST", path, { SmsMethod: "PUT" }))), [400, 21403])
  })

  it("is no phone number, and a phone number is none", () => {
    deepStrictEqual(answers(stage.when(call("GET", pathOf(codeSid)))), [404, 20404])
    deepStrictEqual(
      answers(stage.when(buy()).when(call("GET", codes.replace(".json", `/${bought}.json`)))),
      [404, 20404],
    )
  })
})

describe("who may send from what", () => {
  const from = (From: string, sid = account, shown = auth) =>
    call("POST", messagesPath.replace(account, sid), { ...Object.fromEntries(fine), From }, shown)

  it("is everyone from everything while settings name no number, whatever is bought", () => {
    for (const one of [number, "+15550000009"]) strictEqual(answerOf(twilio().when(buy()).when(from(one))).status, 201)
  })

  it("is the owner: of what settings name and of what is bought, as long as it is there", () => {
    const stage = twilio({ allowed_from_numbers: [named] })
    deepStrictEqual(answers(stage.when(from(number))), [400, 21606])
    const owner = stage.when(buy())
    strictEqual(answerOf(owner.when(from("(415) 555-0123"))).status, 201)
    strictEqual(answerOf(owner.when(from(named))).status, 201)
    deepStrictEqual(answers(owner.when(call("DELETE", pathOf(bought))).when(from(number))), [400, 21606])
  })

  it("is a subaccount from its own numbers alone, and its owner not from these", () => {
    const stage = twilio({ allowed_from_numbers: [named], from_not_owned_code: 21660 })
      .when(call("POST", "/2010-04-01/Accounts.json"))
      .when(buy({}, numbersOf(sub), subAuth))
    strictEqual(answerOf(stage.when(from(number, sub, subAuth))).status, 201)
    const refused = answerOf(stage.when(from(named, sub, subAuth)))
    deepStrictEqual([refused.status, refused.body.code], [400, 21660])
    strictEqual(refused.body.message, `Mismatch between the 'From' number ${named} and the account ${sub}`)
    deepStrictEqual(answers(stage.when(from(number))), [400, 21660])
  })
})

describe("the list of numbers", () => {
  const stage = twilio()
    .when(buy({ FriendlyName: "One" }))
    .when(buy({ PhoneNumber: "+12125550199" }))
    .when(buy({ PhoneNumber: "+442079460123" }))

  it("is newest first, filtered by name, digits, origin and kind", () => {
    const all = ["+442079460123", "+12125550199", number]
    deepStrictEqual(listed(stage), all)
    for (const [fields, wanted] of [
      [{ FriendlyName: "One" }, [number]],
      [{ FriendlyName: "(212) 555-0199" }, ["+12125550199"]],
      [{ PhoneNumber: "+1212" }, ["+12125550199"]],
      [{ PhoneNumber: "555012*" }, [number]],
      [{ Beta: "true" }, []],
      [{ Beta: "false" }, all],
      [{ Origin: "hosted" }, []],
      [{ Origin: "twilio" }, all],
    ] as const)
      deepStrictEqual(listed(stage, fields), [...wanted])
  })

  it("goes on behind an item that is gone meanwhile", () => {
    const first = answerOf(stage.when(call("GET", numbers, { PageSize: "1" }))).body
    const PageToken = new URL(first.next_page_uri, "http://x").searchParams.get("PageToken") ?? ""
    const gone = stage.when(call("DELETE", pathOf(first.incoming_phone_numbers[0].sid)))
    deepStrictEqual(listed(gone, { PageSize: "1", PageToken }), ["+12125550199"])
  })
})
