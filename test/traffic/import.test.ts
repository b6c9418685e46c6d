import { readdirSync, readFileSync } from "node:fs"
import { gzipSync } from "node:zlib"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { isAnswered, type RecordedExchange } from "../../src/core/traffic/RecordedExchange.ts"
import { Redactor } from "../../src/core/traffic/redact/Redactor.ts"
import { formats } from "../../src/traffic/import/formats.ts"
import { imported, importedText, sample } from "./importing.ts"

const accountSid = `AC${"0123456789abcdef".repeat(2)}`
const sent = `SM${"1".repeat(32)}`
const messages = `/2010-04-01/Accounts/${accountSid}/Messages`

/** An exchange in a line. */
const gist = ({ answer, at, direction, request: { body, method, url } }: RecordedExchange): string => {
  const form = "text" in body ? new URLSearchParams(body.text) : new URLSearchParams()
  const said =
    isAnswered(answer) && "text" in answer.body && answer.body.text !== "" ? JSON.parse(answer.body.text) : {}
  const what = [form.get("To"), form.get("Body") ?? form.get("MessageStatus")].filter(Boolean).join(" ")
  return `${new Date(at).toISOString().slice(11)} ${direction} ${method} ${new URL(url).pathname.replace(messages, "M")} [${what}] ${
    isAnswered(answer) ? answer.status : answer.failed
  } ${said.status ?? ""}`
}

const story = [
  "10:00:00.000Z api POST M.json [+14155550123 Your code is 482913] 201 queued",
  `10:00:05.000Z api GET M/${sent}.json [] 200 delivered`,
]
const refused = (at: string) => `${at} api POST M.json [12 Hello] 400 400`

describe("a sample of each format is imported whole", () => {
  const samples: Readonly<Record<string, ReadonlyArray<string>>> = {
    "interactions.json": [...story, refused("10:00:06.250Z")],
    "har.json": [
      story[0]!,
      "10:00:02.500Z webhook POST /status [+14155550123 delivered] 204 ",
      story[1]!,
      refused("10:00:06.250Z"),
    ],
    "polly.json": story,
    "nock.json": [...story, refused("10:00:06.000Z")],
    "vcr.yaml": [...story, refused("10:00:06.000Z")],
    "vcr1.yaml": [story[0]!],
    "vcrpy.yaml": [...story, refused("10:00:06.000Z")],
  }
  for (const [name, expected] of Object.entries(samples))
    it(name, async () => {
      const { exchanges, failed, imported: done, lost } = await imported(sample(name))
      deepStrictEqual({ failed, lost }, { failed: undefined, lost: [] })
      deepStrictEqual(exchanges.map(gist), expected)
      strictEqual(done?.formats.join(), name.replace(/\d?\.\w+$/, ""))
      deepStrictEqual(
        exchanges.map(({ n }) => n),
        exchanges.map((_, i) => i + 1),
      )
    })

  it("message-log.csv, oldest first, but for replies that no request made", async () => {
    const { exchanges, imported: done, lost } = await imported(sample("message-log.csv"))
    strictEqual(done?.formats.join(), "message-log")
    deepStrictEqual(exchanges.map(gist), [
      "10:00:00.000Z api POST M.json [+14155550123 Your code is 482913] 201 ",
      "10:00:06.000Z api POST M.json [+14155550124 Hello,\nagain] 201 ",
      '10:00:08.000Z webhook POST / [+14155550100 STOP, please "now"] the message log does not say what the application answered ',
      `10:00:09.000Z api GET M/${sent}.json [] 200 delivered`,
      `10:00:09.000Z api GET M/SM${"2".repeat(32)}.json [] 200 undelivered`,
    ])
    deepStrictEqual(lost, [
      "line 2: no request made it: it is outbound-reply, which follows from TwiML that the log does not hold",
    ])
  })

  it("a message log with semicolons for commas, and one with semicolons in its texts", async () => {
    const header = ["From", "To", "Body", "Status", "SentDate", "AccountSid", "Sid", "Direction"]
    const row = (body: string) => [
      "+14155550100",
      "+14155550123",
      body,
      "sent",
      "2026-01-01T10:00:00Z",
      accountSid,
      sent,
      "outbound-api",
    ]
    for (const [delimiter, body] of [
      [";", "One, two"],
      [",", "One; two"],
    ] as const) {
      const text = [header, row(body)].map((cells) => cells.join(delimiter)).join("\r\n")
      const { exchanges, lost } = await importedText(`${text}\r\n`)
      deepStrictEqual([exchanges.map(gist)[0], lost], [`10:00:00.000Z api POST M.json [+14155550123 ${body}] 201 `, []])
    }
  })

  it("VCR as JSON, and a HAR that has a byte order mark and is UTF-16", async () => {
    const cassette = {
      http_interactions: [
        {
          request: {
            method: "get",
            uri: "https://api.twilio.com/x",
            body: { encoding: "UTF-8", string: "" },
            headers: {},
          },
          response: { status: { code: 200, message: "OK" }, headers: {}, body: { encoding: "UTF-8", string: "{}" } },
          recorded_at: "Thu, 01 Jan 2026 10:00:00 GMT",
        },
      ],
    }
    strictEqual((await importedText(JSON.stringify(cassette))).imported?.formats.join(), "vcr")
    const har = readFileSync(sample("har.json"), "utf8")
    const wide = await importedText(Buffer.from(`\ufeff${har}`, "utf16le"))
    strictEqual(wide.exchanges.length, 4)
    const marked = await importedText(`\ufeff${har}`)
    strictEqual(marked.exchanges.length, 4)
  })
})

describe("secrets and numbers of a file", () => {
  const secrets = ["feedfacefeedface", "c2lnbmF0dXJl", "9999feed"]
  const people = ["14155550123", "4155550100", "4155550199", "482913", "STOP, please"]
  for (const name of readdirSync(sample("")).filter((each) => /\.(?:json|yaml|csv)$/.test(each)))
    it(`are not in the recording of ${name}`, async () => {
      const source = readFileSync(sample(name), "utf8")
      assertTrue(people.some((each) => source.includes(each)))
      const redactor = new Redactor({ salt: "a salt for the test", keepBodies: false, keepNumbers: false })
      const { exchanges } = await imported(sample(name), undefined, (exchange) => redactor.exchange(exchange))
      const text = JSON.stringify(exchanges)
      assertTrue(exchanges.length > 0)
      for (const each of [...secrets, ...people])
        for (const writing of [each, encodeURIComponent(each), Buffer.from(each).toString("base64").replace(/=+$/, "")])
          assertTrue(!text.includes(writing), `${writing} is in ${text}`)
    })
})

describe("what cannot be used is told with its place, and the rest is used", () => {
  const har = (...entries: ReadonlyArray<unknown>) => JSON.stringify({ log: { version: "1.2", entries } })
  const entry = (more: object = {}, request: object = {}, response: object = {}) => ({
    startedDateTime: "2026-01-01T10:00:00Z",
    time: 1,
    request: { method: "GET", url: "https://api.twilio.com/x", headers: [], ...request },
    response: { status: 200, headers: [], content: { text: "{}" }, ...response },
    ...more,
  })

  it("of a HAR: entries without a request, with no http URL, with a nonsense status, with a broken body", async () => {
    const { exchanges, lost } = await importedText(
      har(
        entry(),
        { response: {} },
        entry({}, { url: "data:text/plain,x" }),
        entry({}, {}, { status: "nine" }),
        entry({}, {}, { content: { encoding: "base64", text: "&&&" } }),
        7,
        entry({}, { method: "NO METHOD" }),
      ),
    )
    strictEqual(exchanges.length, 1)
    deepStrictEqual(lost, [
      "entry 2: expected a request, found nothing",
      'entry 3: expected an http or https URL, found "data:text/plain,x"',
      'entry 4: expected a status of HTTP, found "nine"',
      "entry 5: expected a body in base64, found something else",
      "entry 6: expected an exchange, found 7",
      'entry 7: expected a method of HTTP, found "NO METHOD"',
    ])
  })

  it("an answer that never came is one that failed", async () => {
    const { exchanges, lost } = await importedText(
      har(entry({ response: null }), entry({}, {}, { status: 0, _error: "net::ERR_ABORTED" })),
    )
    deepStrictEqual(lost, [])
    deepStrictEqual(
      exchanges.map(({ answer }) => answer),
      [{ failed: "no answer was recorded" }, { failed: "net::ERR_ABORTED" }],
    )
  })

  it("a clock that runs backwards is noted, and an exchange that comes twice is used once", async () => {
    const { exchanges, lost, notes } = await importedText(
      har(
        entry({ _id: "a", _order: 0 }),
        entry({ _id: "a", _order: 0 }),
        entry({ _id: "a", _order: 1, startedDateTime: "2026-01-01T09:59:59Z" }),
      ),
    )
    strictEqual(exchanges.length, 2)
    deepStrictEqual(lost, ['entry 2: "a 0" is there a second time'])
    deepStrictEqual(notes, ["entry 3: it was 1000 ms before the one that stands before it"])
  })

  it("a file that is cut off gives what is whole", async () => {
    const text = readFileSync(sample("har.json"), "utf8")
    for (const part of [0.4, 0.7, 0.999]) {
      const { exchanges, lost } = await importedText(text.slice(0, Math.floor(text.length * part)))
      assertTrue(exchanges.length >= 1 && exchanges.length <= 4, `${exchanges.length} exchanges`)
      strictEqual(lost.length, 1)
      assertTrue(/^entry \d: there or behind it the file is cut off$/.test(lost[0]!), lost[0])
    }
    const broken = await importedText(text.replace('"status": 400', '"status": four'))
    strictEqual(broken.exchanges.length, 3)
    assertTrue(/^entry 4: there or behind it the file is no JSON: /.test(broken.lost[0]!), broken.lost[0])
  })

  it("files of two formats one after the other give both, unless one of them is asked for", async () => {
    const text = `${readFileSync(sample("har.json"), "utf8")}\n${readFileSync(sample("nock.json"), "utf8")}`
    const both = await importedText(text)
    deepStrictEqual([both.exchanges.length, both.lost.length, both.imported?.formats], [7, 0, ["har", "nock"]])
    const one = await importedText(text, "nock")
    strictEqual(one.exchanges.length, 3)
    deepStrictEqual(one.lost[0], "entry 1: expected an exchange of nock, found one of har")
  })

  it("a body that unpacks to more than is kept, or does not unpack, is kept as length and hash", async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024)).toString("base64")
    const coding = [{ name: "Content-Encoding", value: "gzip" }]
    const broken = Buffer.from([0x1f, 0x8b, 1, 2, 3]).toString("base64")
    const { exchanges, lost } = await importedText(
      har(
        entry({}, {}, { headers: coding, content: { encoding: "base64", text: bomb } }),
        entry({}, {}, { headers: coding, content: { encoding: "base64", text: broken } }),
        entry({}, {}, { headers: coding, content: { text: '{"already":"unpacked"}' } }),
      ),
    )
    deepStrictEqual(lost, [
      "entry 1: a body that unpacks to more than 2097152 bytes is kept as length and hash",
      "entry 2: a body that says it is gzip cannot be unpacked and is kept as length and hash",
    ])
    const bodies = exchanges.map(({ answer }) => (isAnswered(answer) ? answer.body : undefined))
    strictEqual("sha256" in bodies[0]! && bodies[0].length < 100_000, true)
    deepStrictEqual(bodies[2], { text: '{"already":"unpacked"}', coding: "gzip" })
  })
})

describe("cassettes of strangers", () => {
  const cassette = (request: string, more = "") =>
    `---\nhttp_interactions:\n- request:\n${request}\n    headers: {}\n  response:\n    status: {code: 200}\n    headers: {}\n    body: {string: "{}"}\n  recorded_at: Thu, 01 Jan 2026 10:00:00 GMT\n${more}`
  const good = "    method: get\n    uri: https://api.twilio.com/x"

  it("a regular expression for a URI names no address", async () => {
    const { failed } = await importedText(cassette("    method: get\n    uri: !ruby/regexp /Messages/i"))
    assertTrue(
      failed?.endsWith(
        'nothing of it can be used: entry 1: its URI is the regular expression "/Messages/i", which names no address',
      ),
      failed,
    )
  })
  it("code in a template is never run", async () => {
    const { exchanges, lost } = await importedText(
      cassette(good, `- request: {method: get, uri: "https://api.twilio.com/<%= 6 * 7 %>"}\n  response: null\n`),
    )
    strictEqual(exchanges.length, 1)
    deepStrictEqual(lost, ['entry 2: it is a template with code, which is never run: "<%= 6 * 7 %>"'])
    const whole = await importedText(`---\n<% 3.times do %>\n${cassette(good)}<% end %>\n`)
    assertTrue(
      whole.lost.concat(whole.failed ?? []).some((each) => each.includes("it is a template with code")),
      String(whole.failed),
    )
  })
  it("tags of objects make nothing but data, and are noted", async () => {
    const { exchanges, lost, notes } = await importedText(
      `---\nhttp_interactions:\n- !ruby/object:Gem::Requirement\n  request: !ruby/object:Evil\n${good}\n    headers: {}\n  response: null\n`,
    )
    deepStrictEqual([exchanges.length, lost.length], [1, 0])
    deepStrictEqual(notes.slice(0, 2), [
      "document 1: the tag !ruby/object:Gem::Requirement is left out, and what it stands before is read as it is",
      "document 1: the tag !ruby/object:Evil is left out, and what it stands before is read as it is",
    ])
  })
  it("aliases cannot make a file grow", async () => {
    const bomb = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for (let i = 1; i < 12; i++)
      bomb.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(", ")}]`,
      )
    const { failed } = await importedText(`${bomb.join("\n")}\nhttp_interactions: *a11\n`)
    assertTrue(/document 1: it cannot be read: Excessive alias count/.test(failed ?? ""), failed)
  })
  it("one document that is broken costs only itself", async () => {
    const { exchanges, lost } = await importedText(`${cassette(good)}---\nhttp_interactions: [{\n${cassette(good)}`)
    strictEqual(exchanges.length, 2)
    assertTrue(lost.length === 1 && lost[0]!.startsWith("document 2: it is no YAML: "), lost.join())
  })
  it("nesting beyond reason is no overflow", async () => {
    const deep = await importedText(`http_interactions: ${"[".repeat(20_000)}`)
    assertTrue(deep.failed !== undefined && !deep.failed.includes("\n"), deep.failed)
    const json = await importedText(`{"log":{"entries":${"[".repeat(20_000)}`)
    assertTrue(/nested deeper than 200/.test(json.failed ?? ""), json.failed)
  })
})

describe("a file that is nothing of this", () => {
  const texts: ReadonlyArray<readonly [string, string | Uint8Array, RegExp]> = [
    ["empty", "", /the file is empty/],
    ["packed", gzipSync("{}"), /packed by gzip; unpack it first/],
    ["a recording", '{"format":1,"kind":"run","recording":"ringback"}\n', /a recording already/],
    [
      "some text",
      "Dear Sir or Madam,\n",
      /expected JSON, YAML or the CSV of a message log, found "Dear Sir or Madam,"/,
    ],
    ["JSON of something else", '{"a":[1,2]}', /it holds no exchanges/],
    ["YAML of something else", "a: 1\n", /it has no list of http_interactions or interactions/],
    ["CSV of something else", "From,To\n1,2\n", /sid, direction, status are not among "From,To"/],
    ["bytes", Uint8Array.from({ length: 300 }, (_, i) => i % 256), /expected JSON/],
  ]
  for (const [name, text, expected] of texts)
    it(`${name} is refused in a line`, async () => {
      const { failed = "" } = await importedText(text)
      assertTrue(expected.test(failed) && !failed.includes("\n"), failed)
    })
  it("every format has a sample", () => {
    deepStrictEqual(formats.length, 7)
  })
})
