import { commandsPage } from "./commands.ts"
import { controlApiPage } from "./controlApi.ts"
import { entriesPage } from "./entries.ts"
import { scenarioFilesPage } from "./scenarioFiles.ts"
import { settingsPage } from "./settings.ts"

/** Every page of docs/reference by the name of its file. */
export const referencePages = async (): Promise<Readonly<Record<string, string>>> => ({
  "commands.md": await commandsPage(),
  "control-api.md": controlApiPage(),
  "entries.md": entriesPage(),
  "scenario-files.md": scenarioFilesPage(),
  "settings.md": settingsPage(),
})
