import { existsSync, writeFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { shared } from "../src/app/threads.ts"
import { newFolder } from "./support/folder.ts"

/** A thread that answers each task by `answer`, an expression of the task, after some ms of the host's time. */
const threadThat = (answer: string): URL => {
  const file = join(newFolder(), "thread.mjs")
  writeFileSync(
    file,
    `import { writeFileSync } from "node:fs"
import { parentPort } from "node:worker_threads"
parentPort.on("message", ({ index, task }) =>
  setTimeout(() => parentPort.postMessage({ index, result: ${answer} }), (task * 7) % 5))
`,
  )
  return pathToFileURL(file)
}

interface Doing {
  readonly script: URL
  readonly count: number
  readonly needless?: (index: number) => boolean
  readonly told?: (index: number, by: string) => void
}

/** Who did each task. Where there are helpers this thread does its second one when a helper has done its first. */
const doing = async ({ count, needless = () => false, script, told }: Doing) => {
  const by = new Map<number, string>()
  let helped = () => {}
  const help = new Promise<void>((resolve) => {
    helped = resolve
  })
  const waits = existsSync(script) && availableParallelism() > 1
  await Effect.runPromise(
    shared<number, string>({
      count,
      needless,
      here: (index) => Effect.as(waits && index > 0 ? Effect.promise(() => help) : Effect.void, `here ${index}`),
      done: (index, result) => {
        strictEqual(by.has(index), false)
        by.set(index, result)
        if (result.startsWith("there")) helped()
        told?.(index, result)
      },
      elsewhere: { script, data: undefined, task: (index) => index, ahead: 3, aloneMs: 0 },
    }),
  )
  return by
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i)

describe("tasks on several threads", () => {
  it("are each done once, some of them elsewhere", async () => {
    const by = await doing({ count: 400, script: threadThat("`there ${index}`") })
    deepStrictEqual(
      [...by.keys()].sort((a, b) => a - b),
      numbers(400),
    )
    strictEqual(
      [...by.values()].some((who) => who.startsWith("there")),
      availableParallelism() > 1,
    )
    assertTrue([...by.values()].some((who) => who.startsWith("here")))
    for (const [index, who] of by) assertTrue(who.endsWith(` ${index}`))
  })

  it("that a thread gives back, or dies with, are done here", async () => {
    const back = await doing({ count: 200, script: threadThat("index % 3 === 0 ? undefined : `there ${index}`") })
    deepStrictEqual(
      [...back.keys()].sort((a, b) => a - b),
      numbers(200),
    )
    for (const [index, who] of back) if (index % 3 === 0) strictEqual(who, `here ${index}`)
    for (const end of ["nothing", "process.exit(1)"]) {
      const died = await doing({ count: 100, script: threadThat(`index > 10 ? ${end} : "there " + index`) })
      deepStrictEqual(
        [...died.keys()].sort((a, b) => a - b),
        numbers(100),
      )
    }
  })

  it("that nobody needs any more are neither begun nor waited for; those before them are", async () => {
    const failing = new Set([61, 64, 65, 190])
    for (let round = 0; round < 5; round++) {
      let first = Number.POSITIVE_INFINITY
      const by = await doing({
        count: 100_000,
        script: threadThat("`there ${index}`"),
        needless: (index) => index > first,
        told: (index) => {
          if (failing.has(index)) first = Math.min(first, index)
        },
      })
      strictEqual(first, 61)
      for (const index of numbers(62)) assertTrue(by.has(index))
      assertTrue(by.size < 100)
    }
  })

  it("are done here where there is no such script", async () => {
    const script = pathToFileURL(join(newFolder(), "none.mjs"))
    strictEqual(existsSync(script), false)
    deepStrictEqual(
      [...(await doing({ count: 5, script })).values()],
      numbers(5).map((index) => `here ${index}`),
    )
  })
})
