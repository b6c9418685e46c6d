import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { type Exception, excuse, scan, tell } from "./architecture/scan.ts"
import { codeOf, type SourceFile } from "./architecture/sourceText.ts"

/** Breaches that are meant. One that is no longer needed fails the test. */
const exceptions: ReadonlyArray<Exception> = [
  {
    rule: "fork",
    path: "src/engine/Engine.ts",
    why: "the shell of the one writer rebuilds the world in a fibre; no rule sees it",
  },
]

const root = join(import.meta.dirname, "..")

const repository = (): ReadonlyArray<SourceFile> => {
  const places = ["src", "test", "tools", "bench", "docs", "scenarios", ".ci"]
  const below = places
    .filter((place) => existsSync(join(root, place)))
    .flatMap((place) =>
      readdirSync(join(root, place), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) =>
          join(entry.parentPath, entry.name)
            .slice(root.length + 1)
            .replaceAll("\\", "/"),
        ),
    )
  const top = readdirSync(root).filter((name) => name !== "package-lock.json" && !existsSync(join(root, name, ".")))
  return [...below, ...top]
    .filter((path) => /(?:\.(?:ts|mjs|js|json|jsonc|md|ya?ml|html|css|txt|sh)|\/run)$/.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }))
}

/** What the scanner says about files given as { path: text }: `rule path`. */
const found = (files: Record<string, string>): ReadonlyArray<string> =>
  scan(Object.entries(files).map(([path, text]) => ({ path, text }))).map((breach) => `${breach.rule} ${breach.path}`)

const catches = (rule: string, path: string, text: string) =>
  deepStrictEqual(found({ [path]: text }), [`${rule} ${path}`])
const allows = (path: string, text: string) => deepStrictEqual(found({ [path]: text }), [])

describe("the repository", () => {
  it("keeps the rules of its architecture", () => {
    const breaches = excuse(scan(repository()), exceptions).map(tell)
    if (breaches.length > 0) throw new Error(breaches.join("\n"))
  })
})

describe("the scanner: rooms", () => {
  it("catches an import that points up", () => {
    catches("rooms", "src/core/a.ts", `import { x } from "../log/x.ts"`)
    catches("rooms", "src/log/a.ts", `import type { X } from "../engine/X.ts"`)
    catches("rooms", "src/engine/a.ts", `export { x } from "../network/x.ts"`)
    catches("rooms", "src/server/a.ts", `const x = await import("../app/x.ts")`)
    catches("rooms", "src/cli/a.ts", `import "../main.ts"`)
  })
  it("catches an import between rooms of one height", () => {
    catches("rooms", "src/log/a.ts", `import { x } from "../clock/x.ts"`)
    catches("rooms", "src/gateway/a.ts", `import { x } from "../conversations/x.ts"`)
    catches("rooms", "src/network/a.ts", `import { x } from "../carriers/delivery/x.ts"`)
  })
  it("allows imports that point down, and carriers the network", () => {
    allows("src/engine/a.ts", `import { x } from "../log/x.ts"\nimport { y } from "../core/y.ts"`)
    allows("src/carriers/twilio/a.ts", `import { x } from "../../network/x.ts"`)
    allows("src/cli/a.ts", `import { x } from "../app/x.ts"\nimport { y } from "../core/y.ts"`)
  })
  it("catches the client library importing anything above core", () => {
    catches("rooms", "src/client/a.ts", `import { x } from "../clock/x.ts"`)
    allows("src/client/a.ts", `import { x } from "../core/x.ts"`)
  })
  it("catches a carrier that imports another, and delivery that imports a carrier", () => {
    catches("carriers", "src/carriers/acme/a.ts", `import { x } from "../twilio/x.ts"`)
    catches("carriers", "src/carriers/delivery/a.ts", `import { x } from "../twilio/x.ts"`)
    allows("src/carriers/acme/a.ts", `import { x } from "../delivery/x.ts"`)
  })
  it("catches a file in no room", () => {
    catches("room", "src/utils/a.ts", "")
    catches("room", "src/a.ts", "")
  })
  it("catches product code that imports tests or tools, and lets tests import test support", () => {
    catches("rooms", "src/app/a.ts", `import { x } from "../../tools/x.mjs"`)
    allows("src/app/a.test.ts", `import { x } from "../../test/support/x.ts"`)
  })
})

describe("the scanner: rules", () => {
  it("catches a machine that imports another machine, and lets it import plain functions", () => {
    catches("machines", "src/gateway/a.machine.ts", `import type { Slice } from "./b.machine.ts"`)
    allows("src/gateway/a.machine.ts", `import { x } from "./x.ts"`)
  })
  it("catches rules that import more than data", () => {
    catches("rules-are-pure", "src/core/a.ts", `import * as Effect from "effect/Effect"`)
    catches("rules-are-pure", "src/core/a.ts", `import * as crypto from "node:crypto"`)
    catches("rules-are-pure", "src/gateway/a.decider.ts", `import type * as Layer from "effect/Layer"`)
    catches("rules-are-pure", "src/gateway/a.machine.ts", `import * as fs from "node:fs"`)
    catches("rules-are-pure", "src/gateway/a.machine.ts", `import { parse } from "libphonenumber-js"`)
  })
  it("allows data modules, and the exceptions of the core", () => {
    allows(
      "src/gateway/a.machine.ts",
      `import * as Schema from "effect/Schema"\nimport * as Either from "effect/Either"`,
    )
    allows("src/core/chance.ts", `import * as crypto from "node:crypto"`)
    allows("src/core/canonical.ts", `import * as crypto from "node:crypto"`)
    allows("src/core/signature.ts", `import * as crypto from "node:crypto"`)
    allows("src/core/E164.ts", `import { parse } from "libphonenumber-js/core"`)
  })
  it("catches a rule that reaches a service through a plain file", () => {
    const files = {
      "src/gateway/a.machine.ts": `import { x } from "./plain.ts"`,
      "src/gateway/plain.ts": `import { y } from "./further.ts"`,
      "src/gateway/further.ts": `import * as Effect from "effect/Effect"`,
    }
    deepStrictEqual(found(files), ["rules-are-pure src/gateway/a.machine.ts"])
    deepStrictEqual(found({ ...files, "src/gateway/plain.ts": `import type { Y } from "./further.ts"` }), [])
  })
})

describe("the scanner: the web of imports", () => {
  it("catches a cycle once, and names the way round", () => {
    const files = [
      { path: "src/log/a.ts", text: `import { b } from "./b.ts"` },
      { path: "src/log/b.ts", text: `import { c } from "./c.ts"` },
      { path: "src/log/c.ts", text: `import type { A } from "./a.ts"` },
      { path: "src/log/d.ts", text: `import { a } from "./a.ts"` },
    ]
    const breaches = scan(files)
    deepStrictEqual(
      breaches.map((breach) => breach.rule),
      ["cycle"],
    )
    deepStrictEqual(breaches[0]?.message.includes("src/log/b.ts -> src/log/c.ts -> src/log/a.ts"), true)
  })
  it("catches a file that nobody imports, or only its own test", () => {
    const files = {
      "src/main.ts": `import { used } from "./app/used.ts"`,
      "src/app/used.ts": "",
      "src/app/forgotten.ts": "",
      "src/app/forgotten.test.ts": `import { x } from "./forgotten.ts"`,
      "src/app/suite.contract.ts": `import { x } from "./inSuite.ts"`,
      "src/app/inSuite.ts": "",
      "src/app/inTests.ts": "",
      "test/a.test.ts": `import { x } from "../src/app/inTests.ts"`,
    }
    deepStrictEqual(found(files), ["orphan src/app/forgotten.ts"])
  })
  it("catches barrels, and lets tests have the one of the test library", () => {
    catches("barrel", "src/app/a.ts", `import { Effect, Layer } from "effect"`)
    catches("barrel", "src/app/a.ts", `import { HttpClient } from "@effect/platform"`)
    catches("barrel", "src/app/a.ts", `export * from "@effect/platform-node"`)
    allows("src/app/a.ts", `import * as HttpClient from "@effect/platform/HttpClient"`)
    allows("src/app/a.test.ts", `import { it } from "@effect/vitest"`)
  })
  it("reads imports of several lines", () => {
    catches("barrel", "src/app/a.ts", `import {\n  type Effect,\n  Layer,\n} from "effect"`)
    catches("barrel", "src/app/a.ts", `import Platform, { X } from '@effect/platform'`)
  })
})

describe("the scanner: bans", () => {
  const everywhere: ReadonlyArray<readonly [rule: string, code: string]> = [
    ["Date.now", "const t = Date.now()"],
    ["new Date()", "const t = new Date()"],
    ["new Date()", "const t = new Date"],
    ["Date()", "const t = Date()"],
    ["performance.now", "const t = performance.now()"],
    ["performance.now", "const t = process.hrtime.bigint()"],
    ["DateTime.unsafeNow", "const t = DateTime.unsafeNow()"],
    ["setTimeout", "setTimeout(f, 1)"],
    ["setTimeout", "globalThis.setTimeout(f, 1)"],
    ["setInterval", "const handle = setInterval(f, 1)"],
    ["Math.random", "const r = Math.random()"],
    ["randomUUID", "const id = crypto.randomUUID()"],
    ["nanoid", "const id = nanoid()"],
    ["toLocaleString", "n.toLocaleString()"],
    ["localeCompare", "a.localeCompare(b)"],
    ["Promise.race", "await Promise.race([a, b])"],
    ["process.env", "const home = process.env.HOME"],
    ["Math.random", "const text = `a ${Math.random()} b`"],
    ["unfinished", "// TODO: later"],
    ["unfinished", "/* FIXME */"],
  ]
  for (const [rule, code] of everywhere)
    it(`catches ${JSON.stringify(code)} anywhere in src, tests included`, () => {
      catches(rule, "src/server/a.ts", code)
      catches(rule, "src/server/a.test.ts", code)
    })
  it("catches imports of timers and id makers", () => {
    catches("banned-import", "src/server/a.ts", `import * as timers from "node:timers/promises"`)
    catches("banned-import", "src/server/a.ts", `import { v4 } from "uuid"`)
  })
  it("allows the environment in app/ alone", () => allows("src/app/a.ts", "const home = process.env.HOME"))
  it("catches sleeping in rules, engine and carriers, not in shells", () => {
    for (const path of ["src/engine/a.ts", "src/carriers/twilio/a.ts", "src/core/a.ts", "src/gateway/a.decider.ts"])
      catches("Effect.sleep", path, `Effect.sleep("1 second")`)
    allows("src/server/a.ts", `Effect.sleep("1 second")`)
    allows("src/engine/a.test.ts", `Effect.sleep("1 second")`)
  })
  it("catches fibres and concurrency in rules and engine, not in shells", () => {
    for (const path of ["src/engine/a.ts", "src/core/a.ts", "src/gateway/a.machine.ts"]) {
      catches("fork", path, "Effect.forkScoped(loop)")
      catches("concurrency", path, "Effect.all(all, { concurrency: 4 })")
    }
    allows("src/network/a.ts", "Effect.forkScoped(loop).pipe(Effect.all({ concurrency: 4 }))")
  })
  it("reads code, not comments, strings or regular expressions", () => {
    allows("src/app/a.ts", "// Date.now() is banned\n/* Math.random() */ const a = 1")
    allows("src/app/a.ts", "const a = 'Date.now()' + \"Math.random()\" + `new Date() ${a}`")
    allows("src/app/a.ts", `const a = /["'\`]Date.now/.test(b) ? 1 / 2 : 3 // "`)
    catches("Date.now", "src/app/a.ts", 'const quote = /"/; const a = 4 / 2 / Date.now()')
  })
  it("allows dates made of numbers, and methods of the same name", () => {
    allows("src/app/a.ts", "const a = new Date(at).toISOString(); socket.setTimeout(5)")
  })
  it("names a replacement for every ban", () => {
    for (const [, code] of everywhere)
      for (const breach of scan([{ path: "src/server/a.ts", text: code }]))
        deepStrictEqual(/: (?:use|read|do|move|import|write) /.test(breach.message), true)
  })
})

describe("the scanner: files", () => {
  it("catches a file of more than 400 lines without a reason", () => {
    allows("src/app/a.ts", "a\n".repeat(400))
    catches("size", "src/app/a.ts", "a\n".repeat(401))
    catches("size", "test/a.test.ts", "a\n".repeat(401))
    allows("src/app/a.ts", `// size: a table of error codes\n${"a\n".repeat(401)}`)
  })
  it("catches paths of one machine in any text", () => {
    catches("place", "docs/a.md", ["see ", "work/main"].join("/"))
    catches("place", "src/app/a.ts", `const a = "${["", "tmp", "x"].join("/")}"`)
    allows("docs/a.md", "see src/work/a and https://example.com/root/a")
  })
  it("keeps lengths and lines when it takes out comments and strings", () => {
    const text = "const a = `x\n${b + `y ${c}` + {d: 1}.d}\nz` /* e\nf */ + 'g' // h\n"
    const code = codeOf(text)
    deepStrictEqual(code.length, text.length)
    deepStrictEqual(code.replaceAll(/\s+/g, " "), "const a = ` ${b + ` ${c}` + {d: 1}.d} ` + ' ' ")
  })
})

describe("exceptions", () => {
  const breach = { rule: "size", path: "src/app/a.ts", line: 401, message: "has 401 lines" }
  it("an exception covers its rule in its file", () => {
    deepStrictEqual(excuse([breach], [{ rule: "size", path: "src/app/a.ts", why: "a table" }]), [])
    deepStrictEqual(excuse([breach], [{ rule: "size", path: "src/app/b.ts", why: "a table" }]).length, 2)
  })
})
