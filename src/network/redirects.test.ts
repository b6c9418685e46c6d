import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type { Landing } from "./nodeClient.ts"
import { type Hop, nextHop, shownUrl, withQuery } from "./redirects.ts"

const landing = (status: number, location?: string): Landing => ({
  _tag: "Answered",
  status,
  contentType: "",
  body: Buffer.alloc(0),
  ...(location === undefined ? {} : { location }),
})
const hop = (url: string, target = url): Hop => ({ method: "POST", params: [["a", "b"]], target, url })
const get = (url: string, target = url): Hop => ({ method: "GET", params: [], target, url })

describe("a redirect", () => {
  const from = hop("https://app.example/a/b?c=d")
  it.each<readonly [number, string | undefined, Hop | undefined]>([
    [302, "https://other.example/x", get("https://other.example/x")],
    [301, "/x?y=z", get("https://app.example/x?y=z")],
    [303, "x", get("https://app.example/a/x")],
    [300, "../x", get("https://app.example/x")],
    [307, "/x", hop("https://app.example/x")],
    [308, "http://app.example:8080/x#f", hop("http://app.example:8080/x")],
    [302, undefined, undefined],
    [304, "/x", undefined],
    [302, "ftp://app.example/x", undefined],
    [302, "javascript:alert(1)", undefined],
    [302, "http://", undefined],
    [200, undefined, undefined],
  ])("%i to %s", (status, location, next) => deepStrictEqual(nextHop(from, landing(status, location)), next))

  it("behind a rewritten URL stays behind it, whichever of the two origins it names", () => {
    const rewritten = hop("https://app.example/status", "http://u:p@localhost:3000/status")
    const next = get("https://app.example/x?y", "http://u:p@localhost:3000/x?y")
    for (const location of ["/x?y", "https://app.example/x?y", "http://localhost:3000/x?y"])
      deepStrictEqual(nextHop(rewritten, landing(302, location)), next)
    deepStrictEqual(nextHop(rewritten, landing(302, "https://else.example/")), get("https://else.example/"))
  })

  it("is shown without userinfo, and no longer than it may be", () => {
    strictEqual(shownUrl("https://user:pass@app.example/x"), "https://app.example/x")
    strictEqual(shownUrl(`https://app.example/${"x".repeat(2_000)}`).length, 1_000)
  })
})

describe("the parameters of a GET", () => {
  const params = [
    ["To", "+1 5"],
    ["é", "&"],
  ] as const
  it.each([
    ["https://a.test", "https://a.test?To=%2B1+5&%C3%A9=%26"],
    ["https://a.test/?x=1", "https://a.test/?x=1&To=%2B1+5&%C3%A9=%26"],
    ["https://a.test/?", "https://a.test/?To=%2B1+5&%C3%A9=%26"],
    ["https://a.test/#rc=1", "https://a.test/?To=%2B1+5&%C3%A9=%26#rc=1"],
  ])("stand in the query of %s", (url, whole) => strictEqual(withQuery(url, { method: "GET", params }), whole))

  it("of a POST do not", () => strictEqual(withQuery("https://a.test", { method: "POST", params }), "https://a.test"))
})
