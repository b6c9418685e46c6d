import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual, throws } from "@effect/vitest/utils"
import { allowOf } from "./allow.ts"
import { guardOf } from "./guard.ts"

/** What a look-up of a name that has these addresses gives. */
const lookedUp = (
  addresses: ReadonlyArray<string>,
  options: { all?: boolean } = { all: true },
  list?: ReadonlyArray<string>,
) => {
  let asked = false
  let given: unknown
  const guard = guardOf(allowOf(list), (_, { all }, callback) => {
    asked = all === true
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    )
  })
  guard.lookup("app.example", options, (error, address, family) => {
    given = error === null ? (family === undefined ? address : [address, family]) : (error as { code?: string }).code
  })
  strictEqual(asked, true)
  return given
}

const passes = (url: string) => guardOf(allowOf(undefined)).check(new URL(url))

describe("the guard of the wire", () => {
  it("gives all addresses of a name that are permitted, or one if one is asked for", () => {
    deepStrictEqual(lookedUp(["127.0.0.1", "::1"]), [
      { address: "127.0.0.1", family: 4 },
      { address: "::1", family: 6 },
    ])
    deepStrictEqual(lookedUp(["127.0.0.1", "::1"], {}), ["127.0.0.1", 4])
  })
  it("leaves out those that are not, so that none of them is connected to", () => {
    deepStrictEqual(lookedUp(["169.254.169.254", "127.0.0.1"]), [{ address: "127.0.0.1", family: 4 }])
    deepStrictEqual(lookedUp(["fe80::1", "127.0.0.1"], {}), ["127.0.0.1", 4])
    deepStrictEqual(lookedUp(["8.8.8.8", "10.0.0.1"], {}, ["10.0.0.0/8"]), ["10.0.0.1", 4])
  })
  it("refuses a name that leads nowhere else", () => {
    strictEqual(lookedUp(["169.254.169.254"]), "not-allowed")
    strictEqual(lookedUp(["::ffff:169.254.169.254", "fd00:ec2::254"], {}), "not-allowed")
    strictEqual(lookedUp(["8.8.8.8"], {}, ["10.0.0.0/8"]), "not-allowed")
    strictEqual(lookedUp([]), "not-allowed")
  })
  it("hands the resolver's own error on", () => {
    const guard = guardOf(allowOf(undefined), (_host, _options, callback) =>
      callback(Object.assign(new Error("no such name"), { code: "ENOTFOUND" }), []),
    )
    let code: unknown
    guard.lookup("app.example", {}, (error) => {
      code = error?.code
    })
    strictEqual(code, "ENOTFOUND")
  })
  it.each([
    "http://169.254.169.254/latest/meta-data",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://0251.0376.0251.0376/",
    "http://169.254.43518/",
    "http://169.254.169.254./",
    "http://[::ffff:169.254.169.254]/",
    "http://[::ffff:a9fe:a9fe]:8080/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "https://user:pass@[fe80::1]/",
    "http://①⑥⑨.254.169.254/",
  ])("stops %s before any look-up", (url) => throws(() => passes(url)))
  it.each([
    "http://127.0.0.1/",
    "http://[::1]/",
    "http://metadata.google.internal/",
    "http://169.254.169.254.example/",
  ])("lets %s pass to the look-up or the connection", (url) => passes(url))
})
