import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertFalse, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { configFile } from "../support/config.ts"
import { newFolder } from "../support/folder.ts"
import { listen } from "../support/listener.ts"
import { type Ended, ringback, type ServeOptions, serve } from "../support/ringback.ts"
import { until } from "../support/until.ts"
import { documentConfig, documentTemplates } from "./fixtures/mockServerDocument.ts"

/** Starts a server that is expected to refuse its settings. */
const refusing = (config: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  ringback(["serve", "--port", "0", "--db", ":memory:", "--config", config], { env })

const writeFiles = (files: Readonly<Record<string, string>>): string => {
  const folder = newFolder()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

describe.concurrent("The configuration of the design document", () => {
  const account = "ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"

  for (const way of ["--config", "CONFIG_PATH"] as const)
    it(`works unchanged by ${way}`, async () => {
      const cwd = newFolder()
      const config = configFile(documentConfig)
      const options: ServeOptions = way === "--config" ? { config } : { env: { CONFIG_PATH: config } }
      const server = await serve({ ...options, cwd, args: ["--host", "127.0.0.1"] })
      deepStrictEqual([server.accountSid, server.authToken], [account, "your_auth_token_here"])
      strictEqual(server.stderr().trimEnd().split("\n").length, 1) // Its template folder is not there.
      assertTrue(server.stderr().includes("./templates/responses"))
      strictEqual((await server.send({ From: "+15550000001" })).status, 201)
      strictEqual((await server.send({ From: "+15550000009" })).json.code, 21606)
    })

  it("takes its log where it says, and listens on all addresses", async () => {
    const cwd = newFolder()
    const server = await serve({
      cwd,
      db: "./data/mock_server.db",
      config: configFile(documentConfig),
    })
    assertTrue(server.stdout().includes("./data/mock_server.db"))
    assertTrue(server.stdout().includes("answer only loopback"))
    strictEqual((await server.send()).status, 201)
  })

  it("delivers to registered numbers and fails failure numbers", async () => {
    const server = await serve({
      config: configFile(documentConfig),
      args: ["--host", "127.0.0.1", "--pace", "fast"],
    })
    const good = (await server.send({ To: "+15559876543" })).json
    const bad = (await server.send({ To: "+15559999999" })).json
    await server.clock({ settle: true })
    strictEqual((await server.ask(good.uri)).json.status, "delivered")
    strictEqual((await server.ask(bad.uri)).json.status, "failed")
  })

  it("with its permissive validation takes nearly anything", async () => {
    const permissive = documentConfig
      .replace("require_auth: true", "require_auth: false")
      .replace("validate_phone_format: true", "validate_phone_format: false")
      .replace("check_from_numbers: true", "check_from_numbers: false")
    const server = await serve({ config: configFile(permissive), args: ["--host", "127.0.0.1"] })
    const form = { To: "banana", From: "apple", Body: "x" }
    strictEqual((await server.ask(server.messages, { form, headers: { authorization: "" } })).status, 201)
    strictEqual((await server.ask(server.messages, { form: { ...form, Body: "" } })).json.code, 21602)
  })
})

describe.concurrent("Settings from several sources", () => {
  const sid = (char: string) => `AC${char.repeat(32)}`

  it("a flag wins over the environment, which wins over the file, which wins over defaults", async () => {
    const config = configFile({
      server: { port: 1, host: "203.0.113.7" },
      twilio: { account_sid: sid("f"), auth_token: "from-file", allowed_from_numbers: ["+15550000002"] },
      database: { path: "/dev/null/x.db" },
    })
    const other = configFile({ twilio: { account_sid: sid("0") } })
    const server = await serve({
      config,
      args: ["--host", "127.0.0.1"],
      env: { CONFIG_PATH: other, TWILIO_AUTH_TOKEN: "from-environment", TWILIO_PHONE_NUMBER: "+15550000003" },
    })
    deepStrictEqual([server.accountSid, server.authToken], [sid("f"), "from-environment"])
    const codes: Array<number> = []
    for (const From of ["+15550000002", "+15550000003", "+15550000004"])
      codes.push((await server.send({ From })).status)
    deepStrictEqual(codes, [201, 201, 400])
  })
  it("TWILIO_ACCOUNT_SID is the account, and an empty variable is none", async () => {
    const server = await serve({
      env: {
        TWILIO_ACCOUNT_SID: sid("e"),
        TWILIO_AUTH_TOKEN: "",
        TWILIO_PHONE_NUMBER: "",
        LOG_LEVEL: "",
        CONFIG_PATH: "",
      },
    })
    strictEqual(server.accountSid, sid("e"))
    assertTrue(/^[0-9a-f]{32}$/.test(server.authToken))
    strictEqual((await server.send()).status, 201)
  })
  it("no file and no variable is needed", async () => {
    const server = await serve()
    assertTrue(/^AC[0-9a-f]{32}$/.test(server.accountSid))
    strictEqual(server.stderr(), "")
    strictEqual((await server.send()).status, 201)
  })
  for (const [name, value, found] of [
    ["LOG_LEVEL", "LOUD", '"LOUD"'],
    ["TWILIO_PHONE_NUMBER", "banana", '"banana"'],
    ["TWILIO_ACCOUNT_SID", "AC123-s3cret", "a text of 12 characters"],
    ["CONFIG_PATH", "nowhere.yaml", "nowhere.yaml"],
  ] as const)
    it(`a wrong ${name} is named with what was expected: exit 2`, async () => {
      const { code, stderr, stdout } = await ringback(["serve", "--port", "0", "--db", ":memory:"], {
        env: { [name]: value },
      })
      deepStrictEqual([code, stdout], [2, ""])
      assertTrue(stderr.includes(name === "CONFIG_PATH" ? "settings file" : name))
      assertTrue(stderr.includes(found))
      assertFalse(stderr.includes("s3cret"))
    })
  it("LOG_LEVEL=DEBUG says more on standard error, and ERROR less", async () => {
    const failing = "http://127.0.0.1:1/status"
    const told = async (level: string) => {
      const server = await serve({ args: ["--pace", "fast"], env: { LOG_LEVEL: level } })
      await server.send({ StatusCallback: failing })
      await server.clock({ settle: true })
      return (await server.kill("SIGTERM")).stderr
    }
    const [error, info, debug] = [await told("error"), await told("INFO"), await told("DEBUG")]
    strictEqual(error, "")
    assertTrue(info.includes("callback"))
    assertTrue(debug.length > info.length)
  })
})

describe.concurrent("Settings that are wrong", () => {
  const text = (lines: ReadonlyArray<string>) => configFile(lines.join("\n"))

  for (const [lines, line, path, expected, found] of [
    [["server:", "  prot: 8080"], 2, "server.prot", "a known key", "8080"],
    [["server:", "  port: high"], 2, "server.port", "a port", '"high"'],
    [["twilio:", "  failure_numbers:", "    - +15551234567"], 3, "twilio.failure_numbers.0", "quote", "15551234567"],
    [["twilio:", "  registered_numbers: 5"], 2, "twilio.registered_numbers", "a list of phone numbers", "5"],
    [["twilio:", "  default_behavior: maybe"], 2, "twilio.default_behavior", "success or failure", '"maybe"'],
    [["", "provider: acme"], 2, "provider", "twilio", '"acme"'],
    [
      ["twilio:", "  validation:", "    require_auth: yes please"],
      3,
      "twilio.validation.require_auth",
      "true or false",
      '"yes please"',
    ],
    [["twilio:", "  callbacks:", "    retry_attempts: 0"], 3, "twilio.callbacks.retry_attempts", "1 to 20", "0"],
    [["delay_seconds: 3"], 1, "delay_seconds", "twilio.callbacks.delay_seconds", "3"],
    [
      ["callbacks:", "  rewrite:", "    - from: nowhere", "      to: http://x"],
      3,
      "callbacks.rewrite.0.from",
      "a URL",
      '"nowhere"',
    ],
  ] as const)
    it(`${path}: the place, what was expected and what was found`, async () => {
      const config = text(lines)
      const { code, stderr, stdout } = await refusing(config)
      deepStrictEqual([code, stdout], [2, ""])
      strictEqual(stderr.trimEnd().split("\n").length, 1)
      for (const part of [`${config}:${line}: ${path}: expected `, expected, "found ", found])
        if (!stderr.includes(part)) strictEqual(stderr, part)
    })
  it("several faults are all named, a line each", async () => {
    const { stderr } = await refusing(text(["server:", "  port: x", "  host: 7", "frob: 1"]))
    for (const path of ["server.port", "server.host", "frob"]) assertTrue(stderr.includes(`: ${path}: expected`))
  })
  for (const [what, content] of [
    ["no YAML", "server: [1"],
    ["a list", "- 1"],
    ["a key twice", "server:\n  port: 1\n  port: 2"],
    [
      "billions of laughs",
      `a: &a [x,x]\n${"bcdefghij"
        .split("")
        .map((c, i) => `${c}: &${c} [${`*${"abcdefghi"[i]},`.repeat(9)}x]`)
        .join("\n")}`,
    ],
  ] as const)
    it(`a file that is ${what} is named with its line: exit 2`, async () => {
      const config = configFile(content)
      const { code, stderr } = await refusing(config)
      strictEqual(code, 2)
      assertTrue(stderr.includes(config))
      assertTrue(stderr.length < 5000)
    })
  it("no secret is repeated", async () => {
    const config = text([
      "server:",
      "  admin_token: [s3cret-one]",
      "twilio:",
      "  auth_token: { deep: s3cret-two }",
      "callbacks:",
      "  rewrite:",
      "    - from: ftp://user:s3cret-three@app.example",
      "      to: 's3cret four'",
    ])
    const { code, stderr } = await refusing(config)
    strictEqual(code, 2)
    for (const secret of ["s3cret-one", "s3cret-two", "s3cret-three"]) assertFalse(stderr.includes(secret))
    assertTrue(stderr.includes("not shown"))
  })
  it("an auth token that YAML reads as a number is refused, not guessed at", async () => {
    const { code, stderr } = await refusing(text(["twilio:", "  auth_token: 123456789012"]))
    strictEqual(code, 2)
    assertTrue(stderr.includes("twilio.auth_token"))
    assertFalse(stderr.includes("123456789012"))
  })
})

describe.concurrent("Templates of one's own", () => {
  it("those of the design document work unchanged", async () => {
    const folder = writeFiles(documentTemplates)
    const server = await serve({
      config: configFile({
        twilio: { allowed_from_numbers: ["+15550000001"], missing_parameter_code: 21604 },
        templates: { path: join(folder, "templates/responses") },
      }),
    })
    strictEqual(server.stderr(), "")
    const body = 'A "quote",\na line, {{ sid }} and 🐧'
    const sent = await server.send({ Body: body })
    strictEqual(sent.status, 201)
    deepStrictEqual(
      [sent.json.body, sent.json.to, sent.json.from, sent.json.status],
      [body, "+15551234567", "+15550000001", "queued"],
    )
    strictEqual((await server.ask(sent.json.uri)).json.sid, sent.json.sid)
    const refused = await Promise.all([
      server.send({ Body: "" }),
      server.send({ To: "+1234" }),
      server.send({ From: "+15550000009" }),
      server.ask(server.messages, { headers: { authorization: "" } }),
    ])
    deepStrictEqual(
      refused.map(({ json, status }) => [status, json.code, json.message]),
      [
        [400, 21604, "The required parameter 'Body' is missing."],
        [400, 21211, "The 'To' number +1234 is not a valid phone number."],
        [400, 21606, "The 'From' phone number +15550000009 is not a valid, message-capable Twilio phone number."],
        [401, 20003, "Authenticate"],
      ],
    )
  })
  it("make callbacks say something else", async () => {
    const listener = await listen()
    const folder = writeFiles({
      "responses/twilio/delivery_status.json":
        '{ "Sid": "{{ message_sid }}", {% if status == "sent" %}"Is": "sent"{% else %}"Is": "not sent"{% endif %} }',
    })
    const server = await serve({ config: configFile({ templates: { path: folder } }), args: ["--pace", "fast"] })
    const { json } = await server.send({ StatusCallback: listener.url })
    await until("both callbacks arrived", () => listener.callbacks.length === 2)
    deepStrictEqual(
      listener.callbacks.map(({ body }) => body),
      [`Sid=${json.sid}&Is=sent`, `Sid=${json.sid}&Is=not+sent`],
    )
  })
  it("a folder that is missing is one warning, and the shipped ones are used", async () => {
    const path = join(newFolder(), "nowhere")
    const server = await serve({ config: configFile({ templates: { path } }) })
    strictEqual(server.stderr().trimEnd().split("\n").length, 1)
    assertTrue(server.stderr().includes(path))
    strictEqual((await server.send()).status, 201)
  })
  for (const [what, template, line] of [
    ["calls something", '{\n  "sid": "{{ process.exit(1) }}"\n}', 2],
    ["holds code", "{\n\n  <% x %>\n}", 3],
    ["is not closed", '{\n  {% if sid %}\n  "a": 1\n}', 2],
    ["yields no JSON", '{\n  "a": {{ sid }\n}', 2],
  ] as const)
    it(`a template that ${what} is refused at start with file and line: exit 2`, async () => {
      const folder = writeFiles({ "responses/twilio/send_sms_success.json": template })
      const { code, stderr, stdout } = await refusing(configFile({ templates: { path: folder } }))
      deepStrictEqual([code, stdout], [2, ""])
      const file = join(folder, "responses/twilio/send_sms_success.json")
      if (!stderr.includes(`${file}:${line}`)) strictEqual(stderr, `${file}:${line}`)
    })
  it("a template that reaches for a prototype finds nothing there, and says so at start", async () => {
    const folder = writeFiles({
      "responses/twilio/send_sms_success.json": '{\n  "a": "{{ constructor.constructor }}{{ request.__proto__.x }}"\n}',
    })
    const server = await serve({ config: configFile({ templates: { path: folder } }) })
    assertTrue(server.stderr().includes("send_sms_success.json:2: nothing is called constructor.constructor here"))
    deepStrictEqual((await server.send()).json, { a: "" })
  })
})
