import { describe, it } from "@effect/vitest"
import { assertFalse, assertMatch, assertTrue, strictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import { anyText } from "../../test/support/json.ts"
import { seeded, seededRuns } from "../../test/support/seeded.ts"
import { memoryKeys } from "../log/Keys.ts"
import { hideUserinfo, restoreUserinfo } from "./secretUrl.ts"

const store = () => memoryKeys("key")
const nameOf = (userinfo: string) => `userinfo-${store().fingerprint(userinfo)}`

/** URLs and the userinfo they hold. */
const holding: ReadonlyArray<readonly [before: string, userinfo: string, after: string]> = [
  ["https://", "user:pass", "app.example/x"],
  ["http://", "user:pass", "app.example:8080/x?a=b#c"],
  ["https://", "user", "app.example"],
  ["https://", ":pass", "app.example"],
  ["https://", "", "app.example"],
  ["https://", "user:p:a:ss", "app.example/"],
  ["https://", "user:p@ss@", "app.example/a@b"],
  ["https://", "user@example.com:pass", "app.example/"],
  ["https://", "user:pass", "app.example?next=https://a.example/"],
  ["https://", "us%40er:pa%2Fss", "app.example/"],
  ["https://", "user:pa ss", "app.example/"],
  ["https://", "user:päss😀", "app.example/"],
  ["HTTPS://", "user:pass", "APP.example/"],
  ["ftp://", "user:pass", "app.example/"],
  ["git+ssh://", "git", "app.example/"],
  ["https://", "user:pass", "[::1]:8080/"],
  ["https:///", "user:pass", "app.example/"],
  ["https:/", "user:pass", "app.example/"],
  ["https:", "user:pass", "app.example/"],
  ["https:\\\\", "user:pass", "app.example/"],
  ["https://\\", "user:pass", "app.example/"],
  ["https://\t/", "user:pass", "app.example/"],
  [" https://", "user:pass", "app.example/"],
  ["\n\u0000https://", "user:pass", "app.example/"],
]

/** Texts that hold none. */
const others = [
  "",
  "@",
  "user@example.com",
  "mailto:user@example.com",
  "sip:alice@example.com",
  "whatsapp:+15551234567",
  "https://app.example/a@b",
  "https://app.example?a@b",
  "https://app.example#a@b",
  "https://app.example\\a@b",
  "Mail me at https://app.example or user@example.com",
]

describe("userinfo of a URL", () => {
  it.each(holding)("in %j%j@%j is replaced by a name that the keys hold", (before, userinfo, after) => {
    const keys = store()
    const hidden = hideUserinfo(`${before}${userinfo}@${after}`, keys)
    strictEqual(hidden, `${before}${nameOf(userinfo)}@${after}`)
    strictEqual(Redacted.value(keys.secret(nameOf(userinfo))!), userinfo)
    strictEqual(restoreUserinfo(hidden, keys), `${before}${userinfo}@${after}`)
  })

  it.each(others)("is none in %j", (text) => {
    strictEqual(hideUserinfo(text, store()), text)
    strictEqual(restoreUserinfo(text, store()), text)
  })

  it("has one name wherever it stands, and another for another", () => {
    const keys = store()
    const name = (url: string) => hideUserinfo(url, keys).split("@")[0]
    strictEqual(name("https://a:b@one.example/"), name("https://a:b@two.example/x"))
    assertFalse(name("https://a:b@one.example/") === name("https://a:c@one.example/"))
  })

  it("has names that tell nothing without the key", () => {
    const hidden = (key: string) => hideUserinfo("https://a:b@one.example/", memoryKeys(key))
    assertFalse(hidden("key one") === hidden("key two"))
  })

  it.each([
    '"https://user:pass@app.example/"',
    "<https://user:pass@app.example/>",
    "https//user:pass@app.example/",
    "//user:pass@app.example/",
    "https://app.example/?next=https://user:pass@other.example/",
    "https://user:pass@app.example/?next=http://user:pass@other.example/",
  ])("in %s is hidden wherever it stands, and comes back", (text) => {
    const keys = store()
    const hidden = hideUserinfo(text, keys)
    assertFalse(hidden.includes("pass"))
    strictEqual(restoreUserinfo(hidden, keys), text)
  })

  it("that is a name from a log cannot have its secret sent to another host", () => {
    const keys = store()
    const [name] = /userinfo-[0-9a-f]+/.exec(hideUserinfo("https://user:pass@app.example/", keys)) ?? [""]
    const stolen = `https://${name}@other.example/`
    strictEqual(restoreUserinfo(hideUserinfo(stolen, keys), keys), stolen)
  })

  it("that only looks like a name is hidden like any other", () => {
    const keys = store()
    const url = "https://userinfo-0123456789abcdef@app.example/"
    const hidden = hideUserinfo(url, keys)
    strictEqual(hidden, `https://${nameOf("userinfo-0123456789abcdef")}@app.example/`)
    strictEqual(restoreUserinfo(hidden, keys), url)
  })

  it("whose name the keys do not hold stays hidden", () => {
    const hidden = hideUserinfo("https://user:pass@app.example/", store())
    strictEqual(restoreUserinfo(hidden, store()), hidden)
  })

  const part = FastCheck.string({ unit: FastCheck.constantFrom(..."ab:@/?#\\%. \t\u0000é"), maxLength: 8 })
  const before = FastCheck.constantFrom(
    "https://",
    "HTTP://",
    "https:",
    "https:/",
    "https:///",
    "https:\\/",
    " http://",
    "ftp://",
  )
  const tricky = FastCheck.tuple(before, part, FastCheck.constantFrom("@", "", "@@"), part).map(
    ([scheme, userinfo, at, rest]) => `${scheme}${userinfo}${at}app.example${rest}`,
  )

  it.prop(
    "comes back from any text",
    [FastCheck.oneof(tricky, anyText, FastCheck.webUrl({ withFragments: true, withQueryParameters: true }))],
    ([text]) => {
      const keys = store()
      const hidden = hideUserinfo(text, keys)
      strictEqual(restoreUserinfo(hidden, keys), text)
    },
    seededRuns(2_000),
  )

  it.prop(
    "is never left where a URL parser would find it",
    [tricky],
    ([text]) => {
      const hidden = hideUserinfo(text, store())
      if (!URL.canParse(hidden)) return
      const { username, password } = new URL(hidden)
      strictEqual(password, "")
      assertMatch(username, /^(userinfo-[0-9a-f]{16})?$/)
    },
    seededRuns(5_000),
  )

  it.prop(
    "is not in the hidden text in any spelling",
    [FastCheck.stringMatching(/^[A-Za-z0-9:@%!$&'()*+,;=._~-]{6,20}$/)],
    ([secret]) => {
      const hidden = hideUserinfo(`https://${secret}@app.example/`, store())
      assertTrue(hidden.endsWith("@app.example/") && !hidden.includes(secret))
    },
    seeded,
  )
})
