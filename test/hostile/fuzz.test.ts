import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { afterAll } from "vitest"
import { endAll } from "../support/program.ts"
import { faultOf } from "./fuzz/http.ts"
import { randomOf } from "./fuzz/random.ts"
import { fuzz, type Surface, tellFinding } from "./fuzz/runner.ts"
import { surfaces } from "./fuzz/surfaces.ts"

const seed = 20_260_101
/** 5,470 in all; the long form is `npm run fuzz`. */
const cases: Readonly<Record<string, number>> = {
  http: 800,
  settings: 500,
  templates: 500,
  twiml: 500,
  recordings: 200,
  travel: 60,
  scenarios: 200,
  traffic: 500,
  imports: 300,
  client: 500,
  gateway: 200,
  providers: 200,
  proxy: 300,
  conversations: 400,
  tables: 60,
  erase: 120,
  upgrade: 100,
  doctor: 30,
}

process.stdout.write(`SEED=${seed}\n`)
afterAll(endAll)

/** A surface that breaks at one input in about fifty, in a way of its choice. */
const planted = (breaks: () => Promise<string | undefined>): Surface => ({
  name: "planted",
  atOnce: 4,
  open: async () => ({
    run: async (random) => {
      const input = random.pick(Array.from({ length: 50 }, (_, i) => `case ${i}`))
      return { input, problem: input === "case 7" ? await breaks() : undefined }
    },
    end: async () => undefined,
  }),
})

describe.concurrent("Hostile input", () => {
  for (const surface of surfaces)
    it(`to ${surface.name} breaks nothing`, async () => {
      const findings = await fuzz(surface, { seed, cases: cases[surface.name] ?? 0 })
      if (findings.length > 0) throw new Error(findings.map((each) => tellFinding(surface, seed, each)).join("\n"))
    })
})

describe("The fuzzer", () => {
  it("finds what is planted, and finds it again by the number of its case", async () => {
    const wrong = planted(async () => "is wrong")
    const findings = await fuzz(wrong, { seed, cases: 300 })
    strictEqual(findings.length > 0, true)
    for (const { n } of findings) {
      const again = await fuzz(wrong, { seed, cases: 1, from: n })
      deepStrictEqual(again, [{ n, input: "case 7", problem: "is wrong" }])
    }
  })
  it("takes what throws for a finding", async () => {
    const throwing = planted(async () => {
      throw new Error("planted")
    })
    const [finding] = await fuzz(throwing, { seed, cases: 300 })
    strictEqual(finding?.problem.startsWith("throws Error: planted"), true)
  })
  it("makes the same cases of a seed, and others of another", () => {
    const drawn = (text: string) =>
      Array.from(
        { length: 20 },
        (
          (random) => () =>
            random.below(1_000)
        )(randomOf(text)),
      )
    deepStrictEqual(drawn("1 http 5"), drawn("1 http 5"))
    strictEqual(String(drawn("1 http 5")) === String(drawn("2 http 5")), false)
  })
  it("knows a bad answer from a good one", () => {
    const asked = { method: "POST", path: "/2010-04-01/x", whole: true }
    const answer = (status: number, body: string, type = "application/json", length = body.length) =>
      `HTTP/1.1 ${status} X\r\nContent-Type: ${type}\r\nTwilio-Request-Id: RQ1\r\nContent-Length: ${length}\r\n\r\n${body}`
    const good = '{"code":20404,"message":"m","more_info":"i","status":404}'
    strictEqual(faultOf(asked, answer(404, good)), undefined)
    strictEqual(faultOf(asked, answer(201, '{"sid":"SM1"}')), undefined)
    const refused = "HTTP/1.1 403 X\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 40\r\n\r\n"
    strictEqual(faultOf(asked, `${refused}Ringback's proxy passes on what it may.`), undefined)
    strictEqual(faultOf({ ...asked, method: "HEAD" }, refused), undefined)
    strictEqual(typeof faultOf(asked, refused), "string")
    for (const bad of [
      "",
      answer(500, good),
      answer(400, good),
      answer(404, "{}"),
      answer(404, "not found"),
      answer(201, ""),
      answer(404, good, "text/html"),
      answer(404, good, "application/json", good.length + 1),
      `HTTP/1.1 404 X\r\nContent-Length: ${good.length}\r\n\r\n${good}`,
    ])
      strictEqual(typeof faultOf(asked, bad), "string", bad)
  })
})
