import * as CliConfig from "@effect/cli/CliConfig"
import * as Command from "@effect/cli/Command"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import { plainServe } from "./plainServe.ts"
import { options } from "./serve.ts"
import { services } from "./services.ts"

const argvOf = (words: ReadonlyArray<string>) => ["node", "ringback", "serve", ...words]
const quiet = { error: () => Effect.void, log: () => Effect.void }

/** What the library reads of a command line; undefined where it refuses it or does something else. */
const libraryReads = (words: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    let read: unknown
    const serve = Command.make("serve", options, (given) =>
      Effect.sync(() => {
        read = given
      }),
    )
    const ringback = Command.make("ringback").pipe(Command.withSubcommands([serve]))
    const console = yield* Effect.console
    yield* Command.run(ringback, { name: "Ringback", executable: "ringback", version: "0" })(argvOf(words)).pipe(
      Console.withConsole({ ...console, ...quiet }),
      Effect.ignore,
    )
    return read
  }).pipe(Effect.provide(Layer.merge(services, CliConfig.layer({ showBuiltIns: false }))))

/** Every option as people give it, each at most once, in any order. */
const plainWords = FastCheck.tuple(
  ...["--config", "--host", "--db", "--pace", "--profile", "--log-format", "--start"].map((name) =>
    FastCheck.tuple(
      FastCheck.constant(name),
      FastCheck.constantFrom("a", "x.yaml", "::1", "10x", "a b", "=", "é", "5"),
    ),
  ),
  ...["--port", "--seed", "--tls-port", "--providers-port"].map((name) =>
    FastCheck.tuple(FastCheck.constant(name), FastCheck.constantFrom("0", "7", "65535", "2147483647")),
  ),
  ...["--tls", "--providers", "--json"].map((name) => FastCheck.tuple(FastCheck.constant(name))),
)
  .chain((all) => FastCheck.shuffledSubarray(all))
  .map((chosen) => chosen.flat())

/** Words as they may come by mistake, too. */
const anyWords = FastCheck.array(
  FastCheck.oneof(
    FastCheck.constantFrom(
      ...Object.keys(options).map((key) => `--${key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`),
    ),
    FastCheck.constantFrom(
      "",
      "-",
      "--",
      "-1",
      "+1",
      "01",
      "1.5",
      "1e3",
      "0x1",
      " 1",
      "true",
      "false",
      "no",
      "serve",
      "--port=1",
    ),
    FastCheck.constantFrom(
      "--help",
      "-h",
      "--version",
      "--PORT",
      "--no-tls",
      "--wizard",
      "--log-level",
      "99999999999",
      "x",
    ),
  ),
  { maxLength: 5 },
)

describe("A command line that serves", () => {
  it.effect.prop("is read at once where it is plain, to what the library reads", [plainWords], ([words]) =>
    Effect.gen(function* () {
      const given = plainServe(argvOf(words))
      assertTrue(given !== undefined)
      deepStrictEqual(given, (yield* libraryReads(words)) as typeof given)
    }),
  )

  it.effect.prop("is read at once only where the library reads the same", [anyWords], ([words]) =>
    Effect.gen(function* () {
      const given = plainServe(argvOf(words))
      if (given !== undefined) deepStrictEqual(given, (yield* libraryReads(words)) as typeof given)
    }),
  )

  for (const words of [
    ["--help"],
    ["--port"],
    ["--port", "x"],
    ["--port=1"],
    ["--json", "--json"],
    ["x"],
    ["--host", ""],
  ])
    it(`is left to the library where it is not plain: ${JSON.stringify(words)}`, () => {
      strictEqual(plainServe(argvOf(words)), undefined)
    })

  it("of another verb is left to the library", () => {
    strictEqual(plainServe(["node", "ringback", "doctor"]), undefined)
    strictEqual(plainServe(["node", "ringback"]), undefined)
  })
})
