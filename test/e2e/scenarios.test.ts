import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { newFolder } from "../support/folder.ts"
import { ringback } from "../support/ringback.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))

const good = `
endpoints: [{ url: https://app.test }]
steps:
  - send: { to: "+15551234567", from: "+15550000001", body: Hello, status_callback: https://app.test/status }
expect:
  - message: { status: delivered }
`
const bad = good.replace("delivered", "failed")
const broken = "stepz: []\n"

/** A folder with files in it. */
const folderOf = (files: Readonly<Record<string, string>>): string => {
  const folder = newFolder()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

describe("ringback run", () => {
  it("plays the shipped scenarios, which match their recordings, in any zone and locale the same", async () => {
    const [one, two] = [newFolder(), newFolder()]
    const [here, there] = await Promise.all([
      ringback(["run", "scenarios", "--keep", one], {
        cwd: root,
        env: { TZ: "Pacific/Chatham", LANG: "de_DE.UTF-8", LC_ALL: "de_DE.UTF-8" },
      }),
      ringback(["run", "scenarios", "--keep", two], {
        cwd: root,
        env: { TZ: "America/St_Johns", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" },
      }),
    ])
    deepStrictEqual([here.code, there.code], [0, 0])
    const names = readdirSync(one)
    strictEqual(names.length >= 12, true)
    deepStrictEqual(readdirSync(two), names)
    for (const name of names) {
      const bytes = readFileSync(join(one, name), "utf8")
      strictEqual(readFileSync(join(two, name), "utf8") === bytes, true)
      strictEqual(readFileSync(join(root, "recordings", name), "utf8") === bytes, true)
    }
    strictEqual(/^\d+ passed {2}/m.test(here.stdout), true)
  })

  it("plays the folder scenarios where nothing is named; exit code 1 when an expectation is not met, 2 when one cannot be played", async () => {
    const cwd = folderOf({ "scenarios/a.yaml": good, "scenarios/below/b.yml": bad, "scenarios/_part.yaml": broken })
    const failed = await ringback(["run"], { cwd })
    strictEqual(failed.code, 1)
    strictEqual(/^1 passed, 1 failed {2}/m.test(failed.stdout), true)
    writeFileSync(join(cwd, "scenarios/c.yaml"), broken)
    const cannot = await ringback(["run"], { cwd })
    strictEqual(cannot.code, 2)
    strictEqual(
      cannot.stdout.includes("scenarios/c.yaml:1  stepz: expected a known key (is steps meant?), found a list"),
      true,
    )
    strictEqual(/^1 passed, 1 failed, 1 broken {2}/m.test(cannot.stdout), true)
    deepStrictEqual(readdirSync(cwd), ["scenarios"])
  })

  it("takes a filter, ends at the first failure when it is told to, and tells it in several ways at once", async () => {
    const cwd = folderOf({ "a.yaml": bad, "b.yaml": good, "c.yaml": `name: third\n${good}` })
    const third = await ringback(["run", ".", "--filter", "third", "--reporter", "tap"], { cwd })
    deepStrictEqual([third.code, third.stdout], [0, "TAP version 13\n1..1\nok 1 - third (c.yaml)\n"])
    const args = [
      "run",
      ".",
      "--bail",
      "--reporter",
      "github",
      "--reporter",
      "junit=out/r.xml",
      "--reporter",
      "json=r.json",
    ]
    const bailed = await ringback(args, { cwd })
    strictEqual(bailed.code, 1)
    strictEqual(bailed.stdout.startsWith("::error file=a.yaml,line=6,title=a::expected at least 1 message"), true)
    strictEqual(bailed.stdout.includes("again: ringback run a.yaml"), true)
    strictEqual(readFileSync(join(cwd, "out/r.xml"), "utf8").includes('failures="1"'), true)
    strictEqual(JSON.parse(readFileSync(join(cwd, "r.json"), "utf8")).not_played, 2)
  })

  it("records, compares, and shows the first entry that differs; the recording can be verified", async () => {
    const cwd = folderOf({ "a.yaml": good })
    strictEqual((await ringback(["run", "a.yaml", "--update"], { cwd })).code, 0)
    strictEqual((await ringback(["verify", "recordings/a.jsonl"], { cwd })).code, 0)
    strictEqual((await ringback(["run", "a.yaml"], { cwd })).code, 0)
    writeFileSync(join(cwd, "a.yaml"), good.replace("Hello", "Goodbye"))
    const differs = await ringback(["run", "a.yaml"], { cwd })
    strictEqual(differs.code, 1)
    strictEqual(differs.stdout.includes('recorded  "Hello"'), true)
    strictEqual(differs.stdout.includes('made      "Goodbye"'), true)
    // With another seed there is nothing to compare with.
    strictEqual((await ringback(["run", "a.yaml", "--seed", "3"], { cwd })).code, 0)
  })

  it("says what is wrong with its arguments, exit code 2", async () => {
    const cwd = folderOf({ "a.yaml": good, "below/a.yaml": good, "empty/x.txt": "" })
    const wrong: ReadonlyArray<readonly [args: ReadonlyArray<string>, said: string]> = [
      [["nowhere"], "nowhere: no such file or folder; name scenarios, or let ringback init write one to begin with"],
      [["empty"], "empty: no scenario is there; name files that end in .yaml, or their folder"],
      [["a.yaml", "--filter", "zzz"], '--filter: no scenario holds "zzz"'],
      [["a.yaml", "below"], "a.yaml and below/a.yaml would have the same recording; give one another name"],
      [["a.yaml", "--reporter", "html"], '--reporter: expected pretty, junit, json, tap or github, found "html"'],
      [
        ["a.yaml", "--reporter", "tap", "--reporter", "json"],
        "--reporter: expected one on standard output, others as NAME=FILE",
      ],
    ]
    for (const [args, said] of wrong) {
      const { code, stderr } = await ringback(["run", ...args], { cwd })
      deepStrictEqual([code, stderr.trim()], [2, `ringback: ${said}`])
    }
  })

  it("tells the same with many scenarios, which more threads take a part of", async () => {
    const long = `
endpoints: [{ url: https://app.test }]
steps:
  - repeat: 300
    steps:
      - send: { to: "+15551234567", from: "+15550000001", body: "Number \${index}", status_callback: https://app.test/status }
expect:
  - message: { status: delivered }
    exactly: 300
`
    const names = Array.from({ length: 14 }, (_, i) => `s${String(i).padStart(2, "0")}.yaml`)
    const cwd = folderOf(Object.fromEntries(names.map((name, i) => [name, i === 11 ? bad : long])))
    const { code, stdout } = await ringback(["run", ".", "--reporter", "json"], { cwd })
    strictEqual(code, 1)
    const { scenarios } = JSON.parse(stdout) as {
      scenarios: ReadonlyArray<{ file: string; status: string; digest: string }>
    }
    deepStrictEqual(
      scenarios.map(({ file }) => file),
      names,
    )
    deepStrictEqual(
      scenarios.filter(({ status }) => status !== "passed").map(({ file }) => file),
      ["s11.yaml"],
    )
    strictEqual(new Set(scenarios.filter(({ status }) => status === "passed").map(({ digest }) => digest)).size, 1)
  })

  it("starts an application and stops it", async () => {
    const port = await freePort()
    const cwd = folderOf({
      "app.mjs": `
import { createServer } from "node:http"
const { RINGBACK_URL, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN } = process.env
createServer((request, response) => {
  request.resume().on("end", async () => {
    if (request.url === "/sms") {
      await fetch(\`\${RINGBACK_URL}/2010-04-01/Accounts/\${TWILIO_ACCOUNT_SID}/Messages.json\`, {
        method: "POST",
        headers: {
          Authorization: "Basic " + btoa(TWILIO_ACCOUNT_SID + ":" + TWILIO_AUTH_TOKEN),
          "Content-Type": "application/x-www-form-urlencoded",
        },
        body: "To=%2B15557654321&From=%2B14155550100&Body=Somebody+wrote",
      })
    }
    response.writeHead(200, { "Content-Type": "text/xml" }).end("<Response/>")
  })
}).listen(${port}, "127.0.0.1")
`,
    })
    writeFileSync(
      join(cwd, "a.yaml"),
      `
endpoints: [{ url: https://app.test, forward: "http://127.0.0.1:${port}" }]
application: { run: node app.mjs }
steps:
  - number: { phone_number: "+14155550100", sms_url: https://app.test/sms }
  - inbound: { from: "+15551234567", to: "+14155550100", body: Hello }
expect:
  - message: { to: "+15557654321", body: Somebody wrote, status: delivered }
  - request: { purpose: webhook, answer: 200 }
    exactly: 1
`,
    )
    const recorded = await ringback(["run", "a.yaml", "--update"], { cwd })
    deepStrictEqual([recorded.code, recorded.stderr], [0, ""])
    strictEqual((await ringback(["run", "a.yaml"], { cwd })).code, 0)
    strictEqual(await fetch(`http://127.0.0.1:${port}/`).catch(() => "gone"), "gone")
  })
})

const freePort = async (): Promise<number> => {
  const { createServer } = await import("node:net")
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })
}

describe("ringback schema", () => {
  it("prints a JSON Schema whose references lead somewhere", async () => {
    const { code, stdout } = await ringback(["schema"])
    strictEqual(code, 0)
    const schema = JSON.parse(stdout)
    strictEqual(schema.title, "Ringback scenario")
    deepStrictEqual(Object.keys(schema.properties).sort(), [
      "application",
      "client",
      "description",
      "endpoints",
      "expect",
      "explore",
      "name",
      "run_to_end",
      "seed",
      "settings",
      "start",
      "steps",
    ])
    const references = [...stdout.matchAll(/"\$ref": "#\/\$defs\/([^"]+)"/g)].map(([, name = ""]) =>
      decodeURIComponent(name),
    )
    strictEqual(references.includes("Step"), true)
    deepStrictEqual(
      references.filter((name) => !Object.hasOwn(schema.$defs, name)),
      [],
    )
  })

  it("prints that of fragments", async () => {
    const { code, stdout } = await ringback(["schema", "--fragment"])
    strictEqual(code, 0)
    deepStrictEqual(Object.keys(JSON.parse(stdout).properties).sort(), [
      "description",
      "endpoints",
      "parameters",
      "steps",
    ])
  })
})
