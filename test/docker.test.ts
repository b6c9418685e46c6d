import { existsSync, readdirSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { validate } from "dockerfile-utils"
import * as Either from "effect/Either"
import { ArrayFormatter } from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { parse, parseDocument } from "yaml"
import { checkSettings } from "../src/app/settingsCheck.ts"
import { describedVerbs } from "../src/cli/commandLine.ts"
import { copiesOf, execOf, read, root, stagesOf, variablesOf } from "./support/dockerfile.ts"

/* The files of containers, as far as they can be looked at where there are no containers. */

const dockerfiles = ["Dockerfile", "docker/app/Dockerfile"]
const composeFiles = readdirSync(join(root, "docker"))
  .filter((name) => /^compose.*\.yaml$/.test(name))
  .map((name) => `docker/${name}`)

describe("a Dockerfile", () => {
  for (const file of dockerfiles)
    it(`${file} has nothing that dockerfile-utils finds wrong`, () =>
      deepStrictEqual(
        validate(read(file)).map(({ message, range }) => `${range.start.line + 1}: ${message}`),
        [],
      ))

  it("that is wrong is found so", () => {
    strictEqual(validate("FROM node\nCOPPY a b\n").length, 1)
    strictEqual(validate("FROM node\nEXPOSE many\n").length, 1)
  })

  const [build = [], run = []] = stagesOf(read("Dockerfile"))

  it("builds in one stage and runs in another, slim, as a user without rights, with a check of health", () => {
    strictEqual(stagesOf(read("Dockerfile")).length, 2)
    for (const stage of [build, run]) assertTrue(/^node:\d+-\w+-slim\b/.test(stage[0]?.text ?? ""), stage[0]?.text)
    strictEqual(run.findLast(({ word }) => word === "USER")?.text, "node")
    assertTrue(execOf(run, "HEALTHCHECK").join(" ").includes("/health"))
    deepStrictEqual(execOf(run, "VOLUME"), ["/app/data"])
    strictEqual(run.find(({ word }) => word === "EXPOSE")?.text, "8080")
    const { CONFIG_PATH, LOG_LEVEL } = variablesOf(run)
    deepStrictEqual([CONFIG_PATH, LOG_LEVEL], ["/app/config.yaml", "INFO"])
  })

  it("copies what there is, and what .dockerignore lets through", () => {
    const ignored = read(".dockerignore").split("\n")
    strictEqual(ignored.filter((line) => line !== "" && !line.startsWith("#"))[0], "*")
    const through = ignored.filter((line) => line.startsWith("!")).map((line) => line.slice(1))
    for (const { from, sources } of [...copiesOf(build), ...copiesOf(run)])
      if (from === undefined)
        for (const source of sources) {
          assertTrue(existsSync(join(root, source)), source)
          assertTrue(through.includes(normalize(source)), `${source} is not let through`)
        }
    for (const path of through) assertTrue(existsSync(join(root, path)), path)
  })

  it("gives settings that hold", () => {
    strictEqual(Either.isRight(checkSettings(parse(read("docker/config.yaml")))), true)
  })
})

/* What these files say of the Compose Specification: strict, so that a mistyped key is found. */
const Text = Schema.NonEmptyString
const Texts = Schema.Array(Text)
const condition = Schema.Literal("service_started", "service_healthy", "service_completed_successfully")
const opt = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { exact: true })
const Service = Schema.Struct({
  build: opt(Schema.Struct({ context: Text })),
  command: opt(Texts),
  depends_on: opt(Schema.Record({ key: Text, value: Schema.Struct({ condition }) })),
  environment: opt(Schema.Record({ key: Schema.String.pipe(Schema.pattern(/^[A-Z_]+$/)), value: Schema.String })),
  image: opt(Text),
  init: opt(Schema.Boolean),
  networks: opt(Schema.Record({ key: Text, value: Schema.Struct({ aliases: Texts }) })),
  ports: opt(Schema.Array(Schema.String.pipe(Schema.pattern(/^127\.0\.0\.1:[\d-]+:[\d-]+$/)))),
  sysctls: opt(Schema.Record({ key: Text, value: Text })),
  volumes: opt(Schema.Array(Schema.String.pipe(Schema.pattern(/^[\w./-]+:\/[\w./-]+(?::ro)?$/)))),
})
const Compose = Schema.Struct({
  services: Schema.Record({ key: Text, value: Service }),
  volumes: opt(Schema.Record({ key: Text, value: Schema.Null })),
})
const decodeCompose = Schema.decodeUnknownEither(Compose, { onExcessProperty: "error", errors: "all" })

const verbs = await describedVerbs()

describe("a compose file", () => {
  it("is there alone, with the gateway's providers, and with an application", () =>
    deepStrictEqual(composeFiles, ["docker/compose.app.yaml", "docker/compose.gateway.yaml", "docker/compose.yaml"]))

  for (const file of composeFiles) {
    const text = read(file)
    const compose = decodeCompose(parse(text))

    it(`${file} says what the schema knows, without a warning of the parser`, () => {
      const document = parseDocument(text)
      deepStrictEqual([...document.errors, ...document.warnings].map(String), [])
      if (Either.isLeft(compose)) deepStrictEqual(ArrayFormatter.formatErrorSync(compose.left), [])
    })

    it(`${file} leads to folders, volumes and services that there are`, () => {
      const { services, volumes = {} } = Either.getOrThrow(compose)
      for (const [name, service] of Object.entries(services)) {
        assertTrue(service.build !== undefined || service.image !== undefined, name)
        const context = service.build === undefined ? undefined : join(root, dirname(file), service.build.context)
        if (context !== undefined) assertTrue(existsSync(join(context, "Dockerfile")), context)
        for (const other of Object.keys(service.depends_on ?? {})) assertTrue(other in services, other)
        for (const volume of service.volumes ?? []) assertTrue((volume.split(":")[0] ?? "") in volumes, volume)
      }
    })

    it(`${file} calls ringback with verbs and flags that there are`, () => {
      for (const { command = [] } of Object.values(Either.getOrThrow(compose).services)) {
        const [verb = "serve", ...args] = command
        const told = verbs.find(({ words }) => words.join() === verb)
        assertTrue(told !== undefined, verb)
        const flags = told.options.map(({ name }) => name)
        for (const flag of args.filter((arg) => arg.startsWith("--"))) assertTrue(flags.includes(flag), flag)
      }
    })
  }

  it("that is mistyped is found so", () => {
    for (const text of ["services: { a: { imagee: x } }", "services: { a: { image: x, ports: ['8080:8080'] } }"])
      strictEqual(Either.isLeft(decodeCompose(parse(text))), true)
  })
})
