import * as fs from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { newFolder } from "../support/folder.ts"
import { ringback, serve } from "../support/ringback.ts"

describe("ringback erase and ringback upgrade", () => {
  it("makes a log without a number that can be looked at, verified for what it is, and not gone on with", async () => {
    const folder = newFolder()
    const log = join(folder, "log.db")
    const server = await serve({ cwd: folder, db: log })
    await server.send({ To: "+15551234567", Body: "Dear Ada, call me back on (555) 123-4567" })
    await server.send({ To: "+15557654321", Body: "Dear Bob" })
    await server.clock({ advance: "1m" })
    await server.kill("SIGTERM")
    const before = fs.readFileSync(log)
    const out = join(folder, "kept.db")
    const refused = await ringback(["erase", log, "--number", "555-12", "--out", out], { cwd: folder })
    strictEqual(refused.code, 2)
    assertTrue(refused.stderr.includes("expected a phone number such as +15551234567"), refused.stderr)
    const made = await ringback(["erase", log, "--number", "(555) 123-4567", "--out", out, "--json"], { cwd: folder })
    strictEqual(made.code, 0, made.stderr)
    strictEqual(JSON.parse(made.stdout).subjects, 1)
    deepStrictEqual(fs.readFileSync(log), before)

    const shown = (await ringback(["log", out, "--json"], { cwd: folder })).stdout
    for (const gone of ["5551234567", "123-4567", "Ada"]) assertTrue(!shown.includes(gone), gone)
    for (const kept of ["+15557654321", "Dear Bob"]) assertTrue(shown.includes(kept), kept)
    for (const file of fs.readdirSync(folder).filter((name) => name.startsWith("kept.db")))
      assertTrue(!/5551234567|Ada/.test(fs.readFileSync(join(folder, file), "latin1")), file)

    const verified = await ringback(["verify", out], { cwd: folder })
    strictEqual(verified.code, 1)
    assertTrue(/edited on 20\d\d-\d\d-\d\dT.*, \d+ entries erased/.test(verified.stdout), verified.stdout)
    assertTrue(!verified.stdout.includes("sound"), verified.stdout)
    assertTrue(verified.stderr.includes("cannot be called sound; --edited takes it for what it is"), verified.stderr)
    strictEqual((await ringback(["verify", out, "--edited"], { cwd: folder })).code, 0)

    const [sid = ""] = /SM[0-9a-f]{32}/.exec(shown) ?? []
    strictEqual((await ringback(["show", out, sid], { cwd: folder })).code, 0)
    strictEqual((await ringback(["at", out, "5"], { cwd: folder })).code, 0)
    const trace = await ringback(["trace", out, "--out", join(folder, "trace.html")], { cwd: folder })
    strictEqual(trace.code, 0, trace.stderr)
    const on = await ringback(["serve", "--db", out, "--port", "0"], { cwd: folder })
    strictEqual(on.code, 2)
    assertTrue(on.stderr.includes("keys"), on.stderr)
    fs.copyFileSync(`${log}.keys`, `${out}.keys`)
    const keyed = await ringback(["serve", "--db", out, "--port", "0"], { cwd: folder })
    strictEqual(keyed.code, 2)
    assertTrue(keyed.stderr.includes("was edited (ringback erase), so no run goes on from it"), keyed.stderr)

    const policy = join(folder, "policy.yaml")
    fs.writeFileSync(policy, "gateway: { failover: { attempts: 2 } }\n")
    for (const args of [
      ["fork", out, "--at", "5", "--out", join(folder, "fork.db")],
      ["gateway", "what-if", out, "--policy", policy],
    ]) {
      const again = await ringback(args, { cwd: folder })
      strictEqual(again.code, 2)
      assertTrue(again.stderr.includes("what was erased cannot be run again"), again.stderr)
    }
    assertTrue(!fs.existsSync(join(folder, "fork.db")))
    const tables = join(folder, "tables.db")
    const projected = await ringback(["project", out, "--out", tables], { cwd: folder })
    strictEqual(projected.code, 0, projected.stderr)
    assertTrue(!/5551234567|Ada/.test(fs.readFileSync(tables, "latin1")))
    strictEqual((await ringback(["project", out, "--out", tables, "--check"], { cwd: folder })).code, 0)
  })

  it("says what to name, and that there is nothing to do", async () => {
    const folder = newFolder()
    const log = join(folder, "log.db")
    const server = await serve({ cwd: folder, db: log })
    await server.send()
    await server.kill("SIGTERM")
    const out = join(folder, "out.db")
    const nothing = await ringback(["erase", log, "--out", out], { cwd: folder })
    strictEqual(nothing.code, 2)
    assertTrue(nothing.stderr.includes("give --number +15551234567 or --subject SM…"), nothing.stderr)
    const nobody = await ringback(["erase", log, "--number", "+15557770000", "--out", out], { cwd: folder })
    strictEqual(nobody.code, 2)
    assertTrue(nobody.stderr.includes("is about +15557770000; nothing was written"), nobody.stderr)
    const upgraded = await ringback(["upgrade", log], { cwd: folder })
    strictEqual(upgraded.code, 0, upgraded.stderr)
    assertTrue(upgraded.stdout.includes("nothing to upgrade, nothing was written"), upgraded.stdout)
    deepStrictEqual(
      fs.readdirSync(folder).filter((name) => name.includes("upgraded")),
      [],
    )
  })
})
