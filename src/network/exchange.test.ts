import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual, throws } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { requested } from "../../test/support/outbound.ts"
import type { Draft } from "../core/Entry.ts"
import { type OutboundRequested, outboundAnswered, outboundFailed } from "../core/entries.ts"
import type { Pair } from "../core/pair.ts"
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

const jobOf = (request: Partial<OutboundRequested>) => ({
  seq: 7,
  subject: "SM1",
  request: requested(request).data as OutboundRequested,
  origin: "",
  since: 0,
})

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
  exchange({ client, secrets, signs: () => undefined, ...edge }, jobOf(request), (answer) => answers.push(answer))
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

  it.effect("and cannot be signed for is one, too", () =>
    Effect.gen(function* () {
      const signs: Edge["signs"] = () => () => {
        throw noSpace
      }
      const [job, answers] = [jobOf({ sign: "twilio" }), [] as Array<Draft>]
      const client: Edge["client"] = { send: () => () => {} }
      exchange({ client, secrets, signs }, job, (made) => answers.push(made))
      // Whoever sends is not told before it knows what cancels it.
      strictEqual(answers.length, 0)
      yield* Effect.promise(() => Promise.resolve())
      deepStrictEqual(answers, [failure({ detail: "keys-unwritable", reason: "refused" })])
    }),
  )

  it("and meets a defect is no failure of the application", () =>
    throws(() => landed([says("https://u:p@a")], { secrets: unwritable(new Error("defect")) })))
})

describe("a redirect that names a secret somebody has read in a log", () => {
  const secret = "https://u:p@app.test/"
  const name = hidden(secret).slice("https://".length, -"@app.test/".length)
  /** Where the second hop goes, when the first one leads there. */
  const ledTo = (location: string, url = "https://app.test/x") => {
    const sent: Array<string> = []
    const landings = [leads(location), says("")]
    const client: Edge["client"] = {
      send: ({ url }, land) => {
        sent.push(url)
        land(landings.shift() as Landing)
        return () => {}
      },
    }
    exchange({ client, secrets, signs: () => undefined }, jobOf({ method: "GET", url }), () => {})
    return sent
  }

  it.each([`https://${name}@evil.test/`, `https://evil.test/?u=https://${name}@b.test/`])(
    "is followed as it says: %s",
    (to) => strictEqual(ledTo(to)[1], to),
  )

  it("is no way to have it in a URL of one's own either", () => {
    const own = `https://${name}@evil.test/`
    deepStrictEqual(ledTo("/on", hidden(own)), [own, `${own}on`])
  })
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
  const sentBy = (
    request: Partial<OutboundRequested>,
    landings: ReadonlyArray<Landing> = [says("")],
    store = memoryKeys("k"),
  ) => {
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
    exchange({ client, secrets: store, signs: () => undefined }, jobOf(request), () => {})
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

  it("tells a carrier the URLs that it is to ask as they were given, and nobody else", () => {
    const media = "https://me:pw@cdn.example/a.png"
    const [store, auth] = [memoryKeys("k"), { password: { secret: "monitor.token" }, user: "AC1" }]
    const kept = hideUserinfo(media, store)
    const params: ReadonlyArray<Pair> = [
      ["MediaUrl", kept],
      ["StatusCallback", kept],
      ["Body", kept],
    ]
    const request = { auth, method: "POST", params, url: "http://a.example/x" }
    const bodyOf = (sent: WireRequest | undefined) => [...new URLSearchParams(String(sent?.body)).values()]
    deepStrictEqual(bodyOf(sentBy(request, [says("")], store)[0]), [media, media, kept])
    const { auth: _, ...open } = request
    deepStrictEqual(bodyOf(sentBy(open, [says("")], store)[0]), [kept, kept, kept])
    const on = { ...leads("http://b.example/y"), status: 307 }
    const [, hop] = sentBy(request, [on, says("")], store)
    strictEqual(String(hop?.body).includes("pw"), false)
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
