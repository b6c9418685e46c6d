import { join } from "node:path"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { parse, stringify } from "yaml"
import { loadScenario, runScenario } from "../../src/app/scenarios.ts"
import { parseSettings } from "../../src/app/settings.ts"
import type { Handler } from "../../src/scenarios/Scenario.ts"
import type { Block } from "./blocks.ts"

/* Blocks of YAML: scenarios and lists of steps are played, settings are checked, what is another program's is parsed. */

/** Keys by which a file of GitHub, GitLab, Compose or Prometheus is known. */
const foreign = /"(?:uses|script|jobs|services|image|scrape_configs)":|^\[\{"run":/

export const checkYaml = async (block: Block, folder: string): Promise<void> => {
  const content = parse(block.text) as unknown
  const keys = typeof content === "object" && content !== null ? Object.keys(content) : []
  // A file that has a name is run by a command of its page.
  if (keys.includes("steps"))
    return block.name === undefined ? playScenario({ block, folder, text: block.text }) : undefined
  if (foreign.test(JSON.stringify(content))) return undefined
  if (Array.isArray(content)) {
    const text = stringify({ endpoints: [{ url: "https://app.example" }], steps: content })
    return playScenario({ block, folder, text })
  }
  const [only] = keys
  const settings =
    keys.length === 1 && only === "settings" ? stringify((content as { settings: unknown }).settings) : block.text
  const checked = parseSettings(`line ${block.line}`, settings)
  if (Either.isLeft(checked)) throw checked.left
}

const reply: Handler = async () => ({
  status: 200,
  contentType: "text/xml",
  body: "<Response><Message>Hi</Message></Response>",
})

/** In this process; a real application is one in it too, and listens on no port of its own. */
const playScenario = async ({ block, folder, text }: { block: Block; folder: string; text: string }): Promise<void> => {
  const file = join(folder, `block-${block.line}.yaml`)
  const loaded = await Effect.runPromise(loadScenario({ file, text }))
  const handlers = new Map(loaded.endpoints.map(({ url }) => [url, reply]))
  const application = loaded.application === undefined ? undefined : { ...loaded.application, port: 0 }
  const { checks, notes } = await Effect.runPromise(runScenario({ ...loaded, application }, { handlers }))
  deepStrictEqual(
    checks.filter(({ met }) => !met),
    [],
  )
  deepStrictEqual(notes, [])
}
