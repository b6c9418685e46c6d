import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { JsonObject } from "../../core/canonical.ts"
import { expects, Group, optional, Text } from "../file/words.ts"
import { as, type StepKind, stepSchema } from "./StepKind.ts"

/* `include`: the steps of another file, which the loader has put within it. */

export const Include = Schema.Struct({
  file: Text,
  with: optional(Group.annotations({ description: "Names the included steps know" })),
})

const summary = "Performs the steps of another file; what it names is known as NAME.name where `as: NAME` says so"

export const include: StepKind = {
  key: "include",
  summary,
  schema: () =>
    stepSchema(summary, {
      include: expects(
        Schema.Union(Schema.String, Include) as Schema.Schema<string | typeof Include.Type>,
        "a file, or file with the names it knows",
      ),
      as,
    }),
  loop: ({ include: given }) => ({
    times: 1,
    names: typeof given === "object" && given !== null && "with" in given ? Object.keys(given.with as object) : [],
  }),
  perform: ({ inner, place, written }, play) =>
    Effect.gen(function* () {
      const given = written.include as string | typeof Include.Type
      const names = typeof given === "string" ? {} : yield* play.filled(given.with ?? {}, place)
      const performed = yield* play.perform(inner, names as JsonObject)
      return performed()
    }),
}

/** The file that an include names. */
export const includedFile = (written: JsonObject): string => {
  const given = written.include as string | typeof Include.Type
  return typeof given === "string" ? given : given.file
}
