import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { givenEntries } from "../../test/support/given.ts"
import { endpoint, startedWith } from "../../test/support/outbound.ts"
import type { CallbacksSettings } from "./settings.ts"
import { endpointFor, publicUrlOf, routeOut } from "./settings.ts"

const worldOf = (urls: ReadonlyArray<string>, rewrite: CallbacksSettings["rewrite"] = []) =>
  givenEntries(
    [],
    startedWith(
      urls.map((url) => endpoint(url)),
      rewrite,
    ),
  ).world

/** Where a URL begins with another one, and where it only looks so. */
const begins: ReadonlyArray<readonly [url: string, prefix: string, does: boolean]> = [
  ["https://app.example", "https://app.example", true],
  ["https://app.example/", "https://app.example", true],
  ["https://app.example/a/b", "https://app.example", true],
  ["https://app.example?a=1", "https://app.example", true],
  ["https://app.example#a", "https://app.example", true],
  ["https://app.example.org", "https://app.example", false],
  ["https://app.example.org/a", "https://app.example", false],
  ["https://app.examples/a", "https://app.example", false],
  ["https://app.example@evil.example/a", "https://app.example", false],
  ["https://app.example:8443/a", "https://app.example", false],
  ["https://app.example:443/a", "https://app.example", false],
  ["http://app.example/a", "https://app.example", false],
  ["https://app.exampl", "https://app.example", false],
  ["", "https://app.example", false],
  ["https://app.example:8443", "https://app.example:8443", true],
  ["https://app.example:8443/a", "https://app.example:8443", true],
  ["https://app.example:84431/a", "https://app.example:8443", false],
  ["https://app.example/hooks", "https://app.example/hooks", true],
  ["https://app.example/hooks/a", "https://app.example/hooks", true],
  ["https://app.example/hooks?a=1", "https://app.example/hooks", true],
  ["https://app.example/hooksbury", "https://app.example/hooks", false],
  ["https://app.example/hooks.json", "https://app.example/hooks", false],
  ["https://app.example/", "https://app.example/", true],
  ["https://app.example/a", "https://app.example/", true],
  ["https://app.example", "https://app.example/", false],
  ["https://app.example/hooks/a", "https://app.example/hooks/", true],
  ["https://app.example/a?tenant=1", "https://app.example/a?tenant=1", true],
  ["https://app.example/a?tenant=11", "https://app.example/a?tenant=1", false],
]

describe("a scripted endpoint", () => {
  it.each(begins)("%j under %j: %s", (url, prefix, does) =>
    strictEqual(endpointFor(worldOf([prefix]), url)?.url, does ? prefix : undefined),
  )

  it("is the first of the list that fits", () => {
    const world = worldOf(["https://a.example/x", "https://a.example", "https://a.example/y"])
    strictEqual(endpointFor(world, "https://a.example/x/1")?.url, "https://a.example/x")
    strictEqual(endpointFor(world, "https://a.example/y/1")?.url, "https://a.example")
  })
})

describe("the way out", () => {
  it("is the wire where nothing is said", () =>
    deepStrictEqual(routeOut(worldOf([]), "https://app.example/a"), { via: "wire" }))

  it("is inside the world for a scripted endpoint", () =>
    deepStrictEqual(routeOut(worldOf(["https://app.example"]), "https://app.example/a"), { via: "world" }))

  it.each(begins)("of %j is rewritten from %j: %s", (url, from, does) => {
    const { connect } = routeOut(worldOf([], [{ from, to: "http://localhost:3000" }]), url)
    strictEqual(connect !== undefined, does)
  })

  it.each([
    ["https://app.example", "http://localhost:3000", "https://app.example", "http://localhost:3000"],
    ["https://app.example", "http://localhost:3000", "https://app.example/a?b#c", "http://localhost:3000/a?b#c"],
    ["https://app.example", "http://localhost:3000", "https://app.example?b", "http://localhost:3000?b"],
    ["https://app.example/", "http://localhost:3000/", "https://app.example/a", "http://localhost:3000/a"],
    ["https://app.example/", "http://localhost:3000", "https://app.example/a", "http://localhost:3000/a"],
    ["https://app.example/", "http://localhost:3000", "https://app.example/", "http://localhost:3000/"],
    ["https://app.example", "http://localhost:3000/", "https://app.example/a", "http://localhost:3000/a"],
    ["https://app.example/v1", "http://localhost:3000/v2/", "https://app.example/v1/a", "http://localhost:3000/v2/a"],
    ["https://app.example/v1/", "http://localhost:3000", "https://app.example/v1/a", "http://localhost:3000/a"],
  ])("from %j to %j brings %j to %j", (from, to, url, connect) =>
    deepStrictEqual(routeOut(worldOf([], [{ from, to }]), url), { via: "wire", connect }),
  )

  it("is rewritten by the first rule that fits, once", () => {
    const world = worldOf(
      [],
      [
        { from: "https://a.example", to: "https://b.example" },
        { from: "https://a.example/x", to: "https://c.example" },
        { from: "https://b.example", to: "https://d.example" },
      ],
    )
    deepStrictEqual(routeOut(world, "https://a.example/x"), { via: "wire", connect: "https://b.example/x" })
  })

  it("leads to a scripted endpoint by its own name before it is rewritten", () => {
    const world = worldOf(["https://a.example"], [{ from: "https://a.example", to: "http://localhost:3000" }])
    deepStrictEqual(routeOut(world, "https://a.example/x"), { via: "world" })
  })

  it("stays inside the world when it is rewritten to a scripted endpoint", () => {
    const world = worldOf(["https://inside.test"], [{ from: "https://a.example", to: "https://inside.test" }])
    deepStrictEqual(routeOut(world, "https://a.example/x"), { via: "world", connect: "https://inside.test/x" })
  })
})

describe("a rewritten URL with userinfo", () => {
  const [name, mine] = ["userinfo-0123456789abcdef", "userinfo-fedcba9876543210"]
  const rewrite = [{ from: `https://${name}@app.example`, to: `http://${name}@localhost:3000` }]
  const world = worldOf([], rewrite)
  const restored = (text: string) => text.replaceAll(/userinfo-[0-9a-f]{16}/g, "u:p")

  it("goes out with that of the settings, and comes back with it; its own is left as it is", () => {
    const behind = `/x?u=https://${mine}@b.test/`
    const [out, local] = [`https://app.example${behind}`, `http://localhost:3000${behind}`]
    deepStrictEqual(routeOut(world, out), { via: "wire", connect: `http://${name}@localhost:3000${behind}` })
    deepStrictEqual(routeOut(world, out, restored), { via: "wire", connect: `http://u:p@localhost:3000${behind}` })
    strictEqual(publicUrlOf(world, local, restored), `https://u:p@app.example${behind}`)
  })
})
