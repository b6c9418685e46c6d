import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import { eventLogContract } from "./eventLog.contract.ts"
import { makeMemory, openMemory } from "./layerMemory.ts"
import { openSqlite } from "./layerSqlite.ts"

eventLogContract("in memory", Effect.sync(makeMemory))
eventLogContract("in memory, packed", openMemory)

eventLogContract(
  "in SQLite",
  Effect.acquireRelease(
    Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "ringback-test-"))),
    (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true, force: true })),
  ).pipe(Effect.flatMap((folder) => openSqlite(path.join(folder, "new", "log.db")))),
)
