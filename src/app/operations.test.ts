import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as LogLevel from "effect/LogLevel"
import { databaseFileOf } from "./databaseUrl.ts"
import {
  checkOperationsFlags,
  levelUnder,
  operationsOf,
  readOperationsEnvironment,
  strictProblems,
} from "./operations.ts"

const closed = { host: "127.0.0.1", hasAdminToken: false, requireAuth: true, unsignedWebhooks: false }

describe("how a process is run", () => {
  it("is said by flags before the environment before the file, and by the profile", () => {
    const { logFormat, profile } = operationsOf({}, {}, {})
    deepStrictEqual([profile, logFormat], ["development", "text"])
    strictEqual(operationsOf({}, {}, { profile: "staging" }).logFormat, "json")
    strictEqual(operationsOf({}, {}, { profile: "production", logging: { format: "text" } }).logFormat, "text")
    const env = { profile: "staging", logFormat: "text", endpoint: "http://env" } as const
    const file = {
      profile: "production",
      logging: { format: "json" },
      tracing: { endpoint: "http://file", service: "x" },
    } as const
    const found = operationsOf({}, env, file)
    deepStrictEqual(
      [found.profile, found.logFormat, found.tracing?.endpoint, found.tracing?.service],
      ["staging", "text", "http://env", "x"],
    )
    strictEqual(operationsOf({ profile: "production", logFormat: "json" }, env, file).profile, "production")
  })
  it.effect(
    "is read from the environment, in which what is empty says nothing, and what is wrong is told all at once",
    () =>
      Effect.gen(function* () {
        const read = (variables: Readonly<Record<string, string>>) =>
          Effect.withConfigProvider(
            readOperationsEnvironment,
            ConfigProvider.fromMap(new Map(Object.entries(variables))),
          )
        deepStrictEqual(yield* read({}), { environment: {}, lines: [] })
        const names = [
          "RINGBACK_PROFILE",
          "LOG_FORMAT",
          "OTEL_EXPORTER_OTLP_HEADERS",
          "OTEL_SERVICE_NAME",
          "DATABASE_URL",
        ]
        deepStrictEqual(yield* read(Object.fromEntries(names.map((name) => [name, ""]))), {
          environment: {},
          lines: [],
        })
        const { environment } = yield* read({
          RINGBACK_PROFILE: "Staging",
          LOG_FORMAT: "JSON",
          OTEL_SERVICE_NAME: "exchange",
          DATABASE_URL: "sqlite:///tables.db",
        })
        deepStrictEqual(environment, {
          profile: "staging",
          logFormat: "json",
          service: "exchange",
          projection: "tables.db",
        })
        const { lines } = yield* read({ RINGBACK_PROFILE: "live", OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" })
        deepStrictEqual(lines, [
          'environment RINGBACK_PROFILE: expected development, staging, production, found "live"',
          "environment OTEL_EXPORTER_OTLP_ENDPOINT: expected a URL that begins with http:// or https://, found a text of 14 characters",
        ])
      }),
  )
  it("has no traces and no tables unless they are asked for", () => {
    const { projection, tracing } = operationsOf({}, {}, { tracing: { service: "x" } })
    deepStrictEqual([projection, tracing], [undefined, undefined])
  })
  it("is open in development, and refuses each thing that is open elsewhere", () => {
    const open = { host: "0.0.0.0", hasAdminToken: false, requireAuth: false, unsignedWebhooks: true }
    deepStrictEqual(strictProblems("development", open), [])
    deepStrictEqual(strictProblems("staging", closed), [])
    deepStrictEqual(strictProblems("production", { ...open, hasAdminToken: true }).length, 2)
    strictEqual(strictProblems("production", open).length, 3)
    strictEqual(strictProblems("staging", { ...closed, host: "10.0.0.1" }).length, 1)
  })
  it("tells nothing below INFO where it is strict", () => {
    strictEqual(levelUnder("production", LogLevel.Debug), LogLevel.Info)
    strictEqual(levelUnder("production", LogLevel.Error), LogLevel.Error)
    strictEqual(levelUnder("development", LogLevel.Debug), LogLevel.Debug)
  })
  it("is told wrong flags", () => {
    deepStrictEqual(checkOperationsFlags({ profile: "staging", logFormat: "json" }), [])
    strictEqual(checkOperationsFlags({ profile: "prod", logFormat: "xml" }).length, 2)
  })
})

describe("the file of a database URL", () => {
  it.each([
    ["sqlite:///data/x.db", "data/x.db"],
    ["sqlite:///./data/sms_gateway.db", "./data/sms_gateway.db"],
    ["sqlite:////var/x.db", "/var/x.db"],
    ["sqlite+aiosqlite:///x.db", "x.db"],
  ])("is the path of %s", (url, file) => deepStrictEqual(databaseFileOf(url), Either.right(file)))
  it.each([
    "sqlite:///",
    "sqlite:///:memory:",
    "sqlite://x.db",
    "x.db",
    "postgresql://u:secret@h/db",
    "sqlite:///dir/",
  ])("is none of %s, which is not repeated", (url) => {
    const found = databaseFileOf(url)
    strictEqual(Either.isLeft(found) && !found.left.includes("secret"), true)
  })
})
