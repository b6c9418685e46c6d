import { type ChildProcess, spawn } from "node:child_process"
import * as os from "node:os"
import * as tty from "node:tty"
import * as Effect from "effect/Effect"
import type { Environment } from "../proxy/variables.ts"

/** Signals that are handed on. The others cannot be caught, or are about this process alone. */
const handedOn = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR2"] as const

/** Signals that a terminal sends to every process it has in the foreground: the command has them already. */
const ofTerminals: ReadonlySet<NodeJS.Signals> = new Set(["SIGINT", "SIGQUIT"])

/** Exit codes of shells for a command that cannot be run. Source: POSIX, Shell Command Language, 2.8.2. */
const notFound = 127
const notExecutable = 126

/** How a command ended: its exit code, as a shell has it, and why it was not run, if it was not. */
export interface ChildEnd {
  readonly code: number
  readonly notRun: string | undefined
}

/**
 * Runs a command with this process's own input and outputs, and hands signals on to it. Whoever waits here is not interrupted: the command
 * ends when it ends.
 */
export const runChild = ([program = "", ...args]: ReadonlyArray<string>, env: Environment): Effect.Effect<ChildEnd> =>
  Effect.uninterruptible(
    Effect.async<ChildEnd>((resume) => {
      const child = spawn(program, args, { env, shell: process.platform === "win32", stdio: "inherit" })
      const stop = handOn(child)
      const end = (code: number, notRun?: string) => {
        stop()
        resume(Effect.succeed({ code, notRun }))
      }
      child.once("error", (cause: NodeJS.ErrnoException) => {
        if (child.pid === undefined) end(cause.code === "ENOENT" ? notFound : notExecutable, whyNot(program, cause))
      })
      child.once("exit", (code, signal) => end(signal === null ? (code ?? 0) : 128 + os.constants.signals[signal]))
    }),
  )

const whyNot = (program: string, { code, message }: NodeJS.ErrnoException): string => {
  if (code === "ENOENT") return `there is no command ${program} (ENOENT); check its spelling, and PATH`
  if (code === "EACCES") return `${program} may not be executed (EACCES); chmod +x makes a script a command`
  return `${program}: ${code ?? message}`
}

const handOn = (child: ChildProcess): (() => void) => {
  const inForeground = tty.isatty(0)
  const listeners = handedOn.map((signal) => {
    const listener = () => {
      if (!(inForeground && ofTerminals.has(signal))) child.kill(signal)
    }
    process.on(signal, listener)
    return () => process.removeListener(signal, listener)
  })
  return () => {
    for (const remove of listeners) remove()
  }
}
