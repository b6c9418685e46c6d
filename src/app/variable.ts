import * as Config from "effect/Config"
import * as Option from "effect/Option"

/** A variable of the environment that is set and not empty. */
export const variable = (name: string): Config.Config<string | undefined> =>
  Config.string(name).pipe(
    Config.option,
    Config.map((value) => Option.getOrUndefined(Option.filter(value, (text) => text !== ""))),
  )
