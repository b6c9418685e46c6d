import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { configFile } from "../support/config.ts"
import { newFolder } from "../support/folder.ts"
import { leaksIn, type Marks } from "../support/leaks.ts"
import { listen } from "../support/listener.ts"
import { requestText, sendRaw } from "../support/rawSocket.ts"
import { ringback, type Server, serve } from "../support/ringback.ts"
import { looksBack } from "./looksBack.ts"
import { basic, formType, keptNames, marks, phone, plant, testSid, treacherous } from "./secrets/planted.ts"

/** The lines of the greeting that tell the auth token in use: itself, and the credentials of the command to copy. */
const told = /^ {2}auth token {3}.*$|^ {4}-u '.*$/gm

/** Everything in a folder but the keys files, which are the one place for secrets. */
const filesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile() && !file.endsWith(".keys"))

/** Looks for the marks in a place and in what its server said. */
const searched = (found: ReadonlyArray<readonly [where: string, content: string | Uint8Array]>, all: Marks = marks) =>
  found.flatMap(([where, content]) => leaksIn(content, all).map((leak) => `${where}: ${leak}`))

const files = (folder: string) =>
  filesIn(folder).map((file) => [file.slice(folder.length), readFileSync(file)] as const)

const pages = async (server: Server): Promise<ReadonlyArray<readonly [string, string]>> => {
  const given: Array<readonly [string, string]> = []
  const shown =
    "/ /health /metrics /openapi.json /docs /admin/clock /admin/alerts /admin/opt-outs /admin/callback-test /admin/messages /admin/settings /admin/callbacks /api/sms/providers /api/sms/requests /api/sms/health /api/sms/distribution-stats"
  for (const path of shown.split(" ")) given.push([path, (await server.ask(path)).text])
  const asBrowser = { headers: { accept: "text/html" } }
  const { entries } = (await server.ask("/admin/clock")).json
  const pagesShown = [
    "/ /ui/messages /ui/calls /ui/callbacks /ui/log /ui/phone /ui/settings /ui/timetravel /ui/forks /ui/live /ui/gateway".split(
      " ",
    ),
    ...((await server.ask("/admin/messages?limit=1000")).json.messages as ReadonlyArray<{ sid: string }>).map(
      ({ sid }) => [`/ui/messages/${sid}`, `/ui/timeline/${sid}`],
    ),
    ...Array.from({ length: entries }, (_, i) => [
      `/ui/log/${i + 1}`,
      ...(i % 9 === 0 ? [`/ui/timetravel?at=${i + 1}&list=callbacks`] : []),
    ]),
  ].flat()
  for (const path of pagesShown) {
    const { status, text } = await server.ask(path, asBrowser)
    assertTrue(status === 200, `${path} is answered ${status}`)
    given.push([path, text])
  }
  for (let after = 0, more = true; more; ) {
    const { json, text } = await server.ask(`/admin/log?limit=1000&after=${after}`)
    given.push([`/admin/log after ${after}`, text])
    for (const { subject, type } of json.entries as ReadonlyArray<{ subject: string; type: string }>)
      if (type === "call.created")
        for (const path of [`/ui/calls/${subject}`, `/admin/calls/${subject}/transcript`])
          given.push([path, (await server.ask(path, asBrowser)).text])
    after = json.last
    more = json.more
  }
  return given
}

describe("Secrets", () => {
  for (const [way, killed] of [
    ["the environment", "SIGKILL"],
    ["the settings file", "SIGTERM"],
  ] as const)
    it(`given everywhere, the token by ${way}, are in the keys file alone, also after ${killed}`, async () => {
      const folder = newFolder()
      const db = join(folder, "ringback.db")
      const listener = await listen()
      const token = way === "the environment" ? marks.environmentToken : marks.fileToken
      const options = {
        db,
        env: { LOG_LEVEL: "DEBUG", ...(way === "the environment" ? { TWILIO_AUTH_TOKEN: token } : {}) },
        config: configFile({
          server: { admin_token: marks.adminToken, public_url: `https://u:${marks.publicUrl}@public.example` },
          twilio: {
            auth_token: marks.fileToken,
            failure_numbers: [phone],
            callbacks: { delay_seconds: 0 },
            lookups: { numbers: [{ number: phone, caller_name: `//u:${marks.settingText}@a.example` }] },
            media: "fetch",
            test_credentials: { account_sid: testSid, auth_token: marks.testToken },
          },
          callbacks: {
            rewrite: [
              {
                from: `https://u:${marks.rewriteFrom}@rewritten.example`,
                to: listener.url.replace("://", `://u:${marks.rewriteTo}@`),
              },
            ],
          },
          gateway: {
            providers: [
              { id: "shown", url: `${listener.url}/gateway/shown` },
              { id: "named", url: `${listener.url.replace("://", `://u:${marks.gatewayUrl}@`)}/gateway/named` },
            ],
            tokens: { shown: marks.gatewayToken },
          },
          endpoints: [
            {
              url: `https://u:${marks.endpoint}@scripted.example`,
              answers: [{ status: 500, body: `{"next":"https://u:${marks.endpointBody}@a.example"}` }],
            },
          ],
        }),
        args: ["--pace", "fast"],
      }
      listener.answer = treacherous(listener.url)
      const first = await serve(options)
      strictEqual(first.authToken, token)
      const answers = await plant(first, listener.url)
      await first.clock({ settle: true })
      assertTrue(listener.callbacks.length >= 2)
      assertTrue(answers.every((answer) => answer.startsWith("HTTP/1.1 ")))
      const shown = await pages(first)
      const running = files(folder)
      assertTrue(running.some(([file]) => file.endsWith("-wal")))
      const ended = [await first.kill(killed)]
      const after = files(folder)
      const second = await serve(options)
      await second.send()
      await second.clock({ settle: true })
      ended.push(await second.kill("SIGTERM"))
      const recording = join(newFolder(), "run.jsonl")
      const exported = await ringback(["export", db, "--out", recording])
      strictEqual(exported.code, 0)
      const listed = await ringback(["log", db])
      const verified = await ringback(["verify", db])
      strictEqual(verified.code, 0)

      const found = searched([
        ...(await looksBack(db)),
        ...running,
        ...after,
        ...files(folder),
        ...shown,
        ...answers.map((answer, i) => [`answer ${i}`, answer] as const),
        ["recording", readFileSync(recording)],
        ["log", listed.stdout],
        ...ended.flatMap(({ stderr, stdout }) => [
          ["standard error", stderr] as const,
          ["standard output", stdout.replace(told, "")] as const,
        ]),
      ])
      deepStrictEqual([...new Set(found)], [])

      // What had to be found again is in the keys file, readable by its owner alone.
      const keys = `${db}.keys`
      strictEqual(statSync(keys).mode & 0o777, 0o600)
      const kept = readFileSync(keys, "utf8")
      for (const name of keptNames) assertTrue(kept.includes(marks[name]), name)
      assertTrue(kept.includes(token))
      // And led to what it was given for.
      for (const path of ["/led", "/sms", "/picture.png"])
        assertTrue(
          listener.callbacks.some((callback) => callback.path.startsWith(path)),
          path,
        )
      const shownTo = (path: string) =>
        new Set(listener.callbacks.filter((each) => each.path === path).map(({ headers }) => headers.authorization))
      assertTrue(shownTo("/gateway/shown").has(`Bearer ${marks.gatewayToken}`))
      assertTrue(shownTo("/gateway/named").has(basic(`u:${marks.gatewayUrl}`)))
      // The auth token is told twice in the greeting and nowhere else.
      strictEqual(ended[0]?.stdout.split(token).length, 3)
      // Numbers are in the log, and in no line of the process.
      for (const { stderr } of ended) deepStrictEqual(stderr.match(/555\d*7654321|5557654|7654321/g), null)
      assertTrue(ended[0]?.stderr.includes("/to/+1*********21") === true)
      assertTrue(ended[0]?.stderr.includes(" DEBUG entry ") === true)
    })

  it("made for a new log are in its keys file and the greeting alone", async () => {
    const folder = newFolder()
    const server = await serve({ db: join(folder, "ringback.db"), env: { LOG_LEVEL: "DEBUG" } })
    await server.send()
    await server.send({ StatusCallback: "http://127.0.0.1:1/" })
    const token = { token: server.authToken }
    const shown = await pages(server)
    const { stderr, stdout } = await server.kill("SIGKILL")
    const found = searched(
      [...files(folder), ...shown, ["stderr", stderr], ["stdout", stdout.replace(told, "")]],
      token,
    )
    deepStrictEqual(found, [])
    strictEqual(stdout.split(server.authToken).length, 3)
  })

  it("of subaccounts and API keys are in the keys file and in the answers that tell them alone, and outlive a kill", async () => {
    const folder = newFolder()
    const options = { db: join(folder, "ringback.db"), env: { LOG_LEVEL: "DEBUG" }, args: ["--pace", "fast"] }
    const listener = await listen()
    const first = await serve(options)
    const asked = async (server: Server, method: string, path: string, by: string, fields: string) => {
      const headers = { Authorization: by, ...formType }
      const { text } = await sendRaw(server.port, [requestText(method, path, headers, fields)])
      return { status: Number(text.slice(9, 12)), body: text.slice(text.indexOf("\r\n\r\n") + 4) }
    }
    const accounts = "/2010-04-01/Accounts.json"
    const sub = JSON.parse((await asked(first, "POST", accounts, first.authorization, "")).body)
    const keys = first.messages.replace("Messages", "Keys")
    const key = JSON.parse((await asked(first, "POST", keys, first.authorization, "FriendlyName=x")).body)
    const told = { token: sub.auth_token as string, key: key.secret as string }
    const sends = async (server: Server, user: string, password: string, account: string) => {
      const form = new URLSearchParams({ To: phone, From: "+15550000001", Body: "x", StatusCallback: listener.url })
      const path = `/2010-04-01/Accounts/${account}/Messages.json`
      return (await asked(server, "POST", path, basic(`${user}:${password}`), form.toString())).status
    }
    strictEqual(await sends(first, sub.sid, told.token, sub.sid), 201)
    strictEqual(await sends(first, key.sid, told.key, first.accountSid), 201)
    strictEqual(await sends(first, key.sid, told.token, first.accountSid), 401)
    strictEqual(await sends(first, sub.sid, told.key, sub.sid), 401)
    const listed = await asked(first, "GET", accounts, first.authorization, "")
    assertTrue(listed.body.includes(told.token))
    await first.clock({ settle: true })
    const shown = await pages(first)
    const ended = [await first.kill("SIGKILL")]
    const second = await serve(options)
    strictEqual(await sends(second, sub.sid, told.token, sub.sid), 201)
    strictEqual(await sends(second, key.sid, told.key, second.accountSid), 201)
    await second.clock({ settle: true })
    ended.push(await second.kill("SIGTERM"))
    const recording = join(newFolder(), "run.jsonl")
    strictEqual((await ringback(["export", options.db, "--out", recording])).code, 0)
    strictEqual((await ringback(["verify", options.db])).code, 0)
    const found = searched(
      [
        ...files(folder),
        ...shown,
        ["recording", readFileSync(recording)],
        ["log", (await ringback(["log", options.db])).stdout],
        ...ended.map(({ stderr, stdout }) => ["process", stderr + stdout] as const),
      ],
      told,
    )
    deepStrictEqual([...new Set(found)], [])
    const kept = readFileSync(`${options.db}.keys`, "utf8")
    for (const one of Object.values(told)) assertTrue(kept.includes(one))
  })

  const secret = "mkS3ttingsSecret99"
  for (const [what, text] of [
    ["a token that is a group", `twilio:\n  auth_token: { a: ${secret} }`],
    ["a token that is a list", `server:\n  admin_token: [${secret}]`],
    ["a token under a misspelt key", `twilio:\n  auth_tokn: ${secret}`],
    ["a token under another key", `twilio:\n  key: ${secret}`],
    ["a token at the top", `auth_token: ${secret}`],
    ["a token without a space behind its colon", `twilio:\n  auth_token:${secret}`],
    ["such a token with a colon behind it", `twilio:\n  auth_token:${secret}: 1`],
    ["such a token at the top", `auth_token:${secret}`],
    ["a token that begins with a star", `twilio:\n  auth_token: *${secret}`],
    ["a token that begins with an exclamation mark", `twilio:\n  auth_token: !${secret} [1]`],
    ["a token behind a bar", `twilio:\n  auth_token: |${secret}\n`],
    ["a token with a colon in it", `twilio:\n  auth_token: a: ${secret}`],
    ["a token with a quotation mark", `twilio:\n  auth_token: "a" ${secret}`],
    ["a token that is a key", `twilio:\n  ? [${secret}]\n  : 1`],
    ["a token behind a bracket", `twilio:\n  auth_token: ]${secret}`],
    ["a token on two lines", `twilio:\n  auth_token: "${secret}\n  b: 1`],
    ["a token that is a key twice", `server:\n  port: x\n  port: ${secret}`],
    ["userinfo of a foreign scheme", `server:\n  public_url: ftp://u:${secret}@a.example`],
    ["userinfo without slashes", `server:\n  public_url: https:u:${secret}@a.example`],
    ["userinfo with a slash in it", `server:\n  public_url: ftp://u/x:${secret}@a.example`],
    ["userinfo with a mark in it", `server:\n  public_url: 'ftp://u"?#:${secret}@a.example'`],
    ["userinfo of a rewrite", `callbacks:\n  rewrite:\n    - from: u:${secret}@a.example\n      to: x`],
    ["userinfo of an endpoint", `endpoints:\n  - url: //u:${secret}@a.example`],
    ["userinfo in the list of targets", `callbacks:\n  allow: ["https://u:${secret}@a.example"]`],
    ["userinfo under another key", `twilio:\n  url: https://u:${secret}@a.example`],
    ["no YAML", `twilio: [\n  auth_token: ${secret}\n`],
    ["a tab", `twilio:\n\tauth_token: ${secret}\n`],
  ] as const)
    it(`in wrong settings are not repeated: ${what}`, async () => {
      const args = ["serve", "--port", "0", "--db", ":memory:", "--config", configFile(`${text}\n`)]
      const { code, stderr, stdout } = await ringback(args)
      strictEqual(code, 2)
      deepStrictEqual(
        searched(
          [
            ["standard error", stderr],
            ["standard output", stdout],
          ],
          { secret },
        ),
        [],
      )
    })

  it("in wrong variables are not repeated", async () => {
    for (const name of ["TWILIO_ACCOUNT_SID", "TWILIO_PHONE_NUMBER"])
      for (const value of [secret, `AC${secret}`]) {
        const { code, stderr, stdout } = await ringback(["serve", "--port", "0", "--db", ":memory:"], {
          env: { [name]: value },
        })
        strictEqual(code, 2)
        deepStrictEqual(searched([[name, stderr + stdout]], { secret }), [])
      }
  })

  it("would be found in every encoding", () => {
    const text = "mk0Q7xExampleZr9w"
    for (const before of ["", "a", "ab", "abc"]) {
      const around = Buffer.from(`${before}${text}:more`)
      for (const hidden of [
        around,
        Buffer.from(around.toString("base64")),
        Buffer.from(around.toString("base64url")),
        Buffer.from(around.toString("hex")),
        Buffer.concat([Buffer.from("head"), gzipSync(around), Buffer.from("tail")]),
        Buffer.from([...around].map((byte) => `%${byte.toString(16).toUpperCase()}`).join("")),
      ])
        strictEqual(leaksIn(hidden, { text }).length > 0, true)
    }
    deepStrictEqual(leaksIn("nothing to see: mk0Q7xExample Zr9w", { text }), [])
  })
})
