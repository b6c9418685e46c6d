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

/**
 * Lets the program at `main` serve one message, so that it leaves the code V8 made of it beside itself when it ends.
 *
 * Throws an error whose message is for people when it did not serve.
 */
export const warm = async (main) => {
  const folder = mkdtempSync(join(tmpdir(), "ringback-warm-"))
  const { NODE_OPTIONS: _, ...env } = process.env
  const config = join(folder, "settings.yaml")
  writeFileSync(config, settings)
  const child = spawn(
    process.execPath,
    [main, "serve", "--port", "0", "--config", config, "--db", join(folder, "log.db")],
    {
      cwd: folder,
      env: { ...env, LOG_LEVEL: "ERROR", CONFIG_PATH: "", TWILIO_ACCOUNT_SID: "", TWILIO_AUTH_TOKEN: "" },
      stdio: ["ignore", "pipe", "pipe"],
    },
  )
  const closed = once(child, "close")
  const end = () => child.kill("SIGKILL")
  const timer = setTimeout(end, secondsMax * 1000)
  process.once("exit", end)
  try {
    await sendMessage(await addressOf(child))
    child.kill("SIGTERM")
    await closed
  } finally {
    clearTimeout(timer)
    process.off("exit", end)
    end()
    await closed.catch(() => {})
    rmSync(folder, { recursive: true, force: true })
  }
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
