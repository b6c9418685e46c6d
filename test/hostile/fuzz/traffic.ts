import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { type Json, sha256 } from "../../../src/core/canonical.ts"
import { aboutOf } from "../../../src/core/traffic/about.ts"
import { lineOf, readExchange } from "../../../src/core/traffic/lines.ts"
import { type RecordedExchange, trafficFormat } from "../../../src/core/traffic/RecordedExchange.ts"
import { Redactor } from "../../../src/core/traffic/redact/Redactor.ts"
import { followings } from "../../../src/traffic/playback/following.ts"
import { answerNow, Playing } from "../../../src/traffic/playback/Playing.ts"
import { readTrafficFile } from "../../../src/traffic/TrafficFile.ts"
import { recordedExchange, recordedWebhook, requestFor, sidOf, trafficHeader } from "../../support/recordedTraffic.ts"
import { mutated, nasty, type Random } from "./random.ts"
import { mutatedJson } from "./recordings.ts"
import type { Outcome, Surface } from "./runner.ts"

const token = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
const messages = `/2010-04-01/Accounts/${sidOf("AC")}/Messages.json`
const documents: ReadonlyArray<readonly [type: string, text: string]> = [
  [
    "application/json",
    `{"a":[{"to":"+14158675309","body":"Hi ${token}","auth_token":"${token}","n":-1.5e3}],"u":"/x?y=${token}"}`,
  ],
  [
    "application/x-www-form-urlencoded",
    `To=%2B14158675309&Body=a+b%20${token}&Url=https%3A%2F%2Fu%3A${token}%40a.test%2F%3Ft%3D1`,
  ],
  [
    "text/xml",
    `<Response><!-- ${token} --><Dial a="${token}"><Number>+14158675309</Number></Dial><![CDATA[${token}]]></Response>`,
  ],
  ["text/plain", `call +14158675309 or (415) 867-5309, ${token}`],
]

/** Traffic with a bit of everything in it. */
const recorded: ReadonlyArray<RecordedExchange> = [
  recordedExchange(1, requestFor("POST", messages, { To: "+14158675309", Body: "Hello 1234" }), {
    about: sidOf("SM"),
    answer: {
      sid: sidOf("SM"),
      to: "+14158675309",
      date: "Tue, 18 Nov 2025 09:00:01 +0000",
      uri: `${messages}?To=%2B1`,
    },
  }),
  recordedWebhook(2, sidOf("SM"), { MessageStatus: "sent" }),
  recordedExchange(3, requestFor("GET", messages, { To: "+14158675309", PageToken: `PA${sidOf("SM")}` }), {
    answer: { messages: [] },
  }),
  { ...recordedExchange(4, requestFor("GET", messages)), answer: { failed: "connection refused" } },
  {
    ...recordedExchange(5, requestFor("GET", messages)),
    answer: { body: { base64: "AAEC" }, headers: [], status: 200 },
  },
]

/** The text of a file that somebody has spoiled. */
const spoiledFile = (random: Random): string => {
  const lines = [lineOf(trafficHeader({ numbers: random.pick(["kept", "stand-ins"]) })), ...recorded.map(lineOf), ""]
  for (let n = random.below(4); n > 0; n--) {
    const at = random.below(lines.length)
    const line = lines[at] ?? ""
    switch (random.below(5)) {
      case 0:
        lines.splice(at, 1)
        break
      case 1:
        lines.splice(random.below(lines.length), 0, line)
        break
      case 2:
        lines[at] = line.slice(0, random.below(line.length + 1))
        break
      case 3:
        lines[at] = mutated(random, line, 3)
        break
      default:
        lines[at] = line === "" ? line : JSON.stringify(mutatedJson(random, asJson(line)))
    }
  }
  return lines.join("\n")
}

const asJson = (line: string): Json => {
  try {
    return JSON.parse(line) as Json
  } catch {
    return line
  }
}

/** Asks for everything in a recording, twice, and for what nobody recorded. */
const playedBack = (random: Random, exchanges: ReadonlyArray<RecordedExchange>, header = trafficHeader()): void => {
  const mode = random.pick(["order", "key", "repeat-last"] as const)
  const salt = random.chance(50) ? "salt" : undefined
  const playing = new Playing(
    { fields: new Map(), mode, salt, traffic: { exchanges, header } },
    () => 1_800_000_000_000,
  )
  followings(exchanges)
  for (const { request } of [...exchanges, ...exchanges, ...recorded]) {
    const url = random.chance(30) ? mutated(random, request.url, 1) : request.url
    const found = playing.find({ ...request, url })
    if (!("nearest" in found)) answerNow(found.exchange, playing.answering(found))
  }
}

/** What somebody has sent through a recorder: nothing of it may break it, and the token is not in what is kept. */
const hostileExchange = (random: Random): RecordedExchange => {
  const hostile = (text: string) => random.pick([text, mutated(random, text, 2), text + random.pick(nasty), token])
  const [type, text] = random.pick(documents)
  const [answerType, answerText] = random.pick(documents)
  const found: RecordedExchange = {
    ...recordedExchange(1, {
      body: { text: hostile(text) },
      headers: [
        ["content-type", random.chance(20) ? hostile(type) : type],
        ["authorization", `Basic ${btoa(`${sidOf("AC")}:${token}`)}`],
        ["location", hostile(`/a?token=${token}`)],
        [random.pick(["cookie", "x-twilio-signature", "x-y"]), hostile(`a=${token}; b`)],
      ],
      method: "POST",
      url: `https://api.twilio.com${hostile(`${messages}?To=%2B14158675309&x=${token}`).toWellFormed()}`,
    }),
    answer: { body: { text: hostile(answerText) }, headers: [["content-type", answerType]], status: 200 },
  }
  return { ...found, about: aboutOf(found) }
}

const redactedLine = (random: Random, exchange: RecordedExchange): string | undefined => {
  const keep = random.chance(50)
  const line = lineOf(
    new Redactor({ salt: "salt", keepBodies: keep, keepNumbers: random.chance(50) }).exchange(exchange),
  )
  if (line.includes(token)) return `keeps the token: ${line}`
  const again = readExchange(line, trafficFormat)
  if (Either.isRight(again)) return lineOf(again.right) === line ? undefined : `is read back otherwise: ${line}`
  return URL.canParse(exchange.request.url)
    ? `cannot be read back: expected ${again.left.expected}, found ${again.left.found}`
    : undefined
}

/** Recorded traffic of strangers, and what strangers say while traffic is recorded. */
export const trafficSurface: Surface = {
  name: "traffic",
  atOnce: 1,
  open: async () => {
    const folder = mkdtempSync(join(tmpdir(), "ringback-fuzz-"))
    const file = join(folder, "traffic.jsonl")
    return {
      run: async (random): Promise<Outcome> => {
        if (random.chance(50)) {
          const exchange = hostileExchange(random)
          const input = JSON.stringify(exchange)
          return { input, problem: redactedLine(random, exchange) }
        }
        const text = spoiledFile(random)
        writeFileSync(file, text)
        const input = `${sha256(text).slice(0, 12)} ${text.slice(0, 1_000)}`
        const read = await Effect.runPromise(Effect.either(readTrafficFile(file)))
        if (Either.isLeft(read)) {
          const { message } = read.left
          return { input, problem: message.includes("\n") || message.length > 1_000 ? message : undefined }
        }
        playedBack(random, read.right.exchanges, read.right.header)
        return { input }
      },
      end: async () => {
        rmSync(folder, { recursive: true, force: true })
        return undefined
      },
    }
  },
}
