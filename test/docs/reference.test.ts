import { readdirSync } from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import { rules } from "../../src/app/rules.ts"
import { parseSettings, settingsOf } from "../../src/app/settings.ts"
import { verbs } from "../../src/cli/commandLine.ts"
import { referencePages } from "../../tools/reference/pages.ts"
import { shownDefaults } from "../../tools/reference/settings.ts"
import { read, root } from "./blocks.ts"

/* docs/reference is what the Schemas say, and what pages say of defaults is so. */

describe("docs/reference", () => {
  it("is what npm run reference writes", async () => {
    const pages = await referencePages()
    deepStrictEqual(readdirSync(join(root, "docs/reference")).sort(), Object.keys(pages).sort())
    for (const [name, text] of Object.entries(pages))
      strictEqual(read(`docs/reference/${name}`), text, `docs/reference/${name} is stale: npm run reference`)
  })

  it("has every verb, every type of entry and every section of settings", async () => {
    const pages = await referencePages()
    const heads = (name: string) => [...(pages[name] ?? "").matchAll(/^#{2,3} (.*)$/gm)].map(([, head = ""]) => head)
    for (const verb of Object.keys(verbs)) assertTrue(heads("commands.md").includes(`ringback ${verb}`), verb)
    for (const { type } of rules.entryTypes) assertTrue(heads("entries.md").includes(type), type)
    assertTrue(heads("settings.md").includes("callbacks"))
    assertTrue(heads("scenario-files.md").includes("send"))
    assertTrue(heads("control-api.md").includes("POST /admin/clock"))
  })
})

/** What has a default of the rules' own own: what is said of it is kept in the log, and nothing where nothing is said. */
const ofRules = [
  ["twilio", "verify"],
  ["twilio", "balance"],
]

/** A file's groups without what it says in them, so that the defaults hold. */
const groupsOf = (value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value).flatMap(([key, inner]) => {
          const kept = groupsOf(inner)
          return kept === undefined ? [] : [[key, kept]]
        }),
      )
    : undefined

describe("docs/settings.md", () => {
  it("shows the defaults in its first file", () => {
    const shown = Either.getOrThrow(parseSettings("docs/settings.md", shownDefaults()))
    const written = structuredClone(shown) as Record<string, Record<string, unknown>>
    for (const [section = "", group = ""] of ofRules) delete written[section]?.[group]
    const silent = groupsOf(written) as typeof shown
    deepStrictEqual(settingsOf(written as typeof shown).run, settingsOf(silent).run)
    const { db, server, templatesPath } = settingsOf(written as typeof shown)
    deepStrictEqual([db, server, templatesPath], [settingsOf({}).db, settingsOf({}).server, undefined])
  })
})
