import * as fs from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { newFolder } from "../../test/support/folder.ts"
import { makeAuthority, makeLeaf, makeLeafKey } from "./certificates.ts"
import { CaUnusable, keyFileIn, openLocalCa } from "./LocalCa.ts"

const now = Date.parse("2026-01-01T00:00:00Z")
const dayMs = 86_400_000

const mode = (file: string): number => fs.statSync(file).mode & 0o777

describe("The local CA", () => {
  it.effect("is made on first use, its key readable by its owner alone, and is the same one from then on", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const folder = join(newFolder(), "state", "ringback")
      const first = yield* openLocalCa(folder)
      assertTrue(first.made)
      strictEqual(mode(keyFileIn(folder)), 0o600)
      fs.chmodSync(keyFileIn(folder), 0o644)
      const second = yield* openLocalCa(folder)
      strictEqual(second.made, false)
      strictEqual(second.certificate, first.certificate)
      strictEqual(mode(keyFileIn(folder)), 0o600)
      deepStrictEqual(fs.readdirSync(folder), ["ca.key"])
    }),
  )

  it.effect("is the same one for two that make it at once", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const folder = newFolder()
      const both = yield* Effect.all([openLocalCa(folder), openLocalCa(folder)], { concurrency: 2 })
      strictEqual(both[0].certificate, both[1].certificate)
      strictEqual(both.filter(({ made }) => made).length, 1)
    }),
  )

  it.effect("is made anew when it is about to end", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const folder = newFolder()
      const first = yield* openLocalCa(folder)
      yield* TestClock.setTime(first.goodUntil - 31 * dayMs)
      strictEqual((yield* openLocalCa(folder)).certificate, first.certificate)
      yield* TestClock.setTime(first.goodUntil - 30 * dayMs)
      const next = yield* openLocalCa(folder)
      assertTrue(next.made && next.certificate !== first.certificate)
      strictEqual((yield* openLocalCa(folder)).certificate, next.certificate)
    }),
  )

  it.effect("says what is wrong with its file, and nothing of what that holds", () =>
    Effect.gen(function* () {
      const folder = newFolder()
      const { key } = yield* Effect.promise(() => makeAuthority(now))
      const other = yield* Effect.promise(() => makeAuthority(now))
      for (const text of [
        "",
        "mkNoKeyAtAll",
        key,
        key + other.certificate,
        `${key}${other.certificate.replace("M", "N")}`,
      ]) {
        fs.writeFileSync(keyFileIn(folder), text)
        const error = yield* Effect.flip(openLocalCa(folder))
        assertTrue(error instanceof CaUnusable)
        strictEqual(
          error.message,
          `${keyFileIn(folder)} holds no key with its certificate; remove it, and a new one is made`,
        )
      }
      fs.writeFileSync(join(folder, "file"), "")
      const { message } = yield* Effect.flip(openLocalCa(join(folder, "file")))
      assertTrue(message.includes("ENOTDIR") && message.includes("proxy.ca_path"), message)
    }),
  )

  it.effect("signs for simulated names, and for no other", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const ca = yield* openLocalCa(newFolder())
      yield* Effect.promise(() => ca.contextFor("api.twilio.com"))
      for (const name of [
        "twilio.com",
        "api.twilio.com.",
        "API.twilio.com",
        "evil.example",
        "twilio.com.evil.example",
        "*.twilio.com",
        "127.0.0.1",
        "",
      ]) {
        const error = yield* Effect.flip(Effect.tryPromise(() => ca.contextFor(name)))
        strictEqual(String(error.error), "Error: only simulated names have certificates", name)
      }
      const [authority, key] = yield* Effect.promise(() => Promise.all([makeAuthority(now), makeLeafKey()]))
      const error = yield* Effect.flip(Effect.tryPromise(() => makeLeaf(authority, key, "evil.example", now)))
      strictEqual(String(error.error), 'Error: "evil.example" is no name that is simulated')
    }),
  )

  it.effect("gives a name the same leaf until that is nearly over, then another", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const ca = yield* openLocalCa(newFolder())
      const first = yield* Effect.promise(() => ca.contextFor("api.twilio.com"))
      yield* TestClock.adjust("5 days")
      strictEqual(yield* Effect.promise(() => ca.contextFor("api.twilio.com")), first)
      yield* TestClock.adjust("1 day")
      assertTrue((yield* Effect.promise(() => ca.contextFor("api.twilio.com"))) !== first)
    }),
  )
})
