import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Redacted from "effect/Redacted"
import { memoryKeys } from "../../log/Keys.ts"
import { answerHeaders, fillHoles, twilioSigns } from "./door.ts"
import { apiKeySecret, authTokenSecret, subaccountTokenSecret } from "./settings.ts"

const keysOf = () => {
  const keys = memoryKeys("key")
  keys.remember(authTokenSecret, Redacted.make("t0ken"))
  return keys
}
const key = `SK${"0".repeat(32)}`

describe("the holes of an answer", () => {
  it("are filled with secrets, made when they are first told", () => {
    const keys = keysOf()
    const fill = fillHoles(keys, undefined)
    strictEqual(fill(`{"auth_token":{"secret":"${authTokenSecret}"}}`, "a.test"), `{"auth_token":"t0ken"}`)
    const told = JSON.parse(fill(`{"secret":{"secret":"${apiKeySecret(key)}"}}`, "a.test")).secret
    assertTrue(/^[0-9a-f]{32}$/.test(told))
    strictEqual(JSON.parse(fill(`{"secret":{"secret":"${apiKeySecret(key)}"}}`, "a.test")).secret, told)
    strictEqual(Redacted.value(keys.make(apiKeySecret(key))), told)
  })

  it.each([
    [undefined, "127.0.0.1:8080", "http://127.0.0.1:8080/v1/Services"],
    [undefined, "[::1]:8080", "http://[::1]:8080/v1/Services"],
    [undefined, 'evil"host', "http://localhost/v1/Services"],
    [undefined, undefined, "http://localhost/v1/Services"],
    ["https://sms.example", "127.0.0.1:8080", "https://sms.example/v1/Services"],
    ["https://user:pass@sms.example/twilio/", "127.0.0.1:8080", "https://sms.example/twilio/v1/Services"],
  ] as const)("are filled with URLs: public URL %s, Host %s", (publicUrl, host, wanted) =>
    deepStrictEqual(JSON.parse(fillHoles(keysOf(), publicUrl)(`{"url":{"url":"/v1/Services"}}`, host)), {
      url: wanted,
    }),
  )

  it("are no texts that look like one", () => {
    const body = JSON.stringify({ friendly_name: `{"secret":"${authTokenSecret}"}`, other: '{"url":"/x"}' })
    strictEqual(fillHoles(keysOf(), undefined)(body, "a.test"), body)
  })

  it("never tell other secrets", () => {
    const keys = keysOf()
    keys.remember("userinfo-1", Redacted.make("hidden"))
    const body = `{"a":{"secret":"userinfo-1"}}`
    strictEqual(fillHoles(keys, undefined)(body, "a.test"), body)
  })
})

describe("the date of an answer", () => {
  const dateOf = (at?: number) => {
    const headers = answerHeaders({ body: "", status: 200, hash: "", concurrent: 1, at })
    return headers.includes("Date") ? headers[headers.indexOf("Date") + 1] : undefined
  }
  it("is that of its entry, to the second, also when it is not later than the one before", () =>
    deepStrictEqual(
      [0, 999, 1_000, Date.UTC(2026, 0, 1), 0].map(dateOf),
      ["00:00:00", "00:00:00", "00:00:01"]
        .map((time) => `Thu, 01 Jan 1970 ${time} GMT`)
        .concat("Thu, 01 Jan 2026 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ))
  it("is left to the host where there is no entry", () => strictEqual(dateOf(), undefined))
})

describe("who signs", () => {
  const request = {
    attempt: 1,
    method: "POST",
    params: [],
    purpose: "callback",
    timeout_ms: 1,
    token: "x",
    url: "http://a.test/",
    via: "wire",
  } as const
  const signature = (name: string, keys = keysOf()) => {
    const signs = twilioSigns(keys)(name)
    return signs === undefined ? undefined : signs(request, request.url)["X-Twilio-Signature"]
  }

  it("is the run's own account, or a subaccount with its own token", () => {
    const sub = `AC${"1".repeat(32)}`
    const keys = keysOf()
    keys.remember(subaccountTokenSecret(sub), Redacted.make("t0ken"))
    assertTrue(signature("twilio") !== undefined)
    strictEqual(signature(`twilio ${sub}`, keys), signature("twilio"))
    assertTrue(signature(`twilio AC${"2".repeat(32)}`) !== signature("twilio"))
  })

  it("is nobody by another name", () => {
    for (const name of ["", "acme", "twilio x", "twilio SK1"]) strictEqual(twilioSigns(keysOf())(name), undefined)
  })
})
