import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import {
  createClient,
  type Http,
  makeNodeHttp,
  makeRecorder,
  makeReplayer,
  readRecording,
} from "../../src/client/client.ts"
import { configFile } from "../support/config.ts"
import { newFolder } from "../support/folder.ts"
import { leaksIn } from "../support/leaks.ts"
import { ringback, serve } from "../support/ringback.ts"
import { listening, record } from "../support/trafficCommands.ts"

/* The client's recorder and replayer, and the commands, read what the other wrote. */

const to = "+14158675309"
const from = "+15550000001"

const upstream = () => serve({ config: configFile({ twilio: { registered_numbers: [to] } }) })

interface Reaching {
  readonly accountSid: string
  readonly authToken: string
  readonly baseUrl?: string
  readonly http?: Http
}

/** What an application does with the client; what depends on when it is looked at is left out. */
const session = async (options: Reaching) => {
  const client = createClient({ ...options, limits: false, circuitBreaker: false, retry: false })
  const told: Array<unknown> = []
  try {
    const sent = await client.messages.send({ to, from, body: "Grüße & more" })
    const { body, sid } = await client.messages.get(sent.sid)
    const refused = await client.messages.send({ to: "+15005550001", from, body: "x" }).catch((error) => error)
    const missing = await client.messages.get(`SM${"9".repeat(32)}`).catch((error) => error)
    const listed: Array<string> = []
    for await (const each of client.messages.list({ to })) listed.push(each.sid)
    told.push(sent.sid, sent.status, sent.to, sid, body, listed, refused._tag, missing._tag)
  } finally {
    client.close()
  }
  return told
}

describe("Recorded traffic and the client library", () => {
  it("what ringback record wrote is replayed by the client, with the upstream gone", async () => {
    const server = await upstream()
    const { accountSid, authToken } = server
    const file = join(newFolder(), "traffic.jsonl")
    const recorder = await record(server, ["--out", file, "--keep-numbers", "--keep-bodies"])
    const told = await session({ accountSid, authToken, baseUrl: recorder.address })
    strictEqual((await recorder.process.kill("SIGTERM")).stderr, "")
    await server.kill("SIGKILL")

    const { exchanges, faults } = Either.getOrThrow(readRecording(readFileSync(file, "utf8"), file))
    deepStrictEqual(faults, [])
    const replayer = makeReplayer(exchanges)
    deepStrictEqual(await session({ accountSid, authToken: "another", http: replayer.http }), told)
    deepStrictEqual(replayer.unused(), [])
  })

  it("what the client recorded is played back and compared by the commands, with the upstream gone", async () => {
    const server = await upstream()
    const { accountSid, authToken } = server
    const http = makeNodeHttp()
    const recorder = makeRecorder(http)
    const told = await session({ accountSid, authToken, baseUrl: server.address, http: recorder.http })
    http.close()
    await server.kill("SIGKILL")
    const file = join(newFolder(), "traffic.jsonl")
    writeFileSync(file, recorder.traffic())
    deepStrictEqual(leaksIn(recorder.traffic(), { authToken }), [])

    const player = await listening(["playback", file])
    deepStrictEqual(await session({ accountSid, authToken: "another", baseUrl: player.address }), told)
    const { stderr, stdout } = await player.process.kill("SIGTERM")
    strictEqual(stderr, "")
    const { answered, missed, unused } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "")
    deepStrictEqual([answered, missed, unused], [recorder.exchanges().length, 0, 0])

    const { code, stdout: compared } = await ringback(["compare", file])
    deepStrictEqual([code, compared.split(":")[0]], [0, "100 % the same"], compared)
  })
})

describe("A comparison of nothing", () => {
  it("is no success", async () => {
    const file = join(newFolder(), "empty.jsonl")
    const header = `{"by":"x","format":1,"kind":"traffic","recording":"ringback","redaction":{"bodies":"kept","numbers":"kept","salt":""},"source":"x","started":1600000000000}`
    writeFileSync(file, `${header}\n`)
    const { code, stdout } = await ringback(["compare", file])
    strictEqual(code, 1)
    assertTrue(stdout.startsWith("nothing was compared: 0 of 0 answers"), stdout)
  })
})
