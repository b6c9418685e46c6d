import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type { Landing } from "./nodeClient.ts"
import { type Hop, nextHop, type Routes, redirectIntoRun, shownUrl, withQuery } from "./redirects.ts"

const landing = (status: number, location?: string): Landing => ({
  _tag: "Answered",
  status,
  contentType: "",
  body: Buffer.alloc(0),
  ...(location === undefined ? {} : { location }),
})
const hop = (url: string, target = url): Hop => ({ method: "POST", params: [["a", "b"]], target, url })
const get = (url: string, target = url): Hop => ({ method: "GET", params: [], target, url })

const straight: Routes = { out: () => ({ via: "wire" }), back: () => undefined }

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
  ])("%i to %s", (status, location, next) => deepStrictEqual(nextHop(from, landing(status, location), straight), next))

  const app = "http://u:p@localhost:3000"
  const rewriting: Routes = {
    out: (url) =>
      url.startsWith("https://app.example/api")
        ? { via: "wire", connect: url.replace("https://app.example/api", app) }
        : { via: url.startsWith("https://scripted.example") ? "world" : "wire" },
    back: (url) => url.replace(/^http:\/\/(u:p@)?localhost:3000/, "https://app.example/api"),
  }
  const rewritten = hop("https://app.example/api/status", `${app}/status`)
  it.each([["/x?y"], ["x?y"], ["https://app.example/api/x?y"], ["http://localhost:3000/x?y"]])(
    "behind a rewritten URL stays behind it and is signed as the public one: %s",
    (location) =>
      deepStrictEqual(
        nextHop(rewritten, landing(302, location), rewriting),
        get("https://app.example/api/x?y", `${app}/x?y`),
      ),
  )
  it("leaves a rewritten URL for any other", () =>
    deepStrictEqual(nextHop(rewritten, landing(302, "https://else.example/"), rewriting), get("https://else.example/")))
  it("to another rewritten URL goes where that goes", () =>
    deepStrictEqual(
      nextHop(hop("https://else.example/"), landing(307, "https://app.example/api/x"), rewriting),
      hop("https://app.example/api/x", `${app}/x`),
    ))
  it("into the run is refused: what never leaves the process is not looked up outside", () =>
    strictEqual(nextHop(from, landing(302, "https://scripted.example/x"), rewriting), redirectIntoRun))
  it("keeps its userinfo at the same origin, and only there", () => {
    const secret = hop("https://u:p@app.example/a")
    deepStrictEqual(
      ["/b", "https://app.example/b", "https://v:q@app.example/b", "https://other.example/b"].map(
        (location) => (nextHop(secret, landing(302, location), straight) as Hop).url,
      ),
      [
        "https://u:p@app.example/b",
        "https://u:p@app.example/b",
        "https://v:q@app.example/b",
        "https://other.example/b",
      ],
    )
  })

  it("is shown without userinfo, and no longer than it may be", () => {
    const hide = (text: string) => text.replace("b:s@", "hidden@")
    strictEqual(shownUrl("https://user:pass@app.example/x", hide), "https://app.example/x")
    strictEqual(shownUrl("https://app.example/?next=https://b:s@c", hide), "https://app.example/?next=https://hidden@c")
    strictEqual(shownUrl(`https://app.example/${"x".repeat(2_000)}`, hide).length, 1_000)
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
