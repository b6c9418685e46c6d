import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import { lineOf, readExchange, readHeader } from "../../src/core/traffic/lines.ts"
import type { RecordedExchange, TrafficHeader } from "../../src/core/traffic/RecordedExchange.ts"
import { readTraffic, tellFault } from "../../src/core/traffic/reader.ts"
import { makeUpgrader } from "../../src/core/traffic/upgrades.ts"

const header: TrafficHeader = {
  by: "ringback 0.1.0",
  format: 1,
  kind: "traffic",
  recording: "ringback",
  redaction: { bodies: "stand-ins", numbers: "stand-ins", salt: "0011223344556677" },
  source: "https://api.twilio.com",
  started: 1_700_000_000_000,
}

const exchange = (n: number, more: Partial<RecordedExchange> = {}): RecordedExchange => ({
  about: "SM00000000000000000000000000000001",
  answer: {
    body: { coding: "gzip", text: '{"sid":"SM00000000000000000000000000000001"}' },
    headers: [["content-type", "application/json"]],
    status: 201,
  },
  at: 1_700_000_000_000 + n,
  direction: "api",
  n,
  request: {
    body: { text: "To=%2B15551234567" },
    headers: [["authorization", "present"]],
    method: "POST",
    url: "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json",
  },
  took: 12,
  ...more,
})

/** The latest instant that is read. */
const latest = Date.UTC(9999, 11, 31)

const fileOf = (...lines: ReadonlyArray<string>) => `${lines.join("\n")}\n`
const read = (text: string) => Either.getOrThrowWith(readTraffic(text), (fault) => new Error(tellFault("f", fault)))
const told = (text: string) => read(text).faults.map((fault) => tellFault("f", fault))

describe("A traffic recording", () => {
  it("is read as it was written, whatever a body is", () => {
    const exchanges = [
      exchange(1),
      exchange(2, { answer: { failed: "connection refused" }, direction: "webhook", about: "" }),
      exchange(3, { answer: { body: { base64: "AAECAw==" }, headers: [], status: 200 } }),
      exchange(4, { answer: { body: { length: 9, sha256: "0".repeat(64) }, headers: [], status: 200 } }),
    ]
    const text = fileOf(lineOf(header), ...exchanges.map(lineOf))
    deepStrictEqual(read(text), { header, exchanges, faults: [] })
  })

  it("is read in the order of its requests", () => {
    const text = fileOf(lineOf(header), lineOf(exchange(2)), lineOf(exchange(1)))
    deepStrictEqual(
      read(text).exchanges.map(({ n }) => n),
      [1, 2],
    )
  })

  it("whose last line is cut off is read up to there, and says so", () => {
    const text = fileOf(lineOf(header), lineOf(exchange(1))) + lineOf(exchange(2)).slice(0, 40)
    strictEqual(read(text).exchanges.length, 1)
    deepStrictEqual(told(text), ["f:3: expected an end of line, found the end of the file after 40 bytes; left out"])
    deepStrictEqual(told(`${fileOf(lineOf(header))}"Ω`), [
      "f:2: expected an end of line, found the end of the file after 3 bytes; left out",
    ])
  })

  it("names what is wrong with a line, and goes on", () => {
    const { request, ...answerOnly } = exchange(1)
    const text = fileOf(
      lineOf(header),
      "",
      "[]",
      JSON.stringify(answerOnly),
      JSON.stringify({ ...answerOnly, request: { ...request, url: "/Messages.json" } }),
      JSON.stringify({ ...exchange(1), answer: { ...exchange(1).answer, status: 999 } }),
      JSON.stringify({ ...exchange(1), answer: { status: 200, headers: [["a"]], body: { text: "" } } }),
      lineOf(exchange(1, { at: 8.64e15 })),
      lineOf(exchange(1, { at: latest, took: 1 })),
      lineOf(exchange(1, { at: latest, took: 0 })),
      lineOf(exchange(3)),
      lineOf(exchange(3)),
      lineOf(exchange(4, { at: 1_600_000_000_000 })),
    )
    deepStrictEqual(told(text), [
      "f:2: expected an exchange, found an empty line; left out",
      'f:3: expected an exchange, found "[]", which is no JSON object; left out',
      "f:4: expected an object in request, found nothing; left out",
      'f:5: expected an absolute URL in request.url, found "/Messages.json"; left out',
      "f:6: expected an integer from 100 to 599 in answer.status, found 999; left out",
      'f:7: expected a list of [name, value] in answer.headers, found [["a"]]; left out',
      `f:8: expected an integer from 0 to ${latest} in at, found 8640000000000000; left out`,
      "f:9: expected an integer from 0 to 0 in took, found 1; left out",
      `f:11: expected a clock that runs forward, found request 3 ${latest - 1_700_000_000_003} ms before request 1; used as it is`,
      "f:12: expected each n once, found n 3 again; used as it is",
      "f:13: expected a clock that runs forward, found request 4 100000000003 ms before request 3; used as it is",
    ])
    strictEqual(read(text).exchanges.length, 4)
  })

  it("of a newer format, of a run, or of something else is refused by name", () => {
    const refused = (line: string) =>
      Either.match(readTraffic(fileOf(line)), { onLeft: (fault) => tellFault("f", fault), onRight: () => "" })
    const newer = refused(JSON.stringify({ ...header, format: 2 }))
    assertTrue(newer.includes("a format up to 1, the newest that this ringback reads, in format, found 2"), newer)
    const run = refused('{"format":1,"kind":"run","recording":"ringback"}')
    assertTrue(run.includes("ringback verify") && run.includes('found "run"'), run)
    const late = refused(JSON.stringify({ ...header, started: latest + 1 }))
    assertTrue(late.includes(`an integer from 0 to ${latest} in started`), late)
    for (const line of ["", "{}", "\u0000", '{"log":{"version":"1.2"}}'])
      assertTrue(refused(line).startsWith("f:1: expected "), line)
    assertTrue(Either.isLeft(readTraffic("")))
  })

  it("of an older format is upgraded one format after the other", () => {
    const steps = new Map([
      [1, (older: unknown) => ({ ...(older as object), took: 1 })],
      [2, (older: unknown) => ({ ...(older as { took: number }), took: (older as { took: number }).took * 1_000 })],
    ])
    const upgraded = makeUpgrader(steps, 3)
    strictEqual(upgraded("{}", 1), '{"took":1000}')
    strictEqual(upgraded('{"took":2}', 2), '{"took":2000}')
    strictEqual(upgraded('{"took":2}', 3), '{"took":2}')
    strictEqual(upgraded("{", 1), "{")
  })

  it("may hold fields that this version does not know", () => {
    const line = JSON.stringify({ ...exchange(1), weather: "fine" })
    deepStrictEqual(readExchange(line, 1), Either.right(exchange(1)))
    deepStrictEqual(readHeader(JSON.stringify({ ...header, weather: "fine" })), Either.right(header))
  })
})
