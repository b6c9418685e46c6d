import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual, throws } from "@effect/vitest/utils"
import * as Redacted from "effect/Redacted"
import { requested } from "../../test/support/outbound.ts"
import type { Draft } from "../core/Entry.ts"
import { type OutboundRequested, outboundAnswered, outboundFailed } from "../core/entries.ts"
import { memoryKeys, SecretsFull } from "../log/Keys.ts"
import { type Edge, exchange } from "./exchange.ts"
import { connectMsUsual, connectTimeout, type Landing, readTimeout, type WireRequest } from "./nodeClient.ts"
import { hideUserinfo, type SecretStore } from "./secretUrl.ts"

const says = (body: string, status = 200): Landing => ({
  _tag: "Answered",
  status,
  contentType: "text/xml; charset=utf-8",
  body: Buffer.from(body),
})
const leads = (location: string): Landing => ({ ...says("", 302), location }) as Landing
const breaks = (code: string): Landing => ({ _tag: "Failed", cause: Object.assign(new Error(code), { code }) })

const secrets = memoryKeys("k")
const hidden = (text: string) => hideUserinfo(text, secrets)
/** A keys file that cannot be written. */
const unwritable = (error: Error): SecretStore => ({
  ...secrets,
  remember: () => {
    throw error
  },
})
const noSpace = Object.assign(new Error("ENOSPC"), { code: "ENOSPC" })

/** What comes of a request whose hops land like this, one after the other. */
const landed = (
  landings: ReadonlyArray<Landing>,
  edge: Partial<Edge> = {},
  request: Partial<OutboundRequested> = {},
): Draft => {
  const left = [...landings]
  const answers: Array<Draft> = []
  const client: Edge["client"] = {
    send: (_, land) => {
      const landing = left.shift()
      if (landing === undefined) throw new Error("one more request than there are landings")
      land(landing)
      return () => {}
    },
  }
  const job = { seq: 7, subject: "SM1", request: requested(request).data as OutboundRequested, origin: "", since: 0 }
  exchange({ client, secrets, signs: () => undefined, ...edge }, job, (answer) => answers.push(answer))
  strictEqual(answers.length, 1)
  return answers[0] as Draft
}
const failure = (data: Parameters<typeof outboundFailed.draft>[1]) => outboundFailed.draft("SM1", data, 7)
const answer = (data: Parameters<typeof outboundAnswered.draft>[1]) => outboundAnswered.draft("SM1", data, 7)

describe("an answer that names a secret", () => {
  it("is kept with the secret's name, wherever the secret stands", () => {
    const body = '{"next":"https://u:p@app.test/x"}'
    deepStrictEqual(landed([says(body)]), answer({ body: hidden(body), status: 200 }))
    strictEqual(hidden(body).includes("u:p"), false)
    const led = "https://app.test/x?to=https://v:q@b.test"
    deepStrictEqual(
      landed([leads(led), says("")]),
      answer({ body: "", redirected: [`https://app.test/x?to=${hidden("https://v:q@b.test")}`], status: 200 }),
    )
  })

  it.each([
    ["says so when the keys file cannot be written", noSpace, "keys-unwritable"],
    ["says so when the keys take no more", new SecretsFull("full"), "too-many-secrets"],
  ])("and cannot be kept is a failure that %s", (_, error, detail) => {
    const edge = { secrets: unwritable(error) }
    for (const purpose of ["callback", "webhook"])
      deepStrictEqual(landed([says("https://u:p@a")], edge, { purpose }), failure({ detail, reason: "refused" }))
    // The redirect that could not be shown is not followed.
    deepStrictEqual(
      landed([leads("https://app.test/a"), leads("https://app.test/?u=//u:p@a")], edge),
      failure({ detail, reason: "refused", redirected: ["https://app.test/a"] }),
    )
  })

  it("and meets a defect is no failure of the application", () =>
    throws(() => landed([says("https://u:p@a")], { secrets: unwritable(new Error("defect")) })))
})

describe("a request that fails", () => {
  it.each<readonly [string, Partial<OutboundRequested>, Parameters<typeof outboundFailed.draft>[1]]>([
    [connectTimeout, {}, { after_ms: connectMsUsual, detail: "connect", reason: "timeout" }],
    [connectTimeout, { connect_ms: 100 }, { after_ms: 100, detail: "connect", reason: "timeout" }],
    [readTimeout, { read_ms: 200 }, { after_ms: 200, reason: "timeout" }],
    ["not-allowed", {}, { detail: "not-allowed", reason: "refused" }],
    ["ECONNRESET", {}, { detail: "ECONNRESET", reason: "reset" }],
    ["ECONNREFUSED", {}, { detail: "ECONNREFUSED", reason: "connect" }],
  ])("with %s %j says why and how long it took", (code, request, data) =>
    deepStrictEqual(landed([breaks(code)], {}, request), failure(data)),
  )
})

describe("a request with a body of JSON, headers and credentials", () => {
  const sentBy = (request: Partial<OutboundRequested>, landings: ReadonlyArray<Landing> = [says("")]) => {
    const store = memoryKeys("k")
    store.remember("monitor.token", Redacted.make("s3cret"))
    const sent: Array<WireRequest> = []
    const left = [...landings]
    const client: Edge["client"] = {
      send: (wire, land) => {
        sent.push(wire)
        land(left.shift() as Landing)
        return () => {}
      },
    }
    const job = { seq: 7, subject: "r", request: requested(request).data as OutboundRequested, origin: "", since: 0 }
    exchange({ client, secrets: store, signs: () => undefined }, job, () => {})
    return sent
  }

  it("is sent with them, the secret in place of its name", () => {
    const bearer = { secret: "monitor.token" }
    const [sent] = sentBy({ auth: { bearer }, headers: [["X-Request-Id", "r1"]], json: '{"a":1}', method: "POST" })
    strictEqual(sent?.body, '{"a":1}')
    deepStrictEqual(sent?.headers, {
      Authorization: "Bearer s3cret",
      "Content-Type": "application/json",
      "X-Request-Id": "r1",
    })
    const [basic] = sentBy({ auth: { password: bearer, user: "me" }, method: "GET" })
    strictEqual(basic?.headers.Authorization, `Basic ${Buffer.from("me:s3cret").toString("base64")}`)
  })

  it("shows its credentials to no other host, and none that are not known", () => {
    const auth = { bearer: { secret: "monitor.token" } }
    const url = "http://a.example/x"
    const hops = (to: string) => sentBy({ auth, method: "GET", url }, [leads(to), says("")])[1]?.headers.Authorization
    strictEqual(hops("http://a.example/y"), "Bearer s3cret")
    strictEqual(hops("http://b.example/y"), undefined)
    strictEqual(sentBy({ auth: { bearer: { secret: "none" } } })[0]?.headers.Authorization, undefined)
  })
})
