import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { beforeAll, describe, it } from "vitest"
import { examples, installed, run, strictly, succeeds, write } from "../support/packed.ts"

describe("The client library, packed and installed", () => {
  let folder: string
  beforeAll(async () => {
    folder = await installed(["effect", "@effect/platform", "libphonenumber-js", "typescript", "vitest", "@types/node"])
  })

  const sends = `
    const ringback = await start({ seed: 5 })
    const { accountSid, authToken, url } = ringback
    const client = createClient({ accountSid, authToken, baseUrl: url })
    const { sid } = await client.messages.send({ to: "+15551234567", from: "+15550000001", body: "Hello" })
    await ringback.clock.advance("1m")
    const { status } = await client.messages.get(sid)
    const error = await client.messages.get("SM" + "0".repeat(32)).catch((error) => error)
    console.log(JSON.stringify([status, error instanceof NotFound, error.code]))
    await ringback.stop()`
  const sent = '["delivered",true,20404]\n'

  it("is imported by plain Node as an ES module, and lets the process end", async () => {
    const imports = `import { createClient, NotFound } from "ringback/client"\nimport { start } from "ringback/testing"`
    write(folder, { "esm.mjs": `${imports}\n${sends}` })
    strictEqual(await succeeds(run(process.execPath, ["esm.mjs"], folder)), sent)
  })

  it("is required", async () => {
    write(folder, {
      "cjs.cjs": `
        const { createClient, NotFound } = require("ringback/client")
        const { start } = require("ringback/testing")
        const main = async () => {${sends}}
        main()`,
    })
    strictEqual(await succeeds(run(process.execPath, ["cjs.cjs"], folder)), sent)
  })

  it("is part of the application's own Effect: its clock, services and errors", async () => {
    write(folder, {
      "effect.mjs": `
        import { Effect, Layer, TestClock, TestContext } from "effect"
        import { Http, makeClient, TwilioClient } from "ringback/client"
        const http = Layer.succeed(Http, { send: () => Effect.succeed({ status: 429, headers: {}, body: "{}" }) })
        const client = Layer.effect(TwilioClient, makeClient({ accountSid: "AC" + "0".repeat(32), authToken: "x" }))
        const program = Effect.gen(function* () {
          const { messages } = yield* TwilioClient
          const sending = yield* Effect.fork(messages.send({ to: "+15551234567", from: "+15550000001", body: "Hello" }).pipe(
            Effect.catchTag("AccountRateLimited", (error) => Effect.succeed(error.attempts)),
          ))
          yield* TestClock.adjust("1 minute")
          return yield* sending
        })
        console.log(await Effect.runPromise(program.pipe(Effect.provide(client), Effect.provide(http), Effect.provide(TestContext.TestContext))))`,
    })
    const output = await succeeds(run(process.execPath, ["effect.mjs"], folder))
    strictEqual(output.trim().split("\n").at(-1), "5")
  })

  it("runs the examples of its documentation", async () => {
    const files = Object.fromEntries(examples("docs/client.md"))
    deepStrictEqual(Object.keys(files), ["sending.mjs", "client.test.ts"])
    write(folder, {
      ...files,
      "run.mjs": `
        import { start } from "ringback/testing"
        const ringback = await start()
        Object.assign(process.env, {
          TWILIO_ACCOUNT_SID: ringback.accountSid, TWILIO_AUTH_TOKEN: ringback.authToken, TWILIO_BASE_URL: ringback.url,
        })
        await import("./sending.mjs")
        await ringback.stop()`,
    })
    assertTrue(/^SM[0-9a-f]{32} queued\n$/.test(await succeeds(run(process.execPath, ["run.mjs"], folder))))
    const output = await succeeds(run(process.execPath, ["node_modules/vitest/vitest.mjs", "run"], folder))
    assertTrue(/Tests +1 passed/.test(output), output)
  })

  it("runs the examples of its documentation of webhooks", async () => {
    const page = examples("docs/client-webhooks.md")
    deepStrictEqual(
      page.map(([name]) => name),
      ["application.mjs", "webhooks.test.ts", "mock.test.ts"],
    )
    write(folder, Object.fromEntries(page))
    const output = await succeeds(
      run(process.execPath, ["node_modules/vitest/vitest.mjs", "run", "webhooks.test.ts", "mock.test.ts"], folder),
    )
    assertTrue(/Tests +3 passed/.test(output), output)
  })

  it("has types for both faces, and they refuse what is wrong", async () => {
    const text = `
      import * as Effect from "effect/Effect"
      import * as Stream from "effect/Stream"
      import { type ClientError, createClient, layerClient, type Message, OptedOut, type Outcome, TwilioClient } from "ringback/client"
      const options = { accountSid: "AC", authToken: "x" }
      export const client = createClient({ ...options, limits: { account: { perSecond: 100 } }, onAmbiguous: "check" })
      export const message: Promise<Message> = client.messages.send({ to: "+1", body: "x" }, { signal: new AbortController().signal })
      export const outcomes: Promise<ReadonlyArray<Outcome<Message>>> = client.messages.sendBulk([{ to: "+1" }])
      export const all = async () => { for await (const { sid } of client.messages.list({ to: "+1" })) sid.length }
      export const program: Effect.Effect<void, Exclude<ClientError, OptedOut>, TwilioClient> = Effect.flatMap(TwilioClient, ({ messages }) =>
        messages.send({ to: "+1", body: "x" }).pipe(Effect.catchTag("OptedOut", () => Effect.void), Effect.asVoid))
      export const stream: Effect.Effect<number, ClientError, TwilioClient> = Effect.flatMap(TwilioClient, ({ messages }) =>
        Stream.runCount(messages.list()))
      export const layer = layerClient(options)
      // @ts-expect-error
      client.messages.send({ body: "x" })
      // @ts-expect-error
      client.messages.send({ to: "+1", sendAt: "tomorrow" })
      // @ts-expect-error
      createClient({ accountSid: "AC" })
      // @ts-expect-error
      createClient({ ...options, onAmbiguous: "repeat" })`
    write(folder, {
      "types.mts": text,
      "types.cts": text,
      "tsconfig.json": JSON.stringify({
        compilerOptions: { ...strictly, types: ["node"], skipLibCheck: false },
        include: ["types.*"],
      }),
    })
    await succeeds(run(process.execPath, ["node_modules/typescript/bin/tsc"], folder))
  })
})
