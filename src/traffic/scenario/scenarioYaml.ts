import { stringify } from "yaml"
import type { JsonObject } from "../../core/canonical.ts"

/** A scenario as its file has it, for people to go on with. */
export const scenarioYaml = (scenario: JsonObject): string => {
  const { description, endpoints, expect, name, settings, start, steps } = scenario
  const parts = [{ name, description, start, settings }, { endpoints }, { steps }, { expect }]
  return parts
    .filter((part) => Object.values(part).some((value) => value !== undefined))
    .map((part) => stringify(part, { lineWidth: 120, aliasDuplicateObjects: false }))
    .join("\n")
}
