import { describe, it } from "@effect/vitest"
import { assertFalse, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import { checkShape } from "../../../test/support/given.ts"
import { seeded, seededRuns } from "../../../test/support/seeded.ts"
import { canonical, sha256 } from "../../core/canonical.ts"
import { encode, genesis } from "../../core/Entry.ts"
import { type ApiRequested, apiRequested, type Pair } from "../../core/entries.ts"
import { limits } from "../../core/limits.ts"
import { memoryKeys } from "../../log/Keys.ts"
import { notKept, type RawRequest } from "../../network/formIn.ts"
import { authTokenSecret } from "./settings.ts"
import { wireIn } from "./wireIn.ts"

const token = "0123456789abcdef0123456789abcdef"
const account = `AC${"a".repeat(32)}`
const formType = "application/x-www-form-urlencoded"

const store = () => {
  const keys = memoryKeys("key")
  keys.remember(authTokenSecret, Redacted.make(token))
  return keys
}
const fingerprint = (text: string) => ({ fingerprint: store().fingerprint(text) })

const raw = (more: Partial<RawRequest> = {}): RawRequest => ({
  method: "POST",
  url: "/x",
  authorization: undefined,
  contentType: formType,
  body: new Uint8Array(0),
  ...more,
})
const read = (more: Partial<RawRequest> = {}): ApiRequested => {
  const data = wireIn(raw(more), store())
  checkShape({ seq: 1, at: 0, cause: 0, kind: "input", type: apiRequested.type, subject: "", data })
  return data
}
const bytes = (text: string) => Buffer.from(text, "utf8")
const basic = (text: string | Uint8Array) => `Basic ${Buffer.from(text as string).toString("base64")}`

describe("the pairs of a form", () => {
  const encoded = (pairs: ReadonlyArray<Pair>) =>
    pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&")
  const text = FastCheck.oneof(
    FastCheck.string({ unit: "grapheme" }),
    FastCheck.constantFrom("Body", "To", "", "a b+c%", "https://user:word@app.example/x?y=z&w"),
  )

  it.prop(
    "are read as from its text",
    [FastCheck.array(FastCheck.tuple(text, text), { maxLength: 6 })],
    ([form]) => deepStrictEqual(read({ form, body: bytes(encoded(form)) }), read({ body: bytes(encoded(form)) })),
    seeded,
  )

  it.each([
    ["many", Array.from({ length: limits.paramsMax + 1 }, (_, i): Pair => [`a${i}`, ""])],
    ["long", [["Body", "\u0001".repeat(limits.entryBytesMax / 6)]] as ReadonlyArray<Pair>],
  ])("are refused as its text is where they are too %s", (_, form) => {
    const refused = read({ form, body: bytes(encoded(form)) })
    assertTrue(refused.body !== undefined)
    deepStrictEqual(refused, read({ body: bytes(encoded(form)) }))
  })
})

describe("credentials", () => {
  const of = (authorization: string | undefined) => read({ authorization }).auth
  const named = { password: { secret: authTokenSecret }, user: account }

  it("with the account's token hold its name", () => deepStrictEqual(of(basic(`${account}:${token}`)), named))

  it.each([
    ["the scheme in small letters", basic(`${account}:${token}`).replace("Basic", "basic")],
    ["several spaces", basic(`${account}:${token}`).replace(" ", "   ")],
    ["spaces around it", `  ${basic(`${account}:${token}`)}\t`],
    ["no padding", basic(`${account}:${token}`).replace(/=+$/, "")],
  ])("are read with %s", (_, authorization) => deepStrictEqual(of(authorization), named))

  it.each([
    ["another token", "another"],
    ["an empty one", ""],
    ["the token cut short", token.slice(1)],
    ["the token and more", `${token}x`],
    ["the token in capitals", token.toUpperCase()],
    ["the token's name", authTokenSecret],
    ["one with colons", "a:b:c"],
    ["one outside ASCII", "pässword😀"],
  ])("with %s hold a fingerprint", (_, password) =>
    deepStrictEqual(of(basic(`${account}:${password}`)), { password: fingerprint(password), user: account }),
  )

  it.each([
    ["an account SID", account, account],
    ["a key SID", `SK${"0".repeat(32)}`, `SK${"0".repeat(32)}`],
    ["an empty one", "", fingerprint("")],
    ["a name", "admin", fingerprint("admin")],
    ["a SID too short", account.slice(1), fingerprint(account.slice(1))],
    ["a SID too long", `${account}a`, fingerprint(`${account}a`)],
    ["a SID and a line's end", `${account}\n`, fingerprint(`${account}\n`)],
    ["a SID of another kind", `US${"0".repeat(32)}`, fingerprint(`US${"0".repeat(32)}`)],
    ["the token itself", token, fingerprint(token)],
  ])("of %s as user", (_, user, kept) =>
    deepStrictEqual(of(basic(`${user}:${token}`)), { password: { secret: authTokenSecret }, user: kept }),
  )

  it.each([
    ["an empty header", ""],
    ["another scheme", `Bearer ${token}`],
    ["no credentials", "Basic"],
    ["no credentials behind the space", "Basic "],
    ["letters that are no Base64", "Basic !!!!"],
    ["two sets", `${basic("a:b")} ${basic("c:d")}`],
    ["three padding signs", "Basic YTpi==="],
    ["no colon", basic(account + token)],
    ["bytes that are no UTF-8", basic(new Uint8Array([0xff, 0x3a, 0xfe]))],
    ["a scheme that only begins so", `Basically ${token}`],
  ])("are malformed: %s", (_, authorization) => deepStrictEqual(of(authorization), { malformed: true }))

  it("that are not there are not there", () => assertFalse("auth" in read()))

  it("are fingerprints when the run has no token", () =>
    deepStrictEqual(wireIn(raw({ authorization: basic(`${account}:${token}`) }), memoryKeys("key")).auth, {
      password: { fingerprint: memoryKeys("key").fingerprint(token) },
      user: account,
    }))

  it.prop(
    "never enter in any spelling, whatever is sent",
    [FastCheck.stringMatching(/^[!-~]{8,40}$/), FastCheck.stringMatching(/^[!-9;-~]{8,40}$/), FastCheck.boolean()],
    ([password, user, cut]) => {
      const text = canonical(read({ authorization: basic(cut ? `${user}:${password}` : user) }))
      for (const secret of [password, user]) {
        assertFalse(text.includes(secret))
        assertFalse(text.includes(JSON.stringify(secret).slice(1, -1)))
        assertFalse(text.includes(Buffer.from(secret).toString("base64").replace(/=+$/, "").slice(0, -1)))
      }
    },
    seeded,
  )
})

const forms: ReadonlyArray<readonly [text: string, pairs: ReadonlyArray<Pair>]> = [
  ["", []],
  ["a=1", [["a", "1"]]],
  [
    "b=1&a=2",
    [
      ["b", "1"],
      ["a", "2"],
    ],
  ],
  [
    "a=1&a=2&a=1",
    [
      ["a", "1"],
      ["a", "2"],
      ["a", "1"],
    ],
  ],
  [
    "a=&b=",
    [
      ["a", ""],
      ["b", ""],
    ],
  ],
  [
    "a&b",
    [
      ["a", ""],
      ["b", ""],
    ],
  ],
  ["=1", [["", "1"]]],
  ["=", [["", ""]]],
  [
    "&&a=1&&b=2&",
    [
      ["a", "1"],
      ["b", "2"],
    ],
  ],
  ["a=1=2", [["a", "1=2"]]],
  ["a=x+y", [["a", "x y"]]],
  ["a=x%2By", [["a", "x+y"]]],
  ["a=%2B1+2%20%2b", [["a", "+1 2 +"]]],
  ["a+b=1", [["a b", "1"]]],
  ["a%26b%3Dc=%26%3D", [["a&b=c", "&="]]],
  ["a=%C3%A9%F0%9F%98%80", [["a", "é😀"]]],
  ["a=é", [["a", "é"]]],
  ["a=%00", [["a", "\u0000"]]],
  ["a=%EF%BB%BFx", [["a", "\ufeffx"]]],
  ["\ufeffa=1", [["\ufeffa", "1"]]],
  ["a=1;b=2", [["a", "1;b=2"]]],
  ["a=1\r\n", [["a", "1\r\n"]]],
  [
    "__proto__=1&9=2&10=3&constructor=4",
    [
      ["__proto__", "1"],
      ["9", "2"],
      ["10", "3"],
      ["constructor", "4"],
    ],
  ],
]

const broken = ["a=%", "a=%4", "a=%zz", "%zz=a", "a=%C3", "a=%C3%28", "a=%FF", "a=%ED%A0%BD", "a=1&b=%E9", "a=%C0%80"]

describe("a form", () => {
  it.each(forms)("%j is read in its order", (text, params) => {
    const { body, ...data } = read({ body: bytes(text) })
    deepStrictEqual([data.params, body], [params, undefined])
  })

  it.each(broken)("%j has a broken encoding", (text) => {
    const { body, params } = read({ body: bytes(text) })
    deepStrictEqual([params, body], [[], { length: text.length, sha256: sha256(text), why: "bad-encoding" }])
  })

  it.each([[0xff], [0x61, 0x3d, 0xc3], [0x61, 0x3d, 0xed, 0xa0, 0xbd]])(
    "of bytes that are no UTF-8 has one",
    (...octets) => {
      const body = new Uint8Array(octets)
      deepStrictEqual(read({ body }).body, notKept(body, "bad-encoding"))
    },
  )

  it.prop(
    "comes back as it was encoded",
    [
      FastCheck.array(
        FastCheck.tuple(FastCheck.string({ unit: "grapheme", minLength: 1 }), FastCheck.string({ unit: "grapheme" })),
      ),
    ],
    ([pairs]) => {
      const text = new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString()
      deepStrictEqual(read({ body: bytes(text) }).params, pairs as ReadonlyArray<Pair>)
      deepStrictEqual(read({ url: `/x?${text}` }).query, pairs as ReadonlyArray<Pair>)
    },
    seeded,
  )

  it("has at most as many parameters as the limit", () => {
    const form = (count: number) => bytes(new Array<string>(count).fill("a").join("&"))
    strictEqual(read({ body: form(limits.paramsMax) }).params.length, limits.paramsMax)
    const more = form(limits.paramsMax + 1)
    const { body, params } = read({ body: more })
    deepStrictEqual([params, body], [[], notKept(more, "too-many-parameters")])
    deepStrictEqual(read({ body: form(30_000) }).body?.why, "too-many-parameters")
  })

  it.each([
    ["none", undefined],
    ["its own", formType],
    ["its own in capitals", formType.toUpperCase()],
    ["its own with a charset", `${formType}; charset=UTF-8`],
    ["its own with spaces", ` ${formType} ;charset=utf-8`],
  ])("is read with a content type: %s", (_, contentType) =>
    deepStrictEqual(read({ body: bytes("a=1"), contentType }).params, [["a", "1"]]),
  )

  it.each([
    ["application/json", "application/json"],
    ["Application/JSON; charset=utf-8", "application/json"],
    ["multipart/form-data; boundary=x", "multipart/form-data"],
    ["", ""],
    ["x".repeat(500), "x".repeat(100)],
  ])("is not what %j says", (contentType, told) => {
    const { body, headers, params } = read({ body: bytes("a=1"), contentType })
    deepStrictEqual([params, body, headers], [[], notKept(bytes("a=1"), "not-a-form"), [["content-type", told]]])
  })

  it("without bytes has no parameters, whatever its content type", () => {
    const { body, headers, params } = read({ contentType: "application/json" })
    deepStrictEqual([params, body, headers], [[], undefined, undefined])
  })

  it("that was not kept is told of as it is", () => {
    const refused = { cut: true, length: 70_000, sha256: "0".repeat(64), why: "too-large" } as const
    deepStrictEqual(read({ body: refused }).body, refused)
  })
})

describe("a request line", () => {
  it.each([
    ["/a/b", "/a/b", []],
    ["/a?", "/a", []],
    ["/a?b=1", "/a", [["b", "1"]]],
    ["/a?b=1?c=2", "/a", [["b", "1?c=2"]]],
    [
      "/a?b=x+y&b=%2B",
      "/a",
      [
        ["b", "x y"],
        ["b", "+"],
      ],
    ],
    ["/a%20b%zz", "/a%20b%zz", []],
    ["*", "*", []],
    ["", "", []],
  ] as ReadonlyArray<readonly [string, string, ReadonlyArray<Pair>]>)(
    "%j is split at its first ?",
    (url, path, query) => {
      const data = read({ url })
      deepStrictEqual([data.path, data.query, data.body], [path, query, undefined])
    },
  )

  it.each(broken)("with the query %j has a broken encoding", (text) => {
    const { body, path, query } = read({ url: `/a?${text}` })
    deepStrictEqual([path, query, body], ["/a", [], { length: text.length, sha256: sha256(text), why: "bad-encoding" }])
  })

  it("has at most as many parameters as the limit", () => {
    const text = (count: number) => new Array<string>(count).fill("a").join("&")
    strictEqual(read({ url: `/a?${text(limits.paramsMax)}` }).query.length, limits.paramsMax)
    const more = text(limits.paramsMax + 1)
    const { body, query } = read({ url: `/a?${more}` })
    deepStrictEqual([query, body], [[], notKept(bytes(more), "too-many-parameters")])
  })

  it("keeps its method as it is", () => strictEqual(read({ method: "PATCH" }).method, "PATCH"))
})

describe("secrets in parameters", () => {
  const url = "https://user:pass@app.test/x"
  const hidden = `https://userinfo-${store().fingerprint("user:pass")}@app.test/x`

  it("are replaced by names, in the body and in the query", () => {
    const form = `StatusCallback=${encodeURIComponent(url)}&MediaUrl=${encodeURIComponent(url)}`
    const pairs: ReadonlyArray<Pair> = [
      ["StatusCallback", hidden],
      ["MediaUrl", hidden],
    ]
    deepStrictEqual(read({ body: bytes(form) }).params, pairs)
    deepStrictEqual(read({ url: `/x?${form}` }).query, pairs)
  })

  it("are remembered, so that they can be sent", () => {
    const keys = store()
    wireIn(raw({ body: bytes(`StatusCallback=${url}`) }), keys)
    strictEqual(Redacted.value(keys.secret(`userinfo-${keys.fingerprint("user:pass")}`)!), "user:pass")
  })

  it("stay in the text of a message, which is what it says", () =>
    deepStrictEqual(read({ body: bytes(`Body=${encodeURIComponent(url)}`) }).params, [["Body", url]]))
})

describe("any request", () => {
  /** What needs most room once it is an entry. */
  const costly = ['"', "\\", "\u0001", "\u001f", "é", "\u2028", "%00", "%22", "x", "=&", "a=&"]

  it.each(costly)("full of %j fits an entry", (text) => {
    for (const size of [40_000, 50_000, limits.bodyBytesMax]) {
      const body = bytes(`Body=${text.repeat(size)}`).subarray(0, size)
      const data = read({ body, url: `/x?${"%01".repeat(5_000)}`, authorization: basic(`${account}:${token}`) })
      assertTrue(
        encode({ seq: 1, at: 0, cause: 0, kind: "input", type: "api.requested", subject: "", data }, genesis).seq === 1,
      )
    }
  })

  it.prop(
    "becomes an entry",
    [
      FastCheck.record({
        method: FastCheck.constantFrom("GET", "POST", "DELETE"),
        url: FastCheck.oneof(
          FastCheck.webUrl({ withQueryParameters: true }),
          FastCheck.string().map((text) => `/${text}`),
        ),
        authorization: FastCheck.option(
          FastCheck.oneof(
            FastCheck.string(),
            FastCheck.base64String().map((text) => `Basic ${text}`),
          ),
          {
            nil: undefined,
          },
        ),
        contentType: FastCheck.option(FastCheck.oneof(FastCheck.constant(formType), FastCheck.string()), {
          nil: undefined,
        }),
        body: FastCheck.oneof(FastCheck.uint8Array(), FastCheck.string({ unit: "binary" }).map(bytes)),
      }),
    ],
    ([request]) => {
      const data = read(request)
      deepStrictEqual(JSON.parse(canonical(data)), data)
    },
    seededRuns(1_000),
  )
})
