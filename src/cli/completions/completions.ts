import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type { DescribedVerb } from "../describedVerbs.ts"
import { bashScript } from "./bash.ts"
import { fishScript } from "./fish.ts"
import { zshScript } from "./zsh.ts"

const shells = { bash: "bash", fish: "fish", zsh: "zsh" } as const
const scripts = { bash: bashScript, fish: fishScript, zsh: zshScript }

/** `ringback completions SHELL`: a script that has a shell complete verbs, options and their values. */
export const completionsOf = (verbs: Effect.Effect<ReadonlyArray<DescribedVerb>>) =>
  Command.make(
    "completions",
    { shell: Args.choice(Object.entries(shells), { name: "SHELL" }).pipe(Args.withDescription("bash, fish or zsh")) },
    ({ shell }) => Effect.flatMap(verbs, (all) => Console.log(scripts[shell](all).join("\n"))),
  ).pipe(
    Command.withDescription(
      "Print a script that completes verbs, options and their values. Example: ringback completions bash >> ~/.bashrc",
    ),
  )
