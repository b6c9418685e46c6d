import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { newFolder } from "../support/folder.ts"
import { leaksIn } from "../support/leaks.ts"
import { listen } from "../support/listener.ts"
import { serve, start } from "../support/ringback.ts"
import { until } from "../support/until.ts"

/** Secrets by the place in which they are given; each is looked for in every encoding. */
const marks = {
  upstreamToken: "mkUpstr3amT0ken8Zq",
  wrongPassword: "mkWr0ngPassw0rd7Yx",
  bearer: "mkB3arerT0ken6Xw55",
  userinfo: "mkUs3rinf0Secret5W",
  query: "mkQu3ryT0kenIsH3re",
  nested: "mkN3stedT0kenIsH3r",
  cookie: "mkC00kieValu3Is4Vt",
  signature: "mkS1gnatur3Is3Usxx",
  json: "mkJs0nPassw0rd2TrX",
  path: "mkBearerInAP4th9Zz",
  playbackToken: "mkPl4yb4ckT0ken1Sq",
}

const basic = (password: string) => `Basic ${btoa(`AC00000000000000000000000000000001:${password}`)}`

describe("Secrets that go through a recorder", () => {
  it("are in no file and in no line it writes, and neither are those it learns from answers", async () => {
    const application = await listen()
    application.answer = () => ({
      type: "application/json",
      body: JSON.stringify({ password: marks.json, ok: [marks.json] }),
    })
    const server = await serve({ args: ["--pace", "fast"], env: { TWILIO_AUTH_TOKEN: marks.upstreamToken } })
    const folder = newFolder()
    const file = join(folder, "traffic.jsonl")
    const args = ["--port", "0", "--keep-numbers", "--keep-bodies", "--webhooks-to", application.url]
    const recorder = start(["record", "--out", file, "--upstream", server.address, ...args])
    const address = await until("it listens", () => /^(http:\S+)/.exec(recorder.stdout())?.[1])
    const ask = async (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
      (
        await fetch(address + path, {
          method: "POST",
          body: new URLSearchParams(fields),
          headers: { authorization: server.authorization, ...headers },
        })
      ).text()
    const sub = JSON.parse(await ask("/2010-04-01/Accounts.json", { FriendlyName: "sub" })) as { auth_token: string }
    const key = JSON.parse(await ask(server.messages.replace("Messages", "Keys"), {})) as { secret: string }
    const message = { To: "+15551234567", From: "+15550000001", Body: "Hello" }
    const nested = encodeURIComponent(`https://x.test/?session=${marks.nested}`)
    const url = `${address}/webhooks/status?token=${marks.query}&next=${nested}`
    await ask(server.messages, { ...message, StatusCallback: url.replace("://", `://u:${marks.userinfo}@`) })
    await ask(server.messages, {
      ...message,
      Body: `is ${marks.upstreamToken} in ${btoa(`a:${marks.upstreamToken}:b`)}`,
    })
    await ask(server.messages, message, { authorization: basic(marks.wrongPassword), cookie: `sid=${marks.cookie}` })
    await ask(`/v1/${marks.bearer}`, { a: marks.bearer }, { authorization: `Bearer ${marks.bearer}` })
    await ask("/webhooks/hook", { MessageSid: "x", Text: "y" }, { "x-twilio-signature": marks.signature })
    await ask("/webhooks/hook", { x: JSON.stringify({ apiKey: marks.json }) })
    await ask(`/v1/x?u=${encodeURIComponent(`https://u:${marks.path}@a.test/${marks.path}`)}`, {})
    await until("the webhooks went through", () => application.callbacks.length >= 4)
    const recorded = await recorder.kill("SIGTERM")
    strictEqual(recorded.code, 0)
    const player = start(
      ["playback", file, "--port", "0", "--webhooks-to", application.url, "--pace", "fast", "--json"],
      {
        env: { TWILIO_AUTH_TOKEN: marks.playbackToken },
      },
    )
    await until("it plays", () => player.stdout().includes("listening"))
    const played = await player.kill("SIGTERM")

    const learned = { subaccount: sub.auth_token, key: key.secret }
    const places = [
      ...readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")] as const),
      ["standard output", recorded.stdout + played.stdout] as const,
      ["standard error", recorded.stderr + played.stderr] as const,
    ]
    deepStrictEqual(
      places.flatMap(([where, text]) => leaksIn(text, { ...marks, ...learned }).map((leak) => `${where}: ${leak}`)),
      [],
    )
    // The application was told all of it: nothing was taken out on the way.
    const told = JSON.stringify(application.callbacks)
    for (const mark of [marks.query, marks.nested, marks.signature, marks.json]) assertTrue(told.includes(mark), mark)
    assertTrue(readFileSync(file, "utf8").split("\n").length > 11)
  })
})
