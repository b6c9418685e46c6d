import * as Command from "@effect/cli/Command"
import * as Console from "effect/Console"
import { scenarioSchema } from "../app/scenarios.ts"

/** `ringback schema`: the JSON Schema of scenario files, for editors. */
export const schema = Command.make("schema", {}, () => Console.log(JSON.stringify(scenarioSchema(), null, 2))).pipe(
  Command.withDescription(
    "Print the JSON Schema of scenario files, for editors. Example: ringback schema > scenarios/schema.json",
  ),
)
