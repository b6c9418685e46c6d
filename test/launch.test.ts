import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs"
import { dirname, join } from "node:path"
import { afterAll, describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, notDeepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { newFolder } from "./support/folder.ts"
import { endAll, program, ringback, type SpawnOptions, serve } from "./support/program.ts"

afterAll(endAll)

/** Loaded before the program: says at its end how V8 took the cache it was given for each pack. */
const spy = `
const path = require("node:path")
const vm = require("node:vm")
const told = []
vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options)
    const pack = path.basename(options.filename).split("-")[0]
    told.push(pack + " " + (options.cachedData === undefined ? "no cache" : this.cachedDataRejected ? "refused" : "taken"))
  }
}
process.on("exit", () => process.stderr.write("cache: " + told.join(", ") + "\\n"))
`

/** A copy of the built program in a folder of its own, with the cache that the build left or without one. */
const install = ({ cache = true } = {}) => {
  const folder = newFolder()
  const dist = join(folder, "dist")
  const all = () => readdirSync(dist).filter((name) => name.endsWith(".cache"))
  const caches = (pack = "ringback") => all().filter((name) => name.startsWith(`${pack}-`))
  cpSync(dirname(program), dist, { recursive: true, filter: (from) => !from.endsWith(".setup-lock") })
  symlinkSync(join(dirname(program), "../node_modules"), join(folder, "node_modules"))
  if (!cache) for (const name of all()) rmSync(join(dist, name))
  const hook = join(folder, "spy.cjs")
  writeFileSync(hook, spy)
  const options = (flags: ReadonlyArray<string> = []): SpawnOptions => ({
    cwd: folder,
    program: join(dist, "main.js"),
    env: { NODE_OPTIONS: ["--require", hook, ...flags].join(" ") },
  })
  return {
    dist,
    all,
    caches,
    options,
    cacheFile: () => join(dist, caches()[0] ?? "none"),
    /** Serves a message to the end; gives how the cache of what a server starts with was taken. */
    served: async (flags?: ReadonlyArray<string>) => {
      const server = await serve(options(flags))
      strictEqual((await server.send()).status, 201)
      const { code, stderr } = await server.kill("SIGTERM")
      strictEqual(code, 0)
      return /cache: ringback ([a-z ]+)/.exec(stderr)?.[1]
    },
    asked: (...args: ReadonlyArray<string>) => ringback(args, options()),
  }
}

describe.concurrent("The code that V8 made of the program", () => {
  it("is left by the build and taken by every command", async () => {
    const { asked, caches, served } = install()
    for (const pack of ["ringback", "reading", "control", "verbs"]) strictEqual(caches(pack).length, 1)
    strictEqual(await served(), "taken")
    const { code, stderr } = await asked("--version")
    deepStrictEqual([code, stderr], [0, "cache: ringback taken, verbs taken, control taken, reading taken\n"])
  })

  it("is made when a server ends where there is none, and by nothing else", async () => {
    const { all, asked, served } = install({ cache: false })
    strictEqual((await asked("--version")).code, 0)
    deepStrictEqual(all(), [])
    strictEqual(await served(), "no cache")
    strictEqual(await served(), "taken")
  })

  it("is made of what a server loads later by one that loaded it, and of what other verbs load by a scenario", async () => {
    const { all, asked, caches, dist, options } = install({ cache: false })
    const server = await serve(options())
    strictEqual((await fetch(`${server.address}/health`)).status, 200)
    const { stderr } = await server.kill("SIGTERM")
    strictEqual(/cache: (.*)/.exec(stderr)?.[1], "ringback no cache, control no cache, reading no cache")
    deepStrictEqual([caches().length, caches("control").length, caches("reading").length, all().length], [1, 1, 1, 3])
    strictEqual((await asked("run", join(dist, "starter/scenario.yaml"))).code, 0)
    deepStrictEqual([caches("verbs").length, all().length], [1, 4])
  })

  it("is not believed when it is damaged or cut off, and made anew", async () => {
    const { cacheFile, served } = install()
    const whole = readFileSync(cacheFile())
    const damaged = Buffer.from(whole)
    damaged[whole.length >> 1] = (damaged[whole.length >> 1] as number) ^ 1
    writeFileSync(cacheFile(), damaged)
    strictEqual(await served(), "no cache")
    notDeepStrictEqual(readFileSync(cacheFile()), damaged)
    strictEqual(await served(), "taken")
    for (const length of [31, whole.length - 1]) {
      truncateSync(cacheFile(), length)
      strictEqual(await served(), "no cache")
    }
    strictEqual(await served(), "taken")
  })

  it("is refused under other flags of V8, and made for them", async () => {
    const { served } = install()
    const flags = ["--max-old-space-size=512"]
    strictEqual(await served(flags), "refused")
    strictEqual(await served(flags), "taken")
  })

  it("is whole after many servers made it at once, and no piece is left", async () => {
    const { caches, dist, served } = install({ cache: false })
    deepStrictEqual(new Set(await Promise.all([served(), served(), served()])), new Set(["no cache"]))
    strictEqual(caches().length, 1)
    deepStrictEqual(
      readdirSync(dist).filter((name) => name.endsWith(".part")),
      [],
    )
    strictEqual(await served(), "taken")
  })

  it("is passed over where it cannot be kept", async () => {
    const { caches, dist, served } = install({ cache: false })
    const inTheWay = join(dist, `${readdirSync(dist).find((name) => /^ringback-.*\.script$/.test(name))}.${cacheName}`)
    cpSync(join(dist, "templates"), inTheWay, { recursive: true })
    chmodSync(dist, 0o500)
    strictEqual(await served(), "no cache")
    chmodSync(dist, 0o700)
    strictEqual(caches().length, 1)
    deepStrictEqual(
      readdirSync(dist).filter((name) => name.endsWith(".part")),
      [],
    )
  })
})

describe.concurrent("A Node that is", () => {
  /** Starts a copy of the program that is told that it runs on this version. */
  const on = (node: string) => {
    const { dist } = install()
    const hook = join(dist, "node.cjs")
    const versions = `{ ...process.versions, node: ${JSON.stringify(node)} }`
    writeFileSync(hook, `Object.defineProperty(process, "versions", { value: ${versions} })`)
    return ringback(["--version"], {
      cwd: dist,
      program: join(dist, "main.js"),
      env: { NODE_OPTIONS: `--require ${hook}` },
    })
  }

  for (const old of ["20.11.1", "18.20.4", "9.99.0"])
    it(`${old} is refused with one plain line`, async () => {
      const { code, stderr, stdout } = await on(old)
      deepStrictEqual([code, stdout], [2, ""])
      strictEqual(stderr, `ringback: Node 20.12 or later is needed; this is ${old}\n`)
    })

  for (const recent of ["20.12.0", "22.0.0", "100.1.0"])
    it(`${recent} is not`, async () => {
      const { code, stderr } = await on(recent)
      deepStrictEqual([code, stderr], [0, ""])
    })
})

const cacheName = `${process.version}-${process.platform}-${process.arch}.cache`

describe("The scripts of the program", () => {
  /** A copy of the program beside a better-sqlite3 of this version that says when it is loaded. */
  const beside = async (version: string) => {
    const { dist, served } = install()
    const modules = join(dist, "../node_modules")
    const real = realpathSync(join(modules, "better-sqlite3"))
    const own = join(modules, "better-sqlite3")
    rmSync(modules)
    mkdirSync(join(own, "build"), { recursive: true })
    symlinkSync(join(real, "build/Release"), join(own, "build/Release"))
    writeFileSync(join(own, "package.json"), JSON.stringify({ name: "better-sqlite3", version, main: "index.js" }))
    const told = join(dist, "told")
    const text = `require("node:fs").writeFileSync(${JSON.stringify(told)}, "")\nmodule.exports = require(${JSON.stringify(real)})\n`
    writeFileSync(join(own, "index.js"), text)
    strictEqual(await served(), "taken")
    return existsSync(told)
  }

  it("hold better-sqlite3's JavaScript, and take the package where it is another version", async () => {
    const { version } = JSON.parse(
      readFileSync(join(dirname(program), "../node_modules/better-sqlite3/package.json"), "utf8"),
    )
    strictEqual(await beside(version), false)
    strictEqual(await beside("0.0.1"), true)
  })

  it("tells where an error comes from", async () => {
    const { dist, asked } = install()
    rmSync(join(dist, "templates"), { recursive: true })
    const { code, stdout } = await asked("serve", "--port", "0", "--db", ":memory:")
    strictEqual(code, 70)
    assertTrue(/ENOENT.*templates/.test(stdout), stdout)
    assertTrue(/at shipped\d* \(.*\.script:\d+:\d+\)/.test(stdout), stdout)
  })
})
