import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { simulate } from "../../test/support/simulate.ts"
import type { JsonObject } from "../core/canonical.ts"
import { memoryKeys } from "../log/Keys.ts"
import { hideUserinfo, restoreUserinfo } from "../network/secretUrl.ts"
import type { BadChange } from "../server/Exchange.ts"
import { liveSettings } from "./liveSettings.ts"
import { settingsOf } from "./settings.ts"
import type { SettingsFile } from "./settingsFile.ts"

const keys = memoryKeys("k")
const hidden = (text: string) => hideUserinfo(text, keys)
const to = "http://user:pass@localhost:3000"
const rewrite = [
  { from: "https://one.example", to },
  { from: "https://two.example", to: "http://u:p@localhost:3001" },
]
const body = "<Response><Message statusCallback='https://v:q@app.test/x'>Hi</Message></Response>"
const file: SettingsFile = {
  callbacks: { rewrite },
  endpoints: [{ url: "https://e:s@app.test", answers: [{ body }] }],
  twilio: { lookups: { numbers: [{ number: "+15551234567", carrier_name: "see https://n:o@acme.test" }] } },
}

/** A door to the settings of a run. */
const openedOf = (file: SettingsFile) =>
  Effect.gen(function* () {
    const { run } = yield* simulate({ settings: file })
    const turns = yield* Effect.makeSemaphore(1)
    const door = liveSettings(run, { first: settingsOf(file), keys, turns })
    /** What the log keeps, with its secrets again. */
    const kept = () => JSON.parse(restoreUserinfo(JSON.stringify(run.engine.world.settings), keys))
    const refused = (patch: unknown) =>
      Effect.map(Effect.flip(door.change(patch)), (error) =>
        (error as BadChange).problems.map(({ found, path }) => `${path}: ${found}`),
      )
    return { door, kept, refused }
  })
const opened = openedOf(file)

describe("settings that are sent back as they were shown", () => {
  it.scoped("are the same: no password is lost, and none is shown", () =>
    Effect.gen(function* () {
      const { door, kept } = yield* opened
      const { settings } = door.read()
      for (const secret of ["user:pass", "u:p@", "v:q@", "e:s@", "n:o@"])
        strictEqual(JSON.stringify(settings).includes(secret), false)
      yield* door.change(settings)
      deepStrictEqual(kept().callbacks.rewrite, rewrite)
      strictEqual(kept().endpoints[0].answers[0].body, body)
      strictEqual(kept().endpoints[0].url, "https://e:s@app.test")
      deepStrictEqual(door.read().settings, settings)
      for (const secret of ["user:pass", "u:p@", "v:q@", "e:s@", "n:o@"])
        strictEqual(JSON.stringify(door.read()).includes(secret), false)
    }),
  )

  it.scoped("may be changed and moved within their list", () =>
    Effect.gen(function* () {
      const { door, kept } = yield* opened
      const shown = (door.read().settings.callbacks as JsonObject).rewrite as unknown as typeof rewrite
      const [one, two] = shown as [(typeof rewrite)[0], (typeof rewrite)[0]]
      yield* door.change({ callbacks: { rewrite: [two, { ...one, from: "https://three.example" }] } })
      deepStrictEqual(kept().callbacks.rewrite, [rewrite[1], { from: "https://three.example", to }])
    }),
  )

  it.scoped("lend their names to nothing else: another URL, or another key, has the name as its password", () =>
    Effect.gen(function* () {
      const { door, kept } = yield* opened
      const elsewhere = hidden(to).replace("localhost:3000", "evil.example")
      const moved = [
        { from: "https://one.example", to: elsewhere },
        { from: hidden(to), to: "http://localhost:3000" },
      ]
      yield* door.change({ callbacks: { rewrite: moved } })
      strictEqual(JSON.stringify(kept()).includes("user:pass"), false)
      assertTrue(kept().callbacks.rewrite[0].to.startsWith("http://userinfo-"))
    }),
  )
})

describe("a patch that is only looked at", () => {
  it.scoped("shows what it would change, and leaves its passwords unknown", () =>
    Effect.gen(function* () {
      const { door } = yield* opened
      const before = door.read()
      const changed = [{ from: "https://one.example", to: "http://new:secret@localhost:3000" }]
      const [difference] = yield* door.preview({ callbacks: { rewrite: changed } })
      const name = `userinfo-${keys.fingerprint("new:secret")}`
      deepStrictEqual(
        [difference?.path, difference?.to],
        ["callbacks.rewrite", [{ from: "https://one.example", to: `http://${name}@localhost:3000` }]],
      )
      strictEqual(keys.secret(name), undefined)
      deepStrictEqual(door.read(), before)
      yield* door.change({ callbacks: { rewrite: changed } })
      assertTrue(keys.secret(name) !== undefined)
    }),
  )
})

describe("a patch that would open what the profile keeps closed", () => {
  it.scoped("is refused, and taken where the profile is not strict", () =>
    Effect.gen(function* () {
      const patch = { twilio: { validation: { require_auth: false } }, conversations: { signatures: "off" } }
      const { door } = yield* openedOf({ ...file, profile: "production" })
      const before = door.read()
      for (const ask of [door.change, door.preview])
        deepStrictEqual(((yield* Effect.flip<unknown, unknown, never>(ask(patch))) as BadChange).problems, [
          { path: "twilio.validation.require_auth", expected: "true under profile production", found: "false" },
          { path: "conversations.signatures", expected: "required under profile production", found: "off" },
        ])
      deepStrictEqual(door.read(), before)
      const { door: other, kept } = yield* opened
      yield* other.change(patch)
      strictEqual(kept().twilio.validation.require_auth, false)
    }),
  )
})

describe("a patch that would change the account", () => {
  it.scoped("is refused, in part and as a whole", () =>
    Effect.gen(function* () {
      const { door, refused } = yield* opened
      const before = door.read()
      deepStrictEqual(yield* refused({ twilio: null }), ["twilio: null"])
      deepStrictEqual(yield* refused({ twilio: { account_sid: null } }), ["twilio.account_sid: this key"])
      deepStrictEqual(yield* refused({ twilio: [] }), ["twilio: a list"])
      deepStrictEqual(door.read(), before)
    }),
  )
})
