import { spawn } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import * as https from "node:https"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import twilio from "twilio"
import { isAnswered } from "../../src/core/traffic/RecordedExchange.ts"
import { readTraffic } from "../../src/core/traffic/reader.ts"
import { certificate, certificateKey } from "../support/certificate.ts"
import { configFile } from "../support/config.ts"
import { newFolder } from "../support/folder.ts"
import { leaksIn } from "../support/leaks.ts"
import { type Listener, listen } from "../support/listener.ts"
import { program } from "../support/program.ts"
import { type Process, ringback, type Server, serve } from "../support/ringback.ts"
import { type Client, clientOf, refusal } from "../support/sdk.ts"
import { exchangesOf, listening, record } from "../support/trafficCommands.ts"
import { until } from "../support/until.ts"

const to = "+14158675309"
const from = "+15550000001"
const body = "Hello Ana, 482913 is your code"

const upstream = () => serve({ args: ["--pace", "fast"], config: configFile({ twilio: { registered_numbers: [to] } }) })

const byStatus = ({ MessageSid, MessageStatus }: Readonly<Record<string, string>>) => `${MessageSid} ${MessageStatus}`

/** What an application does with Twilio: the same code against the API, its recording and the playback. */
const session = async (client: Client, webhooks: string) => {
  const sent = await client.messages.create({ to, from, body, statusCallback: `${webhooks}/status?token=of-the-app` })
  const again = await client.messages.create({ to, from, body: "Second", statusCallback: `${webhooks}/status` })
  const fetched = await client.messages(sent.sid).fetch()
  const listed = await client.messages.list({ to, limit: 2 })
  const refused = await refusal(client.messages.create({ to: "+1", from, body: "x" }))
  const missing = await refusal(client.messages(`SM${"0".repeat(32)}`).fetch())
  const call = await client.calls.create({ to, from, url: "https://app.example/twiml" })
  const removed = await client.messages(again.sid).remove()
  const withoutDates = (resource: { toJSON: () => unknown }) =>
    JSON.parse(JSON.stringify(resource.toJSON(), (name, value) => (/^date|Time$/.test(name) ? typeof value : value)))
  return {
    sent: withoutDates(sent),
    again: withoutDates(again),
    // How far it has come depends on when it is looked at.
    fetched: { ...withoutDates(fetched), sent: fetched.body },
    listed: listed.map(({ body: text, sid }) => ({ body: text, sid })),
    refused,
    missing,
    call: withoutDates(call),
    removed,
  }
}

interface Recorded {
  readonly file: string
  readonly results: Awaited<ReturnType<typeof session>>
  readonly server: Server
}

/** Records a session, and lets the upstream go. */
const recordedSession = async (application: Listener, args: ReadonlyArray<string>): Promise<Recorded> => {
  const server = await upstream()
  const file = join(newFolder(), "traffic.jsonl")
  const { address, process } = await record(server, ["--out", file, "--webhooks-to", application.url, ...args])
  const results = await session(clientOf({ ...server, address }), `${address}/webhooks`)
  await until(
    "the webhooks are recorded",
    () => exchangesOf(file).filter(({ direction }) => direction === "webhook").length >= 4,
  )
  const { code, stderr } = await process.kill("SIGTERM")
  deepStrictEqual([code, stderr], [0, ""])
  await server.kill("SIGKILL")
  return { file, results, server }
}

describe("A session of Twilio's SDK", () => {
  const salt = join(newFolder(), "salt")
  for (const [how, recordArgs, playArgs] of [
    ["as it was", ["--keep-numbers", "--keep-bodies"], []],
    ["behind stand-ins of a known salt", ["--salt", salt], ["--salt", salt]],
    ["behind stand-ins", [], []],
  ] as const)
    it(`is recorded ${how} and played back, with the same results and the same webhooks`, async () => {
      const application = await listen()
      const { file, results, server } = await recordedSession(application, recordArgs)
      const text = readFileSync(file, "utf8")
      const hidden =
        recordArgs.length === 2 && how === "as it was"
          ? {}
          : { to: to.slice(1), from: from.slice(1), body, code: "482913" }
      deepStrictEqual(leaksIn(text, { token: server.authToken, appToken: "of-the-app", ...hidden }), [])
      const was = application.callbacks.map(({ params }) => byStatus(params))

      const player = await listening(
        ["playback", file, "--pace", "fast", "--webhooks-to", application.url, ...playArgs],
        {
          TWILIO_AUTH_TOKEN: "the-token-of-the-playback",
        },
      )
      const before = application.callbacks.length
      const played = await session(clientOf({ ...server, address: player.address }), `${player.address}/webhooks`)
      deepStrictEqual(played, results)
      const callbacks = await until("the webhooks were sent", () => {
        const sent = application.callbacks.slice(before)
        return sent.length >= was.length && sent
      })
      deepStrictEqual(callbacks.map(({ params }) => byStatus(params)).sort(), was.sort())
      for (const { headers, params, path } of callbacks)
        assertTrue(
          twilio.validateRequest(
            "the-token-of-the-playback",
            String(headers["x-twilio-signature"]),
            `${application.url}${path}`,
            params,
          ),
        )
      const numbers = callbacks.map(({ params }) => params.To)
      deepStrictEqual([...new Set(numbers)], [to])

      const { code, stderr, stdout } = await player.process.kill("SIGTERM")
      deepStrictEqual([code, stderr], [0, ""])
      const { answered, missed, unused } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "")
      deepStrictEqual([answered, missed, unused], [8, 0, 0])
    })
})

describe("An upstream behind TLS", () => {
  it("is recorded and passed through to where its certificate is trusted, and to nobody else", async () => {
    const asked: Array<string> = []
    const server = https.createServer({ cert: certificate, key: certificateKey }, (request, response) => {
      asked.push(`${request.headers.host} ${request.url}`)
      response.writeHead(200, { "Content-Type": "application/json" }).end('{"ok":true}')
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const secure = `localhost:${(server.address() as AddressInfo).port}`
    const folder = newFolder()
    const [authorities, out] = [join(folder, "authorities.pem"), join(folder, "traffic.jsonl")]
    writeFileSync(authorities, certificate)
    const env = { NODE_EXTRA_CA_CERTS: authorities }
    try {
      const recorder = await listening(["record", "--upstream", `https://${secure}`, "--out", out], env)
      strictEqual(await (await fetch(`${recorder.address}/a`)).text(), '{"ok":true}')
      await recorder.process.kill("SIGTERM")
      const [{ answer, request } = {}] = exchangesOf(out)
      deepStrictEqual(
        [request?.url, answer !== undefined && isAnswered(answer) && answer.status],
        [`https://${secure}/a`, 200],
      )

      const passing = ["playback", out, "--on-miss", "passthrough", "--upstream", `https://${secure}`]
      const trusting = await listening(passing, env)
      for (const path of ["/a", "/b"])
        strictEqual(await (await fetch(trusting.address + path)).text(), '{"ok":true}', path)
      deepStrictEqual(asked, [`${secure} /a`, `${secure} /b`])
      const wary = await listening(passing)
      strictEqual((await fetch(`${wary.address}/b`)).status, 502)
      for (const { process } of [trusting, wary]) await process.kill("SIGTERM")
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})

describe("A recorder that is killed", () => {
  it("leaves a file that can be read, with every exchange that was over", async () => {
    const server = await upstream()
    const file = join(newFolder(), "traffic.jsonl")
    const { address, process } = await record(server, ["--out", file])
    const client = clientOf({ ...server, address })
    let over = 0
    const sending = (async () => {
      for (let i = 0; ; i++) {
        await client.messages.create({ to, from, body: `message ${i}` })
        over++
      }
    })().catch(() => "ended")
    await until("some are sent", () => over > 20)
    await process.kill("SIGKILL")
    strictEqual(await sending, "ended")
    const { exchanges, faults } = Either.getOrThrow(readTraffic(readFileSync(file, "utf8")))
    deepStrictEqual(faults, [])
    assertTrue(exchanges.length >= over - 1, `${exchanges.length} of ${over}`)
    assertTrue(
      exchanges.every(({ about, answer }) => isAnswered(answer) && answer.status === 201 && about.startsWith("SM")),
    )
    strictEqual((await ringback(["playback", join(newFolder(), "none.jsonl"), "--port", "0"])).code, 2)
  })
})

describe("A recorder whose file takes no more", () => {
  it("says so, ends with 1, and leaves what was written", async () => {
    const folder = newFolder()
    const file = join(folder, "traffic.jsonl")
    // A limit of four blocks for any file it writes; without the trap the system would end the process itself.
    const command = `trap '' XFSZ; ulimit -f 4; exec "${process.execPath}" "${program}" record --port 0 --upstream http://127.0.0.1:1 --json --out "${file}"`
    const child = spawn("bash", ["-c", command], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] })
    let stdout = ""
    let stderr = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text
    })
    const ended = new Promise((resolve) => child.once("close", resolve))
    const address = await until("it listens", () => /"address":"([^"]+)"/.exec(stdout)?.[1])
    for (let n = 0; n < 20 && child.exitCode === null; n++)
      await fetch(`${address}/x`, { method: "POST", body: "a=".padEnd(600, "b") }).catch(() => "it has ended")
    strictEqual(await ended, 1)
    strictEqual(
      stderr,
      `ringback: stopped: ${file} cannot be written: it may not become larger (EFBIG); raise the limit (ulimit -f), or name a file elsewhere\n`,
    )
    const { exchanges, faults } = Either.getOrThrow(readTraffic(readFileSync(file, "utf8")))
    assertTrue(exchanges.length >= 2, String(exchanges.length))
    deepStrictEqual(
      faults.map(({ expected }) => expected),
      ["an end of line"],
    )
  })
})

describe("Playback", () => {
  it("answers what was not recorded with the nearest request and a field diff, or lets an exchange answer", async () => {
    const application = await listen()
    const { file, server } = await recordedSession(application, ["--keep-numbers", "--keep-bodies"])
    const failing = await listening(["playback", file, "--pace", "fast"])
    const form = new URLSearchParams({ To: to, From: from, Body: "Something else" })
    const messages = `/2010-04-01/Accounts/${server.accountSid}/Messages.json`
    const send = (address: string) =>
      fetch(`${address}${messages}`, { method: "POST", body: form, headers: { authorization: server.authorization } })
    const answer = await send(failing.address)
    strictEqual(answer.status, 404)
    // biome-ignore lint/suspicious/noExplicitAny: the test reads what it expects to be there
    const missed = (await answer.json()) as any
    strictEqual(missed.code, 20404)
    deepStrictEqual(missed.details.nearest.differences, [
      { field: "Body", found: "Something else", recorded: body },
      {
        field: "StatusCallback",
        found: null,
        recorded: missed.details.nearest.differences[1].recorded,
      },
    ])
    const simulating = await listening(["playback", file, "--on-miss", "simulate"], {
      TWILIO_ACCOUNT_SID: server.accountSid,
      TWILIO_AUTH_TOKEN: server.authToken,
    })
    const simulated = await send(simulating.address)
    strictEqual(simulated.status, 201)
    strictEqual(((await simulated.json()) as { body: string }).body, "Something else")
    await Promise.all([failing, simulating].map(({ process }: { process: Process }) => process.kill("SIGTERM")))
  })

  it("says what is wrong with a file and with its options, and warns of old recordings", async () => {
    const file = join(newFolder(), "old.jsonl")
    const header = `{"by":"x","format":1,"kind":"traffic","recording":"ringback","redaction":{"bodies":"kept","numbers":"kept","salt":""},"source":"x","started":1600000000000}`
    writeFileSync(file, `${header}\n{}\n`)
    const old = await listening(["playback", file, "--expire", "90d"])
    const { stderr } = await old.process.kill("SIGTERM")
    assertTrue(stderr.includes(`${file}:2: expected a text in about, found nothing; left out`), stderr)
    assertTrue(
      /warning: .* was recorded \d+ days ago \(2020-09-13T12:26:40.000Z\), longer than 90d/.test(stderr),
      stderr,
    )
    for (const [args, says] of [
      [["playback", file, "--on-miss", "passthrough"], "needs --upstream"],
      [["playback", file, "--field", "Body"], "NAME=ignore"],
      [["playback", file, "--field", "Body=pattern:("], "NAME=ignore"],
      [["playback", file, "--pace", "paused"], "--pace"],
      [["playback", file, "--expire", "soon"], "--expire"],
      [["playback", file, "--salt", join(newFolder(), "none")], "salt"],
      [["playback", join(newFolder(), "none")], "there is no recording at"],
      [["record", "--out", file], "never written over"],
      [["record", "--out", join(newFolder(), "x"), "--upstream", "ftp://x"], "--upstream"],
      [["record", "--out", join(newFolder(), "x"), "--upstream", "https://u:p@x"], "without a user"],
    ] as const) {
      const ended = await ringback(args)
      strictEqual(ended.code, 2, args.join(" "))
      assertTrue(ended.stderr.includes(says) && ended.stderr.trim().split("\n").length <= 2, ended.stderr)
    }
  })
})
