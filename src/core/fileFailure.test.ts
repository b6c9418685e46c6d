import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import { fileFailure } from "./fileFailure.ts"

const failure = (code: string, message = `${code}: it is so, open '/x/y'`) =>
  Object.assign(new Error(message), { code })

describe("an error of the file system", () => {
  for (const [code, doing, said] of [
    ["ENOENT", "read", "there is no settings file at a.yaml; check the path"],
    ["ENOTDIR", "read", "there is no settings file at a.yaml: a file is in its path; check it"],
    ["EISDIR", "read", "a.yaml is a folder; name a file"],
    ["EISDIR", "written", "a.yaml is a folder; name a file"],
    ["ENOENT", "written", "a.yaml cannot be written: its folder cannot be made (ENOENT); name a file elsewhere"],
    [
      "EACCES",
      "read",
      "a.yaml cannot be read: permission denied (EACCES); give this user the right to, or name another file",
    ],
    ["EODD", "written", "a.yaml cannot be written: it is so (EODD); name another file"],
  ] as const)
    it(`${code}, when a file is to be ${doing}, is told with what to do`, () =>
      strictEqual(fileFailure({ doing, file: "a.yaml", what: "settings file" }, failure(code)), said))

  it("that is none is told as it is", () =>
    strictEqual(fileFailure({ doing: "read", file: "a" }, "odd"), "a cannot be read: odd; name another file"))
})
