import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { hostname, tmpdir } from "node:os"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertFalse, assertTrue, deepStrictEqual, notDeepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { takeLock } from "../tools/lock.mjs"
import { buildInputs, contentPrint, nativeKey, quickPrint, sameTree } from "../tools/stamps.mjs"

const inFolder = async (use: (folder: string) => void | Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "ringback-setup-test-"))
  try {
    await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe("installed packages against the lock file", () => {
  const a = { version: "1.0.0", integrity: "sha512-a" }
  const b = { version: "2.0.0", integrity: "sha512-b" }
  const lock = { packages: { "": {}, "node_modules/a": a, "node_modules/b": b } }

  it("what npm installed from the lock file is the same tree", () => {
    assertTrue(sameTree(lock, { packages: { "node_modules/a": a, "node_modules/b": b } }))
  })
  it("a package that is missing, another, or too many makes another tree", () => {
    assertFalse(sameTree(lock, { packages: { "node_modules/a": a } }))
    assertFalse(sameTree(lock, { packages: { "node_modules/a": a, "node_modules/b": { ...b, version: "2.0.1" } } }))
    assertFalse(
      sameTree(lock, { packages: { "node_modules/a": a, "node_modules/b": { ...b, integrity: "sha512-c" } } }),
    )
    assertFalse(sameTree(lock, { packages: { ...lock.packages, "node_modules/c": a } }))
  })
  it("optional packages may be absent, as those of other platforms are", () => {
    const withOptional = { packages: { ...lock.packages, "node_modules/c": { ...a, optional: true } } }
    assertTrue(sameTree(withOptional, { packages: { "node_modules/a": a, "node_modules/b": b } }))
  })
  it("an addon built for another Node or machine is not trusted", () => {
    strictEqual(nativeKey({ modules: "115" }, "linux", "x64"), "linux-x64-115")
    notDeepStrictEqual(nativeKey({ modules: "127" }, "linux", "x64"), nativeKey({ modules: "115" }, "linux", "x64"))
  })
})

describe("the sources a build is made of", () => {
  it("are src without its tests, the package files and the build itself, sorted", () =>
    inFolder((root) => {
      mkdirSync(join(root, "src/app"), { recursive: true })
      for (const file of ["src/main.ts", "src/app/b.ts", "src/app/a.test.ts", "package.json", "README.md"])
        writeFileSync(join(root, file), "")
      deepStrictEqual(buildInputs(root), ["package.json", "src/app/b.ts", "src/main.ts"])
    }))
  it("among the files of the build is every tool that it imports or names", () => {
    const root = join(import.meta.dirname, "..")
    const found = new Set(["tools/build.mjs"])
    for (const file of found)
      for (const [, name] of readFileSync(join(root, file), "utf8").matchAll(/"(?:\.|tools)\/([\w.]+\.[cm]js)"/g))
        if (existsSync(join(root, `tools/${name}`))) found.add(`tools/${name}`)
    assertTrue(found.size > 8)
    deepStrictEqual(
      buildInputs(root).filter((file) => file.startsWith("tools/")),
      [...found].sort(),
    )
  })
  it("a file that was written again but says the same changes the quick print alone", () =>
    inFolder((root) => {
      const file = join(root, "a.ts")
      const prints = () => [quickPrint(root, ["a.ts"]), contentPrint(root, ["a.ts"])] as const
      writeFileSync(file, "a")
      const before = prints()
      utimesSync(file, 1, 1)
      const touched = prints()
      writeFileSync(file, "b")
      utimesSync(file, 1, 1)
      const changed = prints()
      notDeepStrictEqual(touched[0], before[0])
      strictEqual(touched[1], before[1])
      notDeepStrictEqual(changed[1], before[1])
    }))
})

describe("the set-up's lock", () => {
  it("is held by one at a time", () =>
    inFolder(async (root) => {
      const folder = join(root, "dist/lock")
      const release = await takeLock(folder)
      const order: Array<string> = []
      const second = takeLock(folder, () => {
        order.push("waits")
        release()
      }).then((releaseSecond) => {
        order.push("has it")
        releaseSecond()
      })
      await second
      deepStrictEqual(order, ["waits", "has it"])
      assertFalse(existsSync(folder))
    }))
  it("is taken over from a process that died", () =>
    inFolder(async (root) => {
      const folder = join(root, "lock")
      mkdirSync(folder)
      writeFileSync(join(folder, "holder"), `${2 ** 30} ${hostname()}`)
      const release = await takeLock(folder)
      strictEqual(readFileSync(join(folder, "holder"), "utf8"), `${process.pid} ${hostname()}`)
      release()
    }))
  it("is taken over from another machine that gave no sign of life for a minute", () =>
    inFolder(async (root) => {
      const folder = join(root, "lock")
      mkdirSync(folder)
      writeFileSync(join(folder, "holder"), "1 elsewhere")
      utimesSync(folder, 1, 1)
      const release = await takeLock(folder)
      release()
      assertFalse(existsSync(folder))
    }))
})
