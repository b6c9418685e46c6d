import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const secondsMax = 60
const account = "AC00000000000000000000000000000000"
const settings = `
twilio:
  account_sid: ${account}
  auth_token: warm
  allowed_from_numbers: ["+15550000001"]
endpoints:
  - url: http://warm.example
`
const scenario = `
name: A message is delivered
endpoints:
  - url: http://warm.example/status
steps:
  - send: { to: "+15551234567", from: "+15550000001", body: Hello, status_callback: "http://warm.example/status" }
    as: hello
expect:
  - message: { sid: "\${hello.sid}", status: delivered }
  - callback: { subject: "\${hello.sid}" }
    each: { delivered: 1, signature: valid }
`

/**
 * Lets the program at `main` serve a message, show itself and play a scenario, so that it leaves the code V8 made of its packs beside
 * them when it ends. One after the other: of the pack that a server starts with only what the first answer needs is kept.
 *
 * Throws an error whose message is for people when it did not.
 */
export const warm = async (main) => {
  const folder = mkdtempSync(join(tmpdir(), "ringback-warm-"))
  writeFileSync(join(folder, "settings.yaml"), settings)
  writeFileSync(join(folder, "scenario.yaml"), scenario)
  try {
    const serve = ["serve", "--port", "0", "--config", "settings.yaml", "--db", "log.db"]
    await during(folder, [main, ...serve], async (child) => {
      await sendMessage(await addressOf(child))
      child.kill("SIGTERM")
    })
    await during(folder, [main, ...serve], async (child) => {
      const address = await addressOf(child)
      for (const path of ["/health", "/admin/messages", "/admin/log", "/ui/messages", "/metrics"])
        await look(`${address}${path}`)
      child.kill("SIGTERM")
    })
    await during(folder, [main, "run", "scenario.yaml"], ended)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs the program in a folder, does something meanwhile, and waits for its end. */
const during = async (folder, command, meanwhile) => {
  const { NODE_OPTIONS: _, ...env } = process.env
  const child = spawn(process.execPath, command, {
    cwd: folder,
    env: { ...env, LOG_LEVEL: "ERROR", CONFIG_PATH: "", TWILIO_ACCOUNT_SID: "", TWILIO_AUTH_TOKEN: "" },
    stdio: ["ignore", "pipe", "pipe"],
  })
  const closed = once(child, "close")
  const end = () => child.kill("SIGKILL")
  const timer = setTimeout(end, secondsMax * 1000)
  process.once("exit", end)
  try {
    await meanwhile(child)
    await closed
  } finally {
    clearTimeout(timer)
    process.off("exit", end)
    end()
    await closed.catch(() => {})
  }
}

/** Waits for a program that is to end by itself. */
const ended = (child) =>
  new Promise((done, failed) => {
    let said = ""
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (text) => {
        said += text
      })
    child.on("error", failed)
    child.on("close", (code, signal) =>
      code === 0 ? done() : failed(new Error(`the program ended with ${code ?? signal}: ${said.trim()}`)),
    )
  })

const look = async (url) => {
  const { status } = await fetch(url, { headers: { accept: url.includes("/ui/") ? "text/html" : "application/json" } })
  if (status !== 200) throw new Error(`the program answered ${url} with ${status}`)
}

const addressOf = (child) =>
  new Promise((done, failed) => {
    let said = ""
    let complaint = ""
    child.stdout.on("data", (text) => {
      said += text
      const address = /listens on (http:\S+)/.exec(said)?.[1]
      if (address !== undefined) done(address)
    })
    child.stderr.on("data", (text) => {
      complaint += text
    })
    child.on("error", failed)
    child.on("close", (code, signal) =>
      failed(new Error(complaint.trim() || `the program ended with ${code ?? signal}`)),
    )
  })

const sendMessage = async (address) => {
  const answer = await fetch(`${address}/2010-04-01/Accounts/${account}/Messages.json`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${account}:warm`).toString("base64")}` },
    body: new URLSearchParams({
      To: "+15551234567",
      From: "+15550000001",
      Body: "Hello",
      StatusCallback: "http://warm.example/status",
    }),
  })
  const body = await answer.text()
  if (answer.status !== 201) throw new Error(`the program answered a message with ${answer.status}: ${body}`)
}
