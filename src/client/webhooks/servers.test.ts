import { createServer, request as httpRequest, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import * as HttpRouter from "@effect/platform/HttpRouter"
import * as HttpServer from "@effect/platform/HttpServer"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { reply, rig, silent, token } from "../../../test/support/webhookRig.ts"
import { inbound, jsonWebhook, messageSid, status, webhook } from "../../../test/support/webhooks.ts"
import { createWebhooks, type PlainWebhooks } from "./createWebhooks.ts"
import { webhookRoutes } from "./effectHttp.ts"

/** What an application does, on each kind of server. */
const plain = (): PlainWebhooks & { readonly heard: ReadonlyArray<string> } => {
  const heard: Array<string> = []
  const webhooks = createWebhooks({ authToken: token, log: () => {} })
    .onMessage("later", async () => {
      await Promise.resolve()
      return "async"
    })
    .onMessage(/throw/, () => {
      throw new Error("thrown")
    })
    .onMessage(/reject/, () => Promise.reject(new Error("rejected")))
    .onMessage(({ body }) => `you said ${body}`)
    .onStatus("delivered", ({ status: name }) => void heard.push(name))
    .onStatus(["sent", "failed"], async ({ status: name }) => void heard.push(name))
  return { ...webhooks, heard }
}

const listening = (listener: RequestListener): Effect.Effect<string, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const server = createServer(listener)
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      return server
    }),
    (server) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      }),
  ).pipe(Effect.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`))

/** The same exchanges, whoever serves them. */
const serves = (url: string, heard: () => ReadonlyArray<string>) =>
  Effect.promise(async () => {
    const ask = async (request: Request) => {
      const answer = await fetch(request)
      return [answer.status, answer.headers.get("content-type"), await answer.text()] as const
    }
    const says = (Body: string, shape = {}) => ask(webhook(`${url}/sms?a=1`, inbound({ Body }), { token, ...shape }))
    const xml = "text/xml; charset=utf-8"
    deepStrictEqual(await says("Grüße"), [200, xml, reply("you said Grüße")])
    deepStrictEqual(await says("by GET", { method: "GET" }), [200, xml, reply("you said by GET")])
    deepStrictEqual(await says("later"), [200, xml, reply("async")])
    strictEqual((await says("throw"))[0], 500)
    strictEqual((await says("reject"))[0], 500)
    strictEqual((await says("x", { token: "other" }))[0], 403)
    strictEqual((await says("x", { method: "DELETE" }))[0], 405)
    strictEqual((await says("x".repeat(100_000)))[0], 413)
    strictEqual((await ask(jsonWebhook(`${url}/sms`, "{}", { token })))[0], 400)
    const sid = messageSid()
    for (const name of ["sent", "delivered", "sent"])
      strictEqual((await ask(webhook(`${url}/status`, status(sid, name), { token })))[2], "")
    deepStrictEqual(heard(), ["sent", "delivered"])
  })

describe("Webhooks", () => {
  it.live("are served by node:http", () =>
    Effect.gen(function* () {
      const webhooks = plain()
      const url = yield* listening((request, response) => {
        const { node } = request.url?.startsWith("/status") ? webhooks.status : webhooks.inbound
        void node(request, response)
      })
      yield* serves(url, () => webhooks.heard)
    }).pipe(Effect.scoped),
  )
  it.live("are served by what takes a web Request and gives a Response", () =>
    Effect.gen(function* () {
      const webhooks = plain()
      const url = yield* listening(async (request, response) => {
        const chunks: Array<Buffer> = []
        for await (const chunk of request) chunks.push(chunk)
        const { method = "", headers } = request
        const answer = await (request.url?.startsWith("/status") ? webhooks.status : webhooks.inbound).fetch(
          new Request(`http://${headers.host}${request.url}`, {
            method,
            headers: headers as Record<string, string>,
            body: method === "GET" ? null : Buffer.concat(chunks),
          }),
        )
        response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text())
      })
      yield* serves(url, () => webhooks.heard)
    }).pipe(Effect.scoped),
  )
  it.live("are served as routes of an Effect HTTP application", () =>
    Effect.gen(function* () {
      const heard: Array<string> = []
      const webhooks = yield* rig({
        messages: [
          { on: "later", answer: () => Effect.delay(Effect.succeed("async"), 1) },
          { on: /throw/, answer: () => Effect.die("thrown") },
          { on: /reject/, answer: () => Effect.fail("rejected") },
          { answer: ({ body }) => Effect.succeed(`you said ${body}`) },
        ],
        statuses: [{ on: ["sent", "delivered"], hears: ({ status: name }) => Effect.sync(() => heard.push(name)) }],
      })
      const routes = HttpRouter.empty.pipe(
        HttpRouter.concat(
          webhookRoutes(
            webhooks,
            { inbound: "/sms", status: "/status" },
            { HttpRouter, HttpServerRequest, HttpServerResponse },
          ),
        ),
      )
      const server = yield* Layer.build(
        HttpServer.serve(routes).pipe(
          Layer.provideMerge(NodeHttpServer.layer(() => createServer(), { port: 0, host: "127.0.0.1" })),
        ),
      )
      const { address } = yield* Effect.provide(HttpServer.HttpServer, server)
      assertTrue(address._tag === "TcpAddress")
      yield* serves(`http://127.0.0.1:${address.port}`, () => heard)
    }).pipe(Effect.scoped, Effect.provide(silent)),
  )
  it.live("say so when somebody else has read the body", () =>
    Effect.gen(function* () {
      const webhooks = plain()
      const url = yield* listening(async (request, response) => {
        for await (const _ of request);
        await webhooks.inbound.node(request, response)
      })
      const answer = yield* Effect.promise(() => fetch(webhook(`${url}/sms`, inbound(), { token })))
      strictEqual(answer.status, 500)
      assertTrue((yield* Effect.promise(() => answer.text())).includes("before body parsers"))
    }).pipe(Effect.scoped),
  )
  it.live("outlive a caller that leaves in the middle of its body", () =>
    Effect.gen(function* () {
      const webhooks = plain()
      const ended: Array<number> = []
      const url = yield* listening((request, response) => {
        void webhooks.inbound.node(request, response).then(() => ended.push(1))
      })
      const { port } = new URL(url)
      yield* Effect.async<void>((resume) => {
        const request = httpRequest({
          host: "127.0.0.1",
          port,
          method: "POST",
          path: "/sms",
          headers: { "X-Twilio-Signature": "x", "Content-Length": 100 },
        })
        request.on("error", () => resume(Effect.void))
        request.write("half", () => request.destroy())
      })
      yield* Effect.repeat(Effect.sleep(10), { until: () => ended.length > 0 })
      const answer = yield* Effect.promise(() => fetch(webhook(`${url}/sms`, inbound({ Body: "later" }), { token })))
      strictEqual(yield* Effect.promise(() => answer.text()), reply("async"))
    }).pipe(Effect.scoped),
  )
})

describe("The promise face", () => {
  it("checks webhooks of any kind, and rejects with why", async () => {
    const { check } = createWebhooks({ authToken: [token, "older"], log: () => {} })
    const { params } = await check(webhook("https://a.example/voice", { CallSid: "CA1" }, { token: "older" }))
    strictEqual(params.get("CallSid"), "CA1")
    const error = await check(webhook("https://a.example/voice", {}, { token: "no" })).catch((reason) => reason)
    strictEqual(error._tag, "InvalidSignature")
  })
  it("throws at once for options that cannot be", () => {
    let thrown: unknown
    try {
      createWebhooks({ authToken: "" })
    } catch (error) {
      thrown = error
    }
    strictEqual((thrown as { _tag: string })._tag, "InvalidAuthToken")
  })
  it("tells a handler when nobody waits any more", async () => {
    let aborted: boolean | undefined
    const { inbound: endpoint } = createWebhooks({ authToken: token, timeoutMs: 20, log: () => {} }).onMessage(
      (_, signal) =>
        new Promise<string>((resolve) =>
          signal.addEventListener("abort", () => {
            aborted = true
            resolve("late")
          }),
        ),
    )
    strictEqual((await endpoint.fetch(webhook("https://a.example/sms", inbound(), { token }))).status, 500)
    strictEqual(aborted, true)
  })
})
