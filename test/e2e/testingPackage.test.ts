import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { beforeAll, describe, it } from "vitest"
import { examples, installed, run, strictly, succeeds, write } from "../support/packed.ts"

const pages = ["docs/testing.md", "docs/exploring.md"]

describe("The library for tests, packed and installed", () => {
  let folder: string
  beforeAll(async () => {
    folder = await installed(["twilio", "typescript", "vitest", "@types/node"])
  })

  const sends = `
    const ringback = await start({ seed: 5 })
    const client = ringback.connect(twilio(ringback.accountSid, ringback.authToken))
    const { sid } = await client.messages.create({ to: "+15551234567", from: "+15550000001", body: "Your code is 123456" })
    const { code } = await ringback.messages.waitFor({ body: /\\d{6}/ })
    await ringback.clock.advance("1h")
    const docs = await fetch(ringback.url + "/docs")
    const health = await (await fetch(ringback.url + "/health")).json()
    console.log(JSON.stringify([code, ringback.messages.get(sid).status, docs.status, health.virtual_time]))
    await ringback.stop()`
  const sent = '["123456","delivered",200,"2026-01-01T01:00:00.000Z"]\n'

  it("is imported by plain Node as an ES module, serves every page, and lets the process end", async () => {
    write(folder, { "esm.mjs": `import { start } from "ringback/testing"\nimport twilio from "twilio"\n${sends}` })
    strictEqual(await succeeds(run(process.execPath, ["esm.mjs"], folder)), sent)
  })

  it("is required, as Jest does, and is the same library then", async () => {
    write(folder, {
      "cjs.cjs": `
        const { start, matchers, RingbackError } = require("ringback/testing")
        const twilio = require("twilio")
        import("ringback/testing").then(async (imported) => {
          if (imported.start !== start || imported.matchers !== matchers || imported.RingbackError !== RingbackError)
            throw new Error("another library")
          ${sends}
        })`,
    })
    strictEqual(await succeeds(run(process.execPath, ["cjs.cjs"], folder)), sent)
  })

  it("goes on when the test's fake timers stop everybody else's clock", async () => {
    write(folder, {
      "fake.mjs": `
        import { start } from "ringback/testing"
        const { fetch } = globalThis
        const stopped = (name) => () => { throw new Error(name + " is faked") }
        for (const name of ["setTimeout", "setInterval", "setImmediate", "queueMicrotask", "clearTimeout", "clearInterval", "clearImmediate"])
          globalThis[name] = stopped(name)
        globalThis.performance.now = () => 0
        globalThis.Date = class extends Date { static now() { return 0 } }
        process.hrtime = Object.assign(() => [0, 0], { bigint: () => 0n })
        const ringback = await start()
        const received = await ringback.inbound({ from: "+15551234567", to: "+15550000001", body: "Hello" })
        const waiting = ringback.messages.waitFor({ body: "nothing" }, { within: "30ms" }).catch((error) => error.name)
        await ringback.clock.advance("1h")
        console.log(received.sid.length, await waiting, ringback.clock.now().toISOString())
        await ringback.stop()`,
    })
    strictEqual(
      await succeeds(run(process.execPath, ["fake.mjs"], folder)),
      "34 RingbackError 2026-01-01T01:00:00.000Z\n",
    )
  })

  it("runs the examples of its documentation in Vitest, and they pass the compiler", async () => {
    const files = Object.fromEntries(pages.flatMap(examples))
    deepStrictEqual(Object.keys(files), [
      "ringback.setup.ts",
      "otp.test.ts",
      "reminder.test.ts",
      "calls.test.ts",
      "bookings.yaml",
      "application.mjs",
      "bookings.test.ts",
    ])
    write(folder, {
      ...files,
      "vitest.config.mjs": `export default { test: { setupFiles: ["./ringback.setup.ts"], maxWorkers: 1, minWorkers: 1 } }`,
      "tsconfig.json": JSON.stringify({
        compilerOptions: { ...strictly, types: ["node"], skipLibCheck: true },
        include: ["*.ts"],
      }),
    })
    const output = await succeeds(run(process.execPath, ["node_modules/vitest/vitest.mjs", "run"], folder))
    assertTrue(/Tests +8 passed/.test(output), output)
    await succeeds(run(process.execPath, ["node_modules/typescript/bin/tsc"], folder))
  })

  it("has types that need no others, and refuse what is wrong", async () => {
    const text = `
      import { type Call, type Fault, type FaultOn, matchers, type Message, type Ringback, RingbackError, start } from "ringback/testing"
      export const ringback: Promise<Ringback> = start({ settings: { twilio: { numbers: { "+1555": { outcome: "failed" } } } }, pace: "10x" })
      export const body = (message: Message): string => message.body
      export const error: Error = new RingbackError("x")
      export const dispose = (one: Ringback): AsyncDisposable => one
      export const pass: boolean = matchers.toHaveSettled(ringback).pass
      export const change = (one: Ringback) => one.change({ twilio: { numbers: null, callbacks: { enabled: undefined } } })
      export const call = async (one: Ringback): Promise<ReadonlyArray<string | null>> => {
        const placed: Call = await one.call({ from: "+1555", to: "+1556", then: ["press 1", "hang up"] })
        const waited = await one.calls.waitFor({ to: /5$/, status: "in-progress", said: "Hello", after: placed }, { within: "1s" })
        await one.calls.speak(await one.calls.press(waited, "1"), "yes", { confidence: 0.5 })
        await one.calls.hangUp(await one.calls.answer(placed.sid))
        return one.calls.transcript(waited).map(({ text }) => text)
      }
      export const fault: Fault = { api: [{ status: 503 }], callbacks: { late_percent: 5, late: "1s" } }
      export const storm = async (one: Ringback): Promise<void> => {
        const on: FaultOn & AsyncDisposable = await one.fault(fault)
        await on.off()
      }
      // @ts-expect-error
      start({ sed: 1 })
      // @ts-expect-error
      start({ settings: { twilio: { default_behavior: "often" } } })
      // @ts-expect-error
      start({ pace: "quick" })
      export const wrong = (one: Ringback) => {
        // @ts-expect-error
        one.messages.list({ status: "lost" })
        // @ts-expect-error
        one.messages.waitFor()
        // @ts-expect-error
        one.calls.list({ status: "delivered" })
        // @ts-expect-error
        one.fault({ apy: [] })
        // @ts-expect-error
        one.change({ server: { port: 1 } })
      }`
    write(folder, {
      "types.mts": text,
      "types.cts": text,
      "tsconfig.json": JSON.stringify({
        compilerOptions: { ...strictly, lib: ["ES2022"], types: [], skipLibCheck: false },
        include: ["types.*"],
      }),
    })
    await succeeds(run(process.execPath, ["node_modules/typescript/bin/tsc"], folder))
  })
})
