import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { exitCodeOf } from "./cli/failure.ts"
import { plainServe } from "./cli/plainServe.ts"

/* A reader that has seen enough (`ringback log … | head`) closes the pipe; that is no error. */
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0)
    throw error
  })

/** The code of a command that came to its end; one that ran another program has that program's. */
const codeOf = (exit: Exit.Exit<unknown, unknown>): number =>
  (Exit.isSuccess(exit) ? Number(exit.value) : 0) || Number(process.exitCode ?? 0)

/** Runs a command line; the result is the exit code. */
const run = (argv: ReadonlyArray<string>): Effect.Effect<number> => {
  const given = plainServe(argv)
  return given === undefined
    ? Effect.flatMap(
        Effect.promise(() => import("./cli/commandLine.ts")),
        (commandLine) => commandLine.run(argv),
      )
    : exitCodeOf(
        Effect.flatMap(
          Effect.promise(() => import("./cli/serving.ts")),
          ({ serveGiven }) => Effect.as(serveGiven(given), 0),
        ),
      )
}

/* argv to command to exit code. An interruption (Ctrl-C, SIGTERM) is a normal end: everything in flight was drained. */
NodeRuntime.runMain(run(process.argv), {
  disablePrettyLogger: true,
  teardown: (exit, onExit) => onExit(Exit.isFailure(exit) && !Cause.isInterruptedOnly(exit.cause) ? 70 : codeOf(exit)),
})
