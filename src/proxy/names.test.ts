import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { authorityShown, parseAuthority, simulatedName } from "./names.ts"

describe("Simulated names", () => {
  it("are hosts below twilio.com, in lower case and without the root's dot", () => {
    for (const [host, name] of [
      ["api.twilio.com", "api.twilio.com"],
      ["API.Twilio.COM.", "api.twilio.com"],
      ["api.dublin.ie1.twilio.com", "api.dublin.ie1.twilio.com"],
      ["xn--bcher-kva.twilio.com", "xn--bcher-kva.twilio.com"],
    ] as const)
      strictEqual(simulatedName(host), name)
  })

  it("are no others, and nothing that is no host name", () => {
    for (const host of [
      "",
      "twilio.com",
      ".twilio.com",
      "-.twilio.com",
      "a..twilio.com",
      "api.twilio.com..",
      "*.twilio.com",
      "nottwilio.com",
      "api.twilio.com.evil.example",
      "api.twilio.com\0",
      "api.twilio.com\n",
      "api.twilio.com:443",
      "a b.twilio.com",
      "bücher.twilio.com",
      "_x.twilio.com",
      `${"a".repeat(64)}.twilio.com`,
      `${"a.".repeat(130)}twilio.com`,
    ])
      strictEqual(simulatedName(host), undefined, JSON.stringify(host))
  })
})

describe("Authorities", () => {
  it("are a host and a port", () => {
    deepStrictEqual(parseAuthority("API.twilio.com:443"), { host: "api.twilio.com", port: 443 })
    deepStrictEqual(parseAuthority("[::1]:8080"), { host: "::1", port: 8080 })
    deepStrictEqual(parseAuthority("a.example", 80), { host: "a.example", port: 80 })
    strictEqual(authorityShown({ host: "::1", port: 1 }), "[::1]:1")
  })

  it("are nothing else", () => {
    for (const text of [
      "",
      ":1",
      "a",
      "a:",
      "a:0",
      "a:65536",
      "a:x",
      "a:1:2",
      "a/b:1",
      "u@a:1",
      "[::1:1",
      "[x]:1",
      "a b:1",
      "a%00:1",
    ])
      strictEqual(parseAuthority(text), undefined, text)
  })
})
