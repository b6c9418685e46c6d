import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import { machines } from "../app/machines.ts"
import { snapshotOf } from "../app/snapshots.ts"
import { worldOfLog } from "../engine/fold.ts"
import { placeOf } from "../timetravel/place.ts"
import { worldJson } from "../timetravel/worldJson.ts"
import { logArg, wordArg } from "./fileArg.ts"
import { opened, plain } from "./looking.ts"
import { progress, writeJson } from "./terminal.ts"

const options = {
  log: logArg(),
  place: wordArg("SEQ|INSTANT", "An entry's seq, or an instant (2026-01-01T00:00:05Z): the newest entry up to it"),
}

/** `ringback at LOG SEQ|INSTANT`: the whole world as it was then, as JSON. */
export const at = Command.make("at", options, ({ log, place }) =>
  Effect.gen(function* () {
    const { isLog, reader } = yield* opened(log)
    const row = yield* plain(placeOf(reader, place))
    const { world } = yield* plain(
      worldOfLog({
        log: reader,
        machines,
        snapshot: isLog ? snapshotOf(log) : undefined,
        upTo: row.seq,
        progress: (seq) => progress(`${seq} of ${row.seq} entries folded`),
      }),
    )
    yield* writeJson(worldJson(world, row))
  }).pipe(Effect.scoped),
).pipe(
  Command.withDescription(
    "The world as it was at an entry or instant, as JSON. Example: ringback at data/ringback.db 120",
  ),
)
