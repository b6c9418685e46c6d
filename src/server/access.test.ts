import { describe, it } from "@effect/vitest"
import { assertInclude, strictEqual } from "@effect/vitest/utils"
import { isLoopback } from "../network/isLoopback.ts"
import { type AccessRules, type Caller, refusal } from "./access.ts"

const rules: AccessRules = { allowedHosts: new Set(["desk.example"]), hasToken: false }

/** Plain curl on the same machine. */
const curl: Caller = {
  method: "POST",
  peer: "127.0.0.1",
  host: "localhost:8080",
  origin: undefined,
  secFetchSite: undefined,
  tokenShown: false,
}

type Row = readonly [what: string, caller: Partial<Caller>, refused: string | undefined]

const loopbackOnly = "answer only loopback"
const hostRefused = "the host name"
const foreign = "may not change anything here"

const peers: ReadonlyArray<Row> = [
  ["127.0.0.1", { peer: "127.0.0.1" }, undefined],
  ["another loopback address", { peer: "127.8.9.10" }, undefined],
  ["::1", { peer: "::1" }, undefined],
  ["IPv4 inside IPv6", { peer: "::ffff:127.0.0.1" }, undefined],
  ["an address of the local net", { peer: "192.168.1.2" }, loopbackOnly],
  ["an address of the local net inside IPv6", { peer: "::ffff:192.168.1.2" }, loopbackOnly],
  ["a link-local address with its zone", { peer: "fe80::1%eth0" }, loopbackOnly],
  ["no address", { peer: undefined }, loopbackOnly],
  ["an empty address", { peer: "" }, loopbackOnly],
  ["a name", { peer: "localhost" }, loopbackOnly],
  ["0.0.0.0", { peer: "0.0.0.0" }, loopbackOnly],
  ["an address of the local net, reading", { method: "GET", peer: "192.168.1.2" }, loopbackOnly],
  ["an address of the local net with the token", { peer: "192.168.1.2", tokenShown: true }, undefined],
  ["no address, with the token", { peer: undefined, tokenShown: true }, undefined],
]

const hosts: ReadonlyArray<Row> = [
  ["localhost", { host: "localhost" }, undefined],
  ["localhost and a port", { host: "localhost:8080" }, undefined],
  ["localhost in capitals", { host: "LocalHost:8080" }, undefined],
  ["a name below localhost", { host: "ringback.localhost:8080" }, undefined],
  ["127.0.0.1", { host: "127.0.0.1:8080" }, undefined],
  ["::1", { host: "[::1]:8080" }, undefined],
  ["::1 without a port", { host: "[::1]" }, undefined],
  ["an allowed name", { host: "desk.example:8080" }, undefined],
  ["an allowed name in capitals", { host: "DESK.example" }, undefined],
  ["another name", { host: "evil.example:8080" }, hostRefused],
  ["another name, reading", { method: "GET", host: "evil.example" }, hostRefused],
  ["a name below an allowed one", { host: "a.desk.example" }, hostRefused],
  ["a name that ends like an allowed one", { host: "notdesk.example" }, hostRefused],
  ["a name that ends like localhost", { host: "notlocalhost" }, hostRefused],
  ["a name that begins like localhost", { host: "localhost.evil.example" }, hostRefused],
  ["a name that begins like a loopback address", { host: "127.0.0.1.evil.example" }, hostRefused],
  ["another name before localhost's port", { host: "evil.example:8080@localhost" }, hostRefused],
  ["another address", { host: "10.0.0.1:8080" }, hostRefused],
  ["another address in brackets", { host: "[2001:db8::1]:8080" }, hostRefused],
  ["no host", { host: undefined }, hostRefused],
  ["an empty host", { host: "" }, hostRefused],
  ["a port only", { host: ":8080" }, hostRefused],
  ["another name with the token", { host: "evil.example", tokenShown: true }, undefined],
]

const pages: ReadonlyArray<Row> = [
  ["curl", {}, undefined],
  ["a page of this server", { origin: "http://localhost:8080", secFetchSite: "same-origin" }, undefined],
  ["a page of this server over TLS", { origin: "https://localhost:8080", secFetchSite: "same-origin" }, undefined],
  ["an old browser's page of this server", { origin: "http://localhost:8080" }, undefined],
  ["an address typed in", { secFetchSite: "none" }, undefined],
  ["another site", { origin: "https://evil.example", secFetchSite: "cross-site" }, foreign],
  ["another site that hides its origin", { secFetchSite: "cross-site" }, foreign],
  ["another port of this machine", { origin: "http://localhost:3000", secFetchSite: "same-site" }, foreign],
  ["an old browser's page of another site", { origin: "https://evil.example" }, foreign],
  ["an old browser's page of another port", { origin: "http://localhost:3000" }, foreign],
  ["another site that names this one in its own", { origin: "https://evil.example/localhost:8080" }, foreign],
  ["a file or a sandboxed frame", { origin: "null" }, foreign],
  ["an empty origin", { origin: "" }, foreign],
  ["an origin without scheme but another's name", { origin: "evil.example" }, foreign],
  ["a browser that says something new", { secFetchSite: "somewhere" }, foreign],
  ["another site with the token", { origin: "https://evil.example", tokenShown: true }, foreign],
  ["another site's request with the token", { secFetchSite: "cross-site", tokenShown: true }, foreign],
]

const check = ([, caller, refused]: Row) => {
  const answer = refusal({ ...curl, ...caller }, rules)
  if (refused === undefined) strictEqual(answer, undefined)
  else {
    strictEqual(answer?.status, 403)
    assertInclude(answer?.message, refused)
  }
}

describe("pages and control", () => {
  it.each(peers)("asked from %s", (...row) => check(row))

  it.each(hosts)("asked under %s", (...row) => check(row))

  it.each(pages)("changed by %s", (...row) => check(row))

  it.each(["PUT", "DELETE", "PATCH", "post", "PROPFIND"])(
    "are changed by another site's %s as little as by a POST",
    (method) => check(["", { method, secFetchSite: "cross-site" }, foreign]),
  )

  it.each(["GET", "HEAD", "OPTIONS"])("may be read (%s) on the way from another site", (method) => {
    check(["", { method, secFetchSite: "cross-site" }, undefined])
    check(["", { method, origin: "https://evil.example" }, undefined])
  })

  it("ask for the token from beyond loopback, where there is one", () => {
    const beyond = { ...curl, peer: "192.168.1.2" }
    strictEqual(refusal(beyond, { ...rules, hasToken: true })?.status, 401)
    strictEqual(refusal(beyond, rules)?.status, 403)
    strictEqual(refusal({ ...beyond, tokenShown: true }, { ...rules, hasToken: true }), undefined)
  })

  it("say which host name and which origin they refuse, and no more of it than fits a line", () => {
    const origin = `https://${"evil".repeat(100)}.example`
    assertInclude(refusal({ ...curl, host: "evil.example" }, rules)?.message, '"evil.example"')
    const told = refusal({ ...curl, origin }, rules)?.message ?? ""
    assertInclude(told, "evilevil")
    strictEqual(told.length < 200, true)
  })
})

describe("a loopback address", () => {
  it.each([
    ["127.0.0.1", true],
    ["127.255.255.255", true],
    ["128.0.0.1", false],
    ["126.255.255.255", false],
    ["::1", true],
    ["0:0:0:0:0:0:0:1", true],
    ["::2", false],
    ["::", false],
    ["::ffff:127.0.0.1", true],
    ["::FFFF:127.0.0.1", true],
    ["::ffff:7f00:1", true],
    ["::ffff:10.0.0.1", false],
    ["::127.0.0.1", false],
    ["127.1", false],
    ["2130706433", false],
    ["0177.0.0.1", false],
    ["localhost", false],
    ["127.0.0.1\u0000", false],
    [" 127.0.0.1", false],
  ])("is %j: %s", (address, is) => strictEqual(isLoopback(address), is))
})
