import * as fs from "node:fs"
import * as path from "node:path"
import { describe, it } from "@effect/vitest"
import { assertInclude, assertTrue, deepStrictEqual, strictEqual, throws } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { limits } from "../../src/core/limits.ts"
import { LogOpenError } from "../../src/log/EventLog.ts"
import { oddTexts } from "../../src/log/eventLog.contract.ts"
import { type Keys, memoryKeys, openKeys, SecretsFull } from "../../src/log/Keys.ts"
import { logPath } from "./given.ts"

const secret = Redacted.make<string>
const value = (keys: Keys, name: string) => {
  const found = keys.secret(name)
  return found === undefined ? undefined : Redacted.value(found)
}
const modeOf = (file: string) => fs.statSync(file).mode & 0o777

/** A keys file that was opened once, and the name of its log. */
const opened = Effect.tap(logPath, (log) => openKeys(log, { fresh: true }))

describe("keys", () => {
  it("make the same fingerprint of the same text and key, and another of another", () => {
    const keys = memoryKeys("k")
    strictEqual(keys.fingerprint("hello"), memoryKeys("k").fingerprint("hello"))
    assertTrue(/^[0-9a-f]{16}$/.test(keys.fingerprint("")))
    assertTrue(keys.fingerprint("hello") !== keys.fingerprint("hello "))
    assertTrue(keys.fingerprint("hello") !== memoryKeys("l").fingerprint("hello"))
  })

  it("make the fingerprint that HMAC-SHA256 gives (RFC 4231, test case 2)", () =>
    strictEqual(memoryKeys("Jefe").fingerprint("what do ya want for nothing?"), "5bdcc146bf60754e"))

  it("remember secrets by name, and find the name of a value", () => {
    const keys = memoryKeys("k")
    keys.remember("a", secret("one"))
    keys.remember("b", secret("two"))
    strictEqual(value(keys, "a"), "one")
    strictEqual(keys.nameOf("two"), "b")
    strictEqual(keys.nameOf("twö"), undefined)
    strictEqual(keys.nameOf(""), undefined)
    strictEqual(keys.secret("c"), undefined)
  })

  it("let the last value of a name win, and name the first of several names of a value", () => {
    const keys = memoryKeys("k")
    keys.remember("a", secret("one"))
    keys.remember("b", secret("one"))
    strictEqual(keys.nameOf("one"), "a")
    keys.remember("a", secret("two"))
    strictEqual(keys.nameOf("one"), "b")
    strictEqual(keys.nameOf("two"), "a")
    strictEqual(value(keys, "a"), "two")
    keys.remember("b", secret("three"))
    strictEqual(keys.nameOf("one"), undefined)
  })

  it("tell texts apart that UTF-8 cannot", () => {
    const keys = memoryKeys("k")
    keys.remember("a", secret("\uD800"))
    strictEqual(keys.nameOf("\uFFFD"), undefined)
    strictEqual(keys.nameOf("\uD800"), "a")
    keys.remember("a", secret("\uFFFD"))
    strictEqual(keys.nameOf("\uFFFD"), "a")
  })

  it("make a secret by chance, once for each name, and find its name", () => {
    const keys = memoryKeys("k")
    const [one, other] = [keys.make("a"), keys.make("b")].map(Redacted.value) as [string, string]
    strictEqual(/^[0-9a-f]{32}$/.test(one) && one !== other, true)
    strictEqual(Redacted.value(keys.make("a")), one)
    strictEqual(keys.nameOf(other), "b")
  })

  it("make secrets beyond those that they take", () => {
    const keys = memoryKeys("k")
    for (let i = 0; i < limits.secretsMax; i++) keys.remember(`n${i}`, secret(`v${i}`))
    keys.make("made")
    strictEqual(keys.secret("made") !== undefined, true)
  })

  it(`take ${limits.secretsMax} secrets and say so when there is one more; known names go on`, () => {
    const keys = memoryKeys("k")
    for (let i = 0; i < limits.secretsMax; i++) keys.remember(`n${i}`, secret(`v${i}`))
    throws(
      () => keys.remember("more", secret("more")),
      (error) => {
        assertTrue(error instanceof SecretsFull)
        assertInclude(error.message, `holds ${limits.secretsMax} secrets and takes no more (limit secretsMax)`)
        return undefined
      },
    )
    keys.remember("n7", secret("other"))
    strictEqual(value(keys, "n7"), "other")
  })
})

describe("the keys file", () => {
  it.scoped("lies beside its log, for its owner alone, with a key of its own", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* opened, yield* opened]
      strictEqual(modeOf(`${one}.keys`), 0o600)
      deepStrictEqual(fs.readdirSync(path.dirname(one)), ["log.db.keys"])
      assertTrue(/^\{"format":1,"fingerprint_key":"[0-9a-f]{64}"\}\n$/.test(fs.readFileSync(`${one}.keys`, "utf8")))
      assertTrue(fs.readFileSync(`${one}.keys`, "utf8") !== fs.readFileSync(`${other}.keys`, "utf8"))
    }),
  )

  it.scoped("keeps key and secrets over a restart, every text as it is", () =>
    Effect.gen(function* () {
      const log = yield* logPath
      const before = yield* openKeys(log, { fresh: true })
      for (const text of oddTexts) before.remember(`name ${text}`, secret(`value ${text}`))
      before.remember("name 9", secret("a new value"))
      const after = yield* openKeys(log, { fresh: false })
      strictEqual(after.fingerprint("x"), before.fingerprint("x"))
      for (const text of oddTexts)
        strictEqual(value(after, `name ${text}`), text === "9" ? "a new value" : `value ${text}`)
      strictEqual(after.nameOf("value __proto__"), "name __proto__")
    }),
  )

  it.scoped("keeps secrets that were made over a restart, also when it is written anew, and does not count them", () =>
    Effect.gen(function* () {
      const log = yield* logPath
      const before = yield* openKeys(log, { fresh: true })
      const made = Redacted.value(before.make("made"))
      for (let i = 0; i < 1_100; i++) before.remember("often", secret(`v${i}`))
      yield* openKeys(log, { fresh: false })
      strictEqual(fs.readFileSync(`${log}.keys`, "utf8").split("\n").length, 4)
      const after = yield* openKeys(log, { fresh: false })
      strictEqual(Redacted.value(after.make("made")), made)
      for (let i = 1; i < limits.secretsMax; i++) after.remember(`n${i}`, secret(`v${i}`))
      throws(() => after.remember("one more", secret("x")))
      strictEqual(value(yield* openKeys(log, { fresh: false }), "made"), made)
    }),
  )

  it.scoped("is written once for a secret that is known", () =>
    Effect.gen(function* () {
      const log = yield* logPath
      const keys = yield* openKeys(log, { fresh: true })
      keys.remember("a", secret("one"))
      const { size } = fs.statSync(`${log}.keys`)
      keys.remember("a", secret("one"))
      strictEqual(fs.statSync(`${log}.keys`).size, size)
    }),
  )

  it.scoped("is kept, not made anew, when a log without entries is opened again", () =>
    Effect.gen(function* () {
      const log = yield* logPath
      const first = yield* openKeys(log, { fresh: true })
      const second = yield* openKeys(log, { fresh: true })
      strictEqual(first.fingerprint("x"), second.fingerprint("x"))
    }),
  )

  it.scoped("is missed clearly when a log with entries has none, and not made", () =>
    Effect.gen(function* () {
      const log = yield* logPath
      const error = yield* Effect.flip(openKeys(log, { fresh: false }))
      assertTrue(error instanceof LogOpenError)
      strictEqual(error.reason, "keys-missing")
      assertInclude(error.message, `${log} has no keys file ${log}.keys`)
      assertInclude(error.message, "put it back beside the log")
      assertTrue(!fs.existsSync(`${log}.keys`))
    }),
  )

  it.scoped("loses a half-written last line, and goes on after it", () =>
    Effect.gen(function* () {
      const log = yield* logPath
      const keys = yield* openKeys(log, { fresh: true })
      keys.remember("a", secret("one"))
      for (const half of ['{"name":"b","val', '{"name":"b","value":"two"}']) {
        fs.appendFileSync(`${log}.keys`, half)
        const again = yield* openKeys(log, { fresh: false })
        strictEqual(value(again, "a"), "one")
        strictEqual(again.secret("b"), undefined)
        again.remember("c", secret("three"))
        strictEqual(value(yield* openKeys(log, { fresh: false }), "c"), "three")
      }
    }),
  )

  for (const mode of [0o644, 0o666, 0o400])
    it.scoped(`is given mode 600 when it has ${mode.toString(8)}`, () =>
      Effect.gen(function* () {
        const log = yield* opened
        fs.chmodSync(`${log}.keys`, mode)
        yield* openKeys(log, { fresh: false })
        strictEqual(modeOf(`${log}.keys`), 0o600)
      }),
    )

  for (const [what, content, reason, words] of [
    ["is empty", "", "corrupt", "its first line holds no fingerprint key"],
    ["has no key", '{"format":1}\n', "corrupt", "its first line holds no fingerprint key"],
    [
      "has a key that is none",
      '{"format":1,"fingerprint_key":"abc"}\n',
      "corrupt",
      "its first line holds no fingerprint key",
    ],
    ["is of a newer format", '{"format":2,"fingerprint_key":{}}\n', "newer-format", "has format 2"],
    ["has a line that is no JSON", `KEY\nhunter2\n`, "corrupt", "its line 2 holds no secret"],
    [
      "has a line that is no secret",
      `KEY\n{"name":"a","value":"b"}\n{"name":"hunter2"}\n`,
      "corrupt",
      "its line 3 holds no secret",
    ],
  ] as const)
    it.scoped(`is refused when it ${what}, and shows nothing of what it holds`, () =>
      Effect.gen(function* () {
        const log = yield* logPath
        const key = `{"format":1,"fingerprint_key":"${"ab".repeat(32)}"}`
        fs.writeFileSync(`${log}.keys`, content.replace("KEY", key))
        const error = yield* Effect.flip(openKeys(log, { fresh: false }))
        deepStrictEqual([error.reason, error.file], [reason, `${log}.keys`])
        assertInclude(error.message, words)
        assertTrue(!error.message.includes("hunter2"))
      }),
    )

  it.scoped("is written anew when most of its lines are void", () =>
    Effect.gen(function* () {
      const log = yield* logPath
      const keys = yield* openKeys(log, { fresh: true })
      for (let i = 0; i < 1_500; i++) keys.remember("a", secret(`v${i}`))
      keys.remember("b", secret("two"))
      const again = yield* openKeys(log, { fresh: false })
      strictEqual(fs.readFileSync(`${log}.keys`, "utf8").split("\n").length, 4)
      deepStrictEqual([value(again, "a"), value(again, "b")], ["v1499", "two"])
      strictEqual(modeOf(`${log}.keys`), 0o600)
    }),
  )

  it.scoped("is not made again without its key when it is deleted while it is in use", () =>
    Effect.gen(function* () {
      const log = yield* logPath
      const keys = yield* openKeys(log, { fresh: true })
      fs.rmSync(`${log}.keys`)
      throws(
        () => keys.remember("a", secret("hunter2")),
        (error) => {
          assertTrue(String(error).includes("ENOENT") && !String(error).includes("hunter2"))
          return undefined
        },
      )
      strictEqual(keys.secret("a"), undefined)
      assertTrue(!fs.existsSync(`${log}.keys`))
    }),
  )
})
