import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import twilio from "twilio"
import { seeded } from "../../../test/support/seeded.ts"
import { H, P, rest, U } from "../../../test/support/signatures.ts"
import type { Pair } from "../../core/pair.ts"
import { isSigned } from "./signatureCheck.ts"

const token = Redacted.make("12345")
/* Vectors of the official SDKs' own tests, token 12345, for URLs that stand with their port or without: either has to do. */
const vectors: ReadonlyArray<readonly [n: number, url: string, params: ReadonlyArray<Pair>, signature: string]> = [
  [1, U, P, "RSOYDt4T1cUTdK1PDd93/VVr8B8="],
  [1, `https://mycompany.com:443${rest}`, P, "RSOYDt4T1cUTdK1PDd93/VVr8B8="],
  [1, `https://mycompany.com:1234${rest}`, P, "RSOYDt4T1cUTdK1PDd93/VVr8B8="],
  [1, `HTTPS://MyCompany.com${rest}`, P, "RSOYDt4T1cUTdK1PDd93/VVr8B8="],
  [1, `${U}#rc=2`, P, "RSOYDt4T1cUTdK1PDd93/VVr8B8="],
  [2, U, P, "kvajT1Ptam85bY51eRf/AJRuM3w="],
  [3, `http://mycompany.com:1234${rest}`, P, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="],
  [4, `http://mycompany.com${rest}`, P, "0ZXoZLH/DfblKGATFgpif+LLRf4="],
  [5, `https://user:pass@mycompany.com${rest}`, P, "CukzLTc1tT5dXEDIHm/tKBanW10="],
  [6, `https://user:pass@mycompany.com${rest}`, P, "ZQFR1PTIZXF2MXB8ZnKCvnnA+rI="],
  [7, `https://user@mycompany.com:443${rest}`, P, "2YRLlVAflCqxaNicjMpJcSTgzSs="],
  [8, `https://user@mycompany.com${rest}`, P, "aZfj4hyX1MLZhSS6QIL18Vn2/RA="],
  [9, `${U}&Body=It's+amazing`, P, "TfZzewPq8wqrGlMfyAud8+/IvJ0="],
  [12, `${U}&bodySHA256=${H}`, [], "a9nBmqA0ju/hNViExpshrM61xv4="],
  [
    14,
    `${U}&bodySHA256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a`,
    [],
    "Ldidvp12m26NI7eqEvxnEpkd9Hc=",
  ],
  [15, U, [], "zYQTYrRWXE7LtzbG4PfP7/bkkGo="],
  [21, "https://mycompany.com/webhook/España?año=2023", P, "G/Hx6mqqnjUNlPAoi2Sp9bGst0g="],
  [27, U.replace("mycompany", "MyCompany"), P, "g9IN/x4Cft2g517EjYvEvM/W7LU="],
]

const [, , , right] = vectors[0]!

describe("A signature", () => {
  it.each(vectors)("of vector %i is known for %s", (_, url, params, signature) =>
    strictEqual(isSigned([token], { url, params }, signature), true),
  )
  it("of another token, URL or form is not", () => {
    strictEqual(isSigned([Redacted.make("12346")], { url: U, params: P }, right), false)
    strictEqual(isSigned([token], { url: `${U}&baz=3`, params: P }, right), false)
    strictEqual(isSigned([token], { url: U.replace("https", "http"), params: P }, right), false)
    strictEqual(isSigned([token], { url: U.replace("https://", "https://user@"), params: P }, right), false)
    strictEqual(isSigned([token], { url: U, params: P.slice(1) }, right), false)
    strictEqual(isSigned([token], { url: U, params: [...P, ["Body", ""]] }, right), false)
  })
  it.each([
    "",
    " ",
    right.slice(0, -1),
    `${right}=`,
    ` ${right}`,
    right.toLowerCase(),
    "\u0152SOYDt4T1cUTdK1PDd93/VVr8B8=",
    "RSOYDt4T1cUTdK1PDd93_VVr8B8=",
    "x".repeat(100_000),
  ])("is none: %j", (signature) => strictEqual(isSigned([token], { url: U, params: P }, signature), false))

  it("of any of several tokens is known", () => {
    const tokens = [Redacted.make("new"), token]
    strictEqual(isSigned(tokens, { url: U, params: P }, right), true)
    strictEqual(isSigned([Redacted.make("new")], { url: U, params: P }, right), false)
    strictEqual(isSigned([], { url: U, params: P }, right), false)
  })
  it("of what is no URL is judged all the same", () =>
    strictEqual(isSigned([token], { url: "no url", params: [] }, right), false))

  const piece = FastCheck.oneof(
    FastCheck.string({ maxLength: 12 }),
    FastCheck.string({ unit: "grapheme", maxLength: 8 }),
  )
  const params = FastCheck.dictionary(FastCheck.stringMatching(/^[A-Za-z]\w{0,8}$/), piece, { maxKeys: 8 })
  const url = FastCheck.record({
    scheme: FastCheck.constantFrom("http", "https"),
    user: FastCheck.constantFrom("", "user:pass@", "user@"),
    host: FastCheck.constantFrom("a.example", "127.0.0.1", "[::1]", "MyCompany.example"),
    port: FastCheck.constantFrom("", ":80", ":443", ":8080"),
    path: FastCheck.constantFrom("", "/", "/sms", "/a%20b/c"),
    query: FastCheck.constantFrom("", "?a=1&b=2", "?x=%27y%27"),
  }).map(({ host, path, port, query, scheme, user }) => ({
    url: `${scheme}://${user}${host}${port}${path}${query}`,
    portless: `${scheme}://${user}${host}${path}${query}`,
    standard: `${scheme}://${user}${host}:${scheme === "https" ? 443 : 80}${path}${query}`,
  }))
  it.prop(
    "by Twilio's own library is known, with the port and without it",
    [url, params],
    ([urls, form]) => {
      const pairs = Object.entries(form)
      const { getExpectedTwilioSignature } = twilio
      for (const signed of [urls.url, urls.portless]) {
        const signature = getExpectedTwilioSignature("12345", signed, form)
        strictEqual(isSigned([token], { url: urls.url, params: pairs }, signature), true)
      }
      const signature = getExpectedTwilioSignature("12345", urls.standard, form)
      strictEqual(isSigned([token], { url: urls.portless, params: pairs }, signature), true)
      strictEqual(
        isSigned([token], { url: `${urls.url}${urls.url.includes("?") ? "&" : "?"}z`, params: pairs }, signature),
        false,
      )
    },
    seeded,
  )
})
