import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import { run } from "./cli/run.ts"

/* argv to command to exit code. An interruption (Ctrl-C, SIGTERM) is a normal end: everything in flight was drained. */
NodeRuntime.runMain(run(process.argv), {
  disablePrettyLogger: true,
  teardown: (exit, onExit) =>
    onExit(Exit.isSuccess(exit) ? Number(exit.value) : Cause.isInterruptedOnly(exit.cause) ? 0 : 70),
})
