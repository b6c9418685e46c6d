import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { aboutOf, paramsOf, pathOf } from "../../src/core/traffic/about.ts"
import type { RecordedExchange } from "../../src/core/traffic/RecordedExchange.ts"

const sid = (kind: string, n = 1) => `${kind}${String(n).padStart(32, "0")}`
const account = `https://api.twilio.com/2010-04-01/Accounts/${sid("AC")}`

const exchange = (
  direction: RecordedExchange["direction"],
  url: string,
  form = "",
  answer = "",
): Omit<RecordedExchange, "about"> => ({
  answer: { body: { text: answer }, headers: [], status: 200 },
  at: 0,
  direction,
  n: 1,
  request: {
    body: { text: form },
    headers: [["content-type", "application/x-www-form-urlencoded; charset=utf-8"]],
    method: "POST",
    url,
  },
  took: 0,
})

describe("What an exchange is about", () => {
  for (const [what, found, expected] of [
    [
      "what a request makes",
      exchange("api", `${account}/Messages.json`, "", `{"a":{"sid":"x"},"sid":"${sid("SM")}"}`),
      sid("SM"),
    ],
    ["the message it asks for", exchange("api", `${account}/Messages/${sid("MM")}/Media/${sid("ME")}.json`), sid("MM")],
    [
      "the call, whatever is made of it",
      exchange("api", `${account}/Calls/${sid("CA")}/Recordings.json`, "", `{"sid":"${sid("RE")}"}`),
      sid("CA"),
    ],
    [
      "the service of a list",
      exchange("api", `https://verify.twilio.com/v2/Services/${sid("VA")}/Verifications`, "", "{}"),
      sid("VA"),
    ],
    [
      "nothing, of a list of messages",
      exchange("api", `${account}/Messages.json`, "", `{"messages":[{"sid":"${sid("SM")}"}]}`),
      "",
    ],
    [
      "the message of a webhook",
      exchange("webhook", "https://app.test/x", `AccountSid=${sid("AC")}&MessageSid=${sid("SM", 2)}`),
      sid("SM", 2),
    ],
    ["the call of a webhook by GET", exchange("webhook", `https://app.test/x?CallSid=${sid("CA", 3)}`), sid("CA", 3)],
    ["nothing, of a webhook that names none", exchange("webhook", "https://app.test/x", "MessageSid=none"), ""],
  ] as const)
    it(`is ${what}`, () => strictEqual(aboutOf(found), expected))
})

describe("Of a request", () => {
  it("the parameters are those of its query, then those of its form", () => {
    deepStrictEqual(paramsOf(exchange("api", "https://a.test/x?To=%2B1&To=2#To=3", "Body=a+b&To=%zz").request), [
      ["To", "+1"],
      ["To", "2"],
      ["Body", "a b"],
      ["To", "%zz"],
    ])
  })
  it("the path is what stands behind the host", () => {
    for (const [url, path] of [
      ["https://a.test", "/"],
      ["https://a.test?x=/y", "/"],
      ["http://a.test:80/x/y.json?z#f", "/x/y.json"],
    ] as const)
      strictEqual(pathOf(url), path)
  })
})
