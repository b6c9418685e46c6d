import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { newFolder } from "../support/folder.ts"
import { entriesOf } from "../support/logEntries.ts"
import { ringback, type Server, serve } from "../support/ringback.ts"

const ordered = async (server: Server, method: string, path: string, body: unknown) => {
  const response = await fetch(`${server.address}${path}`, {
    method,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  })
  return { status: response.status, json: JSON.parse(await response.text()) }
}

const edit = (server: Server, patch: unknown) => ordered(server, "PATCH", "/admin/templates", patch)

interface Shown {
  readonly name: string
  readonly text: string
  readonly edited: boolean
}

const textOf = async (server: Server, wanted: string): Promise<Shown | undefined> =>
  ((await server.ask("/admin/templates")).json.templates as ReadonlyArray<Shown>).find(({ name }) => name === wanted)

describe.concurrent("/admin/templates", () => {
  it("edits a template from its entry on; the log is sound, its recording too, and forks, snapshots and the past know it", async () => {
    const folder = newFolder()
    const db = join(folder, "run.db")
    const server = await serve({ db, args: ["--pace", "fast", "--seed", "7"] })
    const first = (await server.send({ Body: "before" })).json
    strictEqual(first.status, "queued")
    const mine = '{"sid":"{{ message_sid }}","uri":"mine","said":"{{ request.Body }}"}'
    const tried = await ordered(server, "POST", "/admin/templates/check", { send_sms_success: mine })
    deepStrictEqual(tried.json.yields, [
      {
        name: "send_sms_success",
        of: `message ${first.sid}`,
        body: `{"sid":"${first.sid}","uri":"mine","said":"before"}`,
      },
    ])
    strictEqual((await textOf(server, "send_sms_success"))?.edited, false)
    strictEqual((await edit(server, { send_sms_success: mine })).status, 200)
    strictEqual((await edit(server, { send_sms_success: mine })).status, 200) // Nothing changes: no entry.
    deepStrictEqual((await server.send({ Body: 'a "text"' })).json.said, 'a "text"')
    // A change of settings leaves templates alone.
    await ordered(server, "PATCH", "/admin/settings", { twilio: { default_behavior: "failure" } })
    strictEqual((await server.send({ Body: "again" })).json.uri, "mine")
    strictEqual((await edit(server, { send_sms_success: null })).status, 200)
    strictEqual((await server.send({ Body: "after" })).json.status, "queued")
    strictEqual((await edit(server, { send_sms_success: mine })).status, 200)
    await server.clock({ settle: true })
    await server.kill("SIGTERM")

    const entries = await entriesOf(db, ["--type", "settings.changed"])
    deepStrictEqual(
      entries.map(({ data }) => data.templates?.send_sms_success === mine),
      [true, false, false, true],
    )
    strictEqual((await ringback(["verify", db])).code, 0)
    const recording = join(folder, "run.jsonl")
    strictEqual((await ringback(["export", db, "--out", recording])).code, 0)
    strictEqual((await ringback(["verify", recording])).code, 0)
    const [one] = entries
    for (const [seq, there] of [
      [(one?.seq ?? 0) - 1, false],
      [one?.seq ?? 0, true],
    ] as const) {
      const { stdout } = await ringback(["at", db, String(seq)])
      strictEqual(JSON.parse(stdout).machines.twilio.templates.send_sms_success === mine, there)
    }
    const fork = join(folder, "fork.db")
    const forked = await ringback([
      "fork",
      db,
      "--at",
      String(one?.seq),
      "--set",
      "twilio.default_behavior=success",
      "--out",
      fork,
    ])
    strictEqual(forked.code, 0)
    strictEqual((await ringback(["verify", fork])).code, 0)

    // The next start reads the files again.
    const again = await serve({ db, args: ["--pace", "fast"] })
    strictEqual((await textOf(again, "send_sms_success"))?.edited, false)
    strictEqual((await again.send({ Body: "restarted" })).json.status, "queued")
    await again.kill("SIGTERM")
    strictEqual((await ringback(["verify", db])).code, 0)
  })

  it("refuses what is wrong with its line, and changes nothing", async () => {
    const server = await serve({ args: ["--pace", "fast"] })
    const before = (await server.ask("/health")).json.digest
    const bad = { send_sms_success: '{\n  "a": {{ constructor( }}\n}', nothing: "{}" }
    for (const [method, path] of [
      ["PATCH", "/admin/templates"],
      ["POST", "/admin/templates/check"],
    ] as const) {
      const { json, status } = await ordered(server, method, path, bad)
      strictEqual(status, 400)
      strictEqual(json._tag, "BadSettingsChange")
      deepStrictEqual(
        json.problems.map(({ path: place }: { path: string }) => place),
        ["send_sms_success:2:22", "nothing"],
      )
      assertTrue(json.message.includes("send_sms_success:2:22: expected"))
    }
    strictEqual((await server.ask("/health")).json.digest, before)
  })
})
