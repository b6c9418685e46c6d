import * as fs from "node:fs"
import * as path from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue } from "@effect/vitest/utils"
import { limits } from "./limits.ts"

const root = path.join(import.meta.dirname, "..")
const sources = fs
  .readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && path.basename(file) !== "limits.ts")
  .sort()
  .map((file) => fs.readFileSync(path.join(root, file), "utf8"))

describe("limits", () => {
  it.each(Object.keys(limits))("%s is heeded somewhere", (name) =>
    assertTrue(sources.some((text) => new RegExp(`\\blimits\\.${name}\\b`).test(text))),
  )

  it.each(Object.entries(limits))("%s is a positive whole number", (_, max) =>
    assertTrue(Number.isSafeInteger(max) && max > 0),
  )

  it("an entry has room for a whole form and its answer, and for what a callback answered", () => {
    assertTrue(limits.entryBytesMax >= 2 * limits.bodyBytesMax)
    assertTrue(limits.entryBytesMax >= 2 * limits.answerBytesMax)
    assertTrue(limits.bodyBytesDrainedMax > limits.bodyBytesMax)
  })

  it("a wait is one that Node and Effect can hold", () => assertTrue(limits.waitMsMax < 2 ** 31))
})
