import { describe, it } from "@effect/vitest"
import { assertInclude, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import {
  account,
  answerOf,
  asked,
  auth,
  fine,
  get,
  messagePath,
  messagesPath,
  twilio,
} from "../../../test/support/twilio.ts"
import { sid as sidOf } from "../../core/chance.ts"
import { type ApiRequested, apiRequested, type NotKept, turnFailed } from "../../core/entries.ts"

const { password, user } = auth as Extract<typeof auth, { user: unknown }>
const stranger = `AC${"0".repeat(32)}`
const open = { validation: { require_auth: false } }

const wrong: ReadonlyArray<readonly [what: string, auth: ApiRequested["auth"] | "none"]> = [
  ["no credentials", "none"],
  ["credentials that cannot be read", { malformed: true }],
  ["a wrong token", { password: { fingerprint: "0123456789abcdef" }, user }],
  ["another secret", { password: { secret: "server.admin_token" }, user }],
  ["another account", { password, user: stranger }],
  ["a key of the account", { password, user: `SK${"0".repeat(32)}` }],
  ["a user that is no SID", { password, user: { fingerprint: "0123456789abcdef" } }],
]

describe("credentials", () => {
  it.each(wrong)("are asked for: %s", (_, shown) => {
    for (const path of [messagesPath, messagePath("SM1")])
      for (const method of ["GET", "POST", "DELETE", "HEAD", "PUT"]) {
        const { body, status } = answerOf(twilio().when(asked({ auth: shown, method, path, params: fine })))
        deepStrictEqual(
          [status, body],
          [
            401,
            {
              code: 20003,
              detail: "Your AccountSid or AuthToken was incorrect.",
              message: "Authenticate",
              more_info: "https://www.twilio.com/docs/errors/20003",
              status: 401,
            },
          ],
        )
      }
  })

  it.each(wrong)("are not asked for when that is switched off: %s", (_, shown) =>
    strictEqual(answerOf(twilio(open).when(asked({ auth: shown, params: fine }))).status, 201),
  )

  it("are those of the account in the path", () => {
    const path = `/2010-04-01/Accounts/${stranger}/Messages.json`
    strictEqual(answerOf(twilio().when(asked({ path }))).status, 401)
    strictEqual(answerOf(twilio({ account_sid: stranger }).when(asked({ path }))).status, 401)
    const own = asked({ auth: { password, user: stranger }, params: fine, path })
    strictEqual(answerOf(twilio({ account_sid: stranger }).when(own)).body.account_sid, stranger)
  })

  it("are not asked for where nothing is", () =>
    strictEqual(answerOf(twilio().when(asked({ auth: "none", path: "/" }))).status, 404))
})

describe("paths", () => {
  it.each([
    "/",
    "",
    "/2010-04-01",
    "/2010-04-01/Accounts",
    `/2010-04-01/Accounts/${account}`,
    "/v1/Services/",
    "/v1/Services/MG1/PhoneNumbers/PN1/x",
    "/v3/Services",
    `/2010-04-01/Accounts/${account}/Messages`,
    `/2010-04-01/Accounts/${account}/Messages.xml`,
    `/2010-04-01/Accounts/${account}/messages.json`,
    `/2010-04-01/Accounts/${account}/Messages.json/`,
    `/2010-04-01/Accounts/${account}/Messages/.json`,
    `/2010-04-01/Accounts/${account}/Messages/SM1/Calls.json`,
    `/2010-04-01/Accounts//Messages.json`,
    `//2010-04-01/Accounts/${account}/Messages.json`,
    `/x/2010-04-01/Accounts/${account}/Messages.json`,
    `/2010-04-01/Accounts/${account}/Messages.json\n`,
    "/__proto__",
    "/\u0000\ud83d",
  ])("%j is not found, whatever the method", (path) => {
    for (const method of ["GET", "POST", "PATCH"]) {
      const { body, status } = answerOf(twilio().when(asked({ method, path, params: fine })))
      deepStrictEqual([status, body.code, body.message], [404, 20404, `The requested resource ${path} was not found`])
    }
  })

  it("that are long are told again in part", () => {
    const { body } = answerOf(twilio().when(get(`/${"x".repeat(16_000)}`)))
    strictEqual(body.message.length < 1_000, true)
  })
})

describe("methods", () => {
  it.each([
    "DELETE",
    "PUT",
    "PATCH",
    "OPTIONS",
    "TRACE",
    "get",
    "",
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
  ])("%j is not allowed on the list", (method) => {
    const { body, status } = answerOf(twilio().when(asked({ method, params: fine })))
    deepStrictEqual([status, body.code], [405, 20004])
  })

  it.each(["PUT", "PATCH", "constructor"])("%j is not allowed on a message", (method) => {
    const path = messagePath(sidOf("SM", 1, 0))
    strictEqual(answerOf(twilio().when(asked({ method, path }))).body.code, 20004)
  })

  it("HEAD is answered as GET is", () => {
    const sent = twilio().when(asked({ params: fine }))
    for (const path of [messagesPath, messagePath(sidOf("SM", 1, 0))]) {
      const { text } = answerOf(sent.when(get(path)))
      deepStrictEqual(answerOf(sent.when(asked({ method: "HEAD", path }))).text, text)
    }
  })
})

describe("a body that could not be read", () => {
  const refused = (why: NotKept["why"], more: Partial<ApiRequested> = {}) =>
    asked({ body: { length: 9, sha256: "0".repeat(64), why }, ...more })
  const reading = (reason: string) => `The request could not be read: ${reason}`

  it.each([
    ["too-large", 413, 20413, "The request body is larger than 65536 bytes"],
    ["not-a-form", 415, 20415, "The content type application/json is not supported; send a form"],
    ["bad-encoding", 400, 20400, reading("the parameters hold a broken percent-encoding or bytes that are no UTF-8")],
    ["too-many-parameters", 400, 20400, reading("there are more than 1000 parameters")],
  ] as const)("(%s) is answered %i", (why, status, code, message) => {
    const headers = why === "not-a-form" ? { headers: [["content-type", "application/json"]] as const } : {}
    const answer = answerOf(twilio().when(refused(why, headers)))
    deepStrictEqual([answer.status, answer.body.code, answer.body.message], [status, code, message])
  })

  it("is told of before what it does not hold, and after the credentials", () => {
    strictEqual(answerOf(twilio().when(refused("too-large", { params: [] }))).body.code, 20413)
    strictEqual(
      answerOf(
        twilio().when({
          ...refused("too-large"),
          data: { ...(refused("too-large").data as object), auth: { malformed: true } },
        }),
      ).body.code,
      20003,
    )
  })

  it("of a method that is not allowed does not matter", () =>
    strictEqual(answerOf(twilio().when(refused("too-large", { method: "DELETE" }))).body.code, 20004))

  it("without a content type says so", () =>
    assertInclude(answerOf(twilio().when(refused("not-a-form"))).body.message, "The content type  is not supported"))
})

describe("requests of another API", () => {
  it("are not answered here", () =>
    twilio()
      .when(asked({ api: "gateway" }))
      .then())
})

describe("a request on which a rule threw", () => {
  const failed = (type: string, data: unknown) =>
    turnFailed.draft("SM1", { error: "a rule threw", input: { cause: 0, data, subject: "SM1", type } })

  it("is answered 500", () => {
    const stage = twilio().when(failed(apiRequested.type, { api: "twilio" }))
    const { data, subject, type } = stage.made[1]!.entry
    deepStrictEqual([stage.made.length, type, subject], [2, "api.responded", "SM1"])
    const { body, status } = data as { body: string; status: number }
    deepStrictEqual([status, JSON.parse(body).code], [500, 20500])
  })

  it("is not answered here when it was of another API, or was no request", () => {
    twilio()
      .when(failed(apiRequested.type, { api: "gateway" }))
      .then()
    twilio()
      .when(failed("timer.fired", { key: "x" }))
      .then()
  })

  it("is not answered twice when its data was too large to repeat", () =>
    twilio()
      .when(failed(apiRequested.type, { length: 1, sha256: "0" }))
      .then())
})
