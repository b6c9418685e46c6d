import { join } from "node:path"
import { expect, it } from "vitest"
import { SettingsFile } from "../../src/app/settingsFile.ts"
import { typeText } from "../support/settingsType.ts"

const head = `// biome-ignore-all format: generated
// size: generated from the schema of the settings file by test/testing/settingsType.test.ts; \`npx vitest run -u\` with that file makes it anew

/** The settings of a run, as a settings file has them (docs/settings.md). Everything is optional. */
`

it("The settings that a test may name are those of a settings file", async () => {
  const file = join(import.meta.dirname, "../../src/testing/settings.ts")
  await expect(head + typeText("Settings", SettingsFile)).toMatchFileSnapshot(file)
})
