import { describe, it } from "@effect/vitest"
import { assertTrue, strictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import twilio from "twilio"
import { H, P, rest, U } from "../../test/support/signatures.ts"
import type { Pair } from "./pair.ts"
import { sign, signedForm } from "./signature.ts"

const token = "12345"
const conference: ReadonlyArray<Pair> = [...P, ["ReasonConferenceEnded", "test"], ["Reason", "Participant"]]

/*
 * Vectors of the official SDKs' own tests (node, python, ruby, php, java, C#, go; April to August 2026), token 12345.
 * All of them are settled by URL and parameters. Those with bodySHA256 also compare the body's hash with the URL's,
 * which is the validator's business and not part of signing.
 */
const vectors: ReadonlyArray<readonly [n: number, url: string, params: ReadonlyArray<Pair>, signature: string]> = [
  [1, U, P, "RSOYDt4T1cUTdK1PDd93/VVr8B8="],
  [2, `https://mycompany.com:443${rest}`, P, "kvajT1Ptam85bY51eRf/AJRuM3w="],
  [3, `http://mycompany.com:1234${rest}`, P, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="],
  [4, `http://mycompany.com:80${rest}`, P, "0ZXoZLH/DfblKGATFgpif+LLRf4="],
  [5, `https://user:pass@mycompany.com${rest}`, P, "CukzLTc1tT5dXEDIHm/tKBanW10="],
  [6, `https://user:pass@mycompany.com:443${rest}`, P, "ZQFR1PTIZXF2MXB8ZnKCvnnA+rI="],
  [7, `https://user@mycompany.com${rest}`, P, "2YRLlVAflCqxaNicjMpJcSTgzSs="],
  [8, `https://user@mycompany.com:443${rest}`, P, "aZfj4hyX1MLZhSS6QIL18Vn2/RA="],
  [9, `${U}&Body=It%27s+amazing`, P, "TfZzewPq8wqrGlMfyAud8+/IvJ0="],
  [
    10,
    U,
    [
      ["MessagingBinding.Address", "+1415xxxxxxx"],
      ["MessagingBinding.Address", "+1325xxxxxxx"],
    ],
    "83O6e2vORAoJHUNzJjDWN1jz+BA=",
  ],
  [
    11,
    U,
    [
      ["Sid", "CA123"],
      ["SidAccount", "AC123"],
      ["Digits", "5678"],
      ["Digits", "1234"],
      ["Digits", "1234"],
    ],
    "IK+Dwps556ElfBT0I3Rgjkr1wJU=",
  ],
  [12, `${U}&bodySHA256=${H}`, [], "a9nBmqA0ju/hNViExpshrM61xv4="],
  [13, `https://mycompany.com/myapp.php?bodySHA256=${H}`, [], "y77kIzt2vzLz71DgmJGsen2scGs="],
  [
    14,
    `https://mycompany.com:443${rest}&bodySHA256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a`,
    [],
    "Ldidvp12m26NI7eqEvxnEpkd9Hc=",
  ],
  [15, U, [], "zYQTYrRWXE7LtzbG4PfP7/bkkGo="],
  [16, "https://mycompany.com/myapp.php", P, "1xaxFBvyzXYvWplzNOSs28HWO94="],
  [17, "https://mycompany.com/myapp.php?foo=hello%20world&bar=test%2Bvalue", P, "er2tvAP1Wx+iuTTE2BPgvEaN1cs="],
  [
    18,
    U,
    [
      ["Message", "Hello & goodbye! @#$%^*()"],
      ["From", "+1 (415) 867-5309"],
      ["Special", "unicode: ñáéíóú"],
    ],
    "dCPiR4WtQ6QFN6pJh81CtlCcWLQ=",
  ],
  [
    19,
    U,
    [
      ["Digits", ""],
      ["CallSid", "CA1234567890ABCDE"],
      ["EmptyParam", ""],
    ],
    "9HHp/OqQMEwdrVebHDdA/+tqjX8=",
  ],
  [
    20,
    U,
    [
      ["Zebra", "last"],
      ["Alpha", "first"],
      ["Beta", "second"],
      ["Gamma", "third"],
    ],
    "enveUe73ZTVLAekHxez3Qx6JuuQ=",
  ],
  [21, "https://mycompany.com/webhook/España?año=2023", P, "G/Hx6mqqnjUNlPAoi2Sp9bGst0g="],
  [
    22,
    U,
    [
      ["callSid", "lowercase"],
      ["CallSid", "uppercase"],
      ["CALLSID", "allcaps"],
    ],
    "jDK7WKT8wiNrwggd4ceTv4e1MJ4=",
  ],
  [23, `https://mycompany.com:443/${rest}`, P, "A9lH3u16NjyiiM/+wylw5rirFUs="],
  [24, U, conference, "vOEb5UThFn24KEfnOFLQY2AE5FY="],
  [25, U.replace("https", "http"), conference, "n2xBNyzSW7rfYStDtOFiFMv7qNo="],
  [
    26,
    U,
    [
      ["property", "value"],
      ["boolean", "true"],
    ],
    "NBdBDr/T/lgjI+tlgpXjKZQZs/k=",
  ],
  [27, U.replace("mycompany", "MyCompany"), P, "g9IN/x4Cft2g517EjYvEvM/W7LU="],
]

/** Parameters as a web framework hands them to the validator: repeated names as lists. */
const asObject = (params: ReadonlyArray<Pair>): Record<string, unknown> => {
  const names = [...new Set(params.map(([name]) => name))]
  const valuesOf = (wanted: string) => params.filter(([name]) => name === wanted).map(([, value]) => value)
  return Object.fromEntries(
    names.map((name) => {
      const values = valuesOf(name)
      return [name, values.length === 1 ? values[0] : values] as const
    }),
  )
}

const piece = FastCheck.oneof(
  FastCheck.string({ maxLength: 12 }),
  FastCheck.string({ unit: "grapheme", maxLength: 8 }),
  FastCheck.constantFrom("it's", "a b", "España", '"', "%27", "100%", "a+b", "", "+15551234567", "😀"),
)
const params = FastCheck.array(FastCheck.tuple(piece, piece), { maxLength: 10 })
const inPath = piece.map((text) => text.replace(/[?#\\/]/g, "-"))
const inQuery = piece.map((text) => text.replace(/[#&=]/g, "-"))
const url = FastCheck.record({
  scheme: FastCheck.constantFrom("http", "https"),
  user: FastCheck.constantFrom("", "user:pass@", "user@"),
  host: FastCheck.constantFrom("localhost", "MyCompany.example", "127.0.0.1", "[::1]"),
  port: FastCheck.constantFrom("", ":3000", ":80", ":443"),
  path: FastCheck.array(inPath, { maxLength: 3 }),
  query: FastCheck.array(FastCheck.tuple(inQuery, inQuery), { maxLength: 3 }),
  fragment: FastCheck.constantFrom("", "#", "#rc=2&rp=all"),
})
  .map(({ scheme, user, host, port, path, query, fragment }) => ({
    configured: `${scheme}://${user}${host}${port}${path.map((part) => `/${part}`).join("")}${query.length === 0 ? "" : "?"}${query.map((pair) => pair.join("=")).join("&")}`,
    fragment,
  }))
  // A URL parser cuts spaces and control characters off the end, but not before a fragment.
  .filter(({ configured }) => configured.slice(-1) > " " && URL.canParse(configured))

describe("the signature", () => {
  it.each(vectors)("equals vector %i", (_, url, params, signature) => strictEqual(sign(token, url, params), signature))

  it("does not depend on the order of the parameters", () =>
    strictEqual(sign(token, U, P.toReversed()), vectors[0]![3]))

  it("leaves the fragment out", () => strictEqual(sign(token, `${U}#rc=2`, P), vectors[0]![3]))

  it.prop(
    "of the signed form is what node's validator accepts for the URL as configured",
    [url, params],
    ([{ configured, fragment }, given]) => {
      const signature = sign(token, signedForm(configured + fragment), given)
      assertTrue(twilio.validateRequest(token, signature, configured, asObject(given)))
    },
  )

  it.prop(
    "of the signed form is what node's validator accepts for the URL as requested",
    [url, params],
    ([{ configured, fragment }, given]) => {
      const requested = signedForm(configured + fragment)
      assertTrue(twilio.validateRequest(token, sign(token, requested, given), requested, asObject(given)))
    },
  )
})

const forms: ReadonlyArray<readonly [url: string, form: string]> = [
  ["http://localhost:3000", "http://localhost:3000/"],
  ["http://localhost:3000/sms", "http://localhost:3000/sms"],
  ["HTTP://LocalHost:3000/Sms", "http://localhost:3000/Sms"],
  ["https://example.com:443/sms", "https://example.com/sms"],
  ["https://example.com/sms?a=it's", "https://example.com/sms?a=it%27s"],
  ["https://example.com/España", "https://example.com/Espa%C3%B1a"],
  ["https://user:pass@example.com/sms", "https://user:pass@example.com/sms"],
  ["https://example.com/sms#rc=2&rp=all", "https://example.com/sms"],
  ["https://example.com/sms?#", "https://example.com/sms?"],
  ["no url#at all", "no url"],
]

describe("the signed form of a URL", () => {
  it.each(forms)("of %s is %s", (url, form) => strictEqual(signedForm(url), form))

  it.prop("is its own signed form", [url], ([{ configured, fragment }]) => {
    const form = signedForm(configured + fragment)
    strictEqual(signedForm(form), form)
  })
})
