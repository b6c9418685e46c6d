import * as Effect from "effect/Effect"
import type { JsonObject } from "../../core/canonical.ts"
import { isGroup } from "../../core/group.ts"
import type { MakePage } from "./Page.ts"

/** Lists of numbers that can be edited by themselves. */
const lists = [
  ["allowed_from_numbers", "The account's numbers", "Empty: every From is allowed."],
  ["registered_numbers", "Always delivered", ""],
  ["failure_numbers", "Always failed", "Wins over the list before."],
] as const

/** Settings that can change while the exchange runs. Every change is an order of the control API, and an entry. */
export const settingsPage: MakePage = ({ fill, shown }, _, rest) =>
  Effect.sync(() => {
    if (rest !== "") return undefined
    const { settings } = shown.settings()
    const twilio = groupAt(settings, "twilio")
    const fates = Object.entries(groupAt(twilio, "numbers")).map(([number, fate]) => ({
      number,
      fate: isGroup(fate) ? fate : {},
    }))
    const parts = {
      fates: fill("settingsFates", { fates }),
      numbers: fill("settingsNumbers", { numbers: shown.numbers() }),
      accounts: fill("settingsAccounts", { accounts: shown.accounts() }),
      lists: fill("settingsLists", {
        lists: lists.map(([key, label, about]) => ({ key, label, about, lines: linesAt(twilio, key) })),
      }),
      templates: fill("settingsTemplates", { templates: shown.templates() }),
      whole: fill("settingsWhole", { text: JSON.stringify(settings, null, 2), from: JSON.stringify(settings) }),
    }
    return { status: 200, title: "Settings", menu: "settings", main: fill("settings", parts), drawer: "", parts }
  }).pipe(Effect.zipLeft(shown.run.engine.written))

const groupAt = (group: JsonObject, key: string): JsonObject => {
  const value = Object.hasOwn(group, key) ? group[key] : undefined
  return isGroup(value) ? value : {}
}

const linesAt = (group: JsonObject, key: string): string => {
  const value = Object.hasOwn(group, key) ? group[key] : undefined
  return Array.isArray(value) ? value.join("\n") : ""
}
