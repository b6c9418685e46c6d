import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"

const shells = { bash: "bash", fish: "fish", zsh: "zsh" } as const

/** `ringback completions SHELL`: a script that has a shell complete verbs and options. `script` makes it of all verbs. */
export const completionsBy = (script: (shell: keyof typeof shells) => Effect.Effect<ReadonlyArray<string>>) =>
  Command.make(
    "completions",
    { shell: Args.choice(Object.entries(shells), { name: "SHELL" }).pipe(Args.withDescription("bash, fish or zsh")) },
    ({ shell }) => Effect.flatMap(script(shell), (lines) => Console.log(lines.join("\n"))),
  ).pipe(
    Command.withDescription(
      "Print a script that completes verbs and options. Example: ringback completions bash >> ~/.bashrc",
    ),
  )
