import * as Command from "@effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { rules } from "../app/rules.ts"
import { openReader } from "../log/reader.ts"
import { exportRecording, importRecording } from "../log/recording.ts"
import { fileArg } from "./fileArg.ts"
import { plain } from "./looking.ts"
import { fileOption, jsonDone } from "./options.ts"
import { jsonLine, progress } from "./terminal.ts"

/** `ringback export LOG --out FILE.jsonl`: a log as a recording, one canonical line an entry. */
export const exportCommand = Command.make(
  "export",
  {
    log: fileArg("LOG", "A log, also of a running server"),
    out: fileOption("out", "The recording to write (.jsonl)"),
    json: jsonDone,
  },
  ({ json, log, out }) =>
    Effect.flatMap(openReader(log), (reader) =>
      exportRecording(reader, out, (entries) => progress(`${entries} entries written`)),
    ).pipe(
      plain,
      Effect.flatMap(({ digest, entries }) =>
        Console.log(
          json
            ? jsonLine(JSON.stringify({ log, out, entries, digest }))
            : `${entries} entries written to ${out}\ndigest ${digest}`,
        ),
      ),
      Effect.scoped,
    ),
).pipe(Command.withDescription("Write a log as a recording. Example: ringback export data/ringback.db --out run.jsonl"))

/** `ringback import FILE.jsonl --db LOG`: a new log out of a recording, with the same digest. */
export const importCommand = Command.make(
  "import",
  {
    file: fileArg("FILE", "A recording (.jsonl)"),
    db: fileOption("db", "The log to make; it must not exist"),
    json: jsonDone,
  },
  ({ db, file, json }) =>
    importRecording(file, db, {
      types: rules.entryTypes,
      progress: (entries) => progress(`${entries} entries read`),
    }).pipe(
      plain,
      Effect.flatMap(({ digest, entries }) =>
        Console.log(
          json
            ? jsonLine(JSON.stringify({ file, log: db, entries, digest }))
            : `${entries} entries read into ${db}\ndigest ${digest}`,
        ),
      ),
    ),
).pipe(Command.withDescription("Make a log out of a recording. Example: ringback import run.jsonl --db copy.db"))
