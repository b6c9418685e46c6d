import * as Terminal from "@effect/platform/Terminal"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"

/**
 * A terminal that is set up when a command first asks it for something, which most never do: it would load node's `readline`
 * and open standard input at every start.
 */
const terminal = Layer.scoped(
  Terminal.Terminal,
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const opened = yield* Effect.cached(
      Effect.flatMap(
        Effect.promise(() => import("@effect/platform-node/NodeTerminal")),
        ({ make }) => Scope.extend(make(), scope),
      ).pipe(Effect.uninterruptible),
    )
    return Terminal.Terminal.of({
      columns: Effect.flatMap(opened, ({ columns }) => columns),
      rows: Effect.flatMap(opened, ({ rows }) => rows),
      isTTY: Effect.flatMap(opened, ({ isTTY }) => isTTY),
      readInput: Effect.flatMap(opened, ({ readInput }) => readInput),
      readLine: Effect.flatMap(opened, ({ readLine }) => readLine),
      display: (text) => Effect.flatMap(opened, ({ display }) => display(text)),
    })
  }),
)

/** What the library of the command line asks its host for. */
export const services = Layer.mergeAll(NodeFileSystem.layer, NodePath.layer, terminal)
