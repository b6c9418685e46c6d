import { randomBytes } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import { fileFailure } from "../core/fileFailure.ts"
import { makeFolders } from "../log/folders.ts"
import { TrafficFileError } from "./TrafficFile.ts"

/** Characters of the shortest salt: a guessable one would let anybody find numbers by trying them. */
const saltLengthMin = 16
const saltBytesMax = 4_096

/**
 * The salt of stand-ins: that of a file, which is made where there is none and which only its owner may read; without a file one that is
 * forgotten with the process, so that nobody can say later what a stand-in stood for.
 */
export const saltOf = (file: string | undefined): Effect.Effect<string, TrafficFileError> =>
  file === undefined
    ? Effect.sync(newSalt)
    : trying(file, fs.existsSync(file) ? "read" : "written", () => (fs.existsSync(file) ? read(file) : made(file)))

/** The salt of a file that has to be there. */
export const readSalt = (file: string): Effect.Effect<string, TrafficFileError> =>
  trying(file, "read", () => read(file))

const trying = (file: string, doing: "read" | "written", work: () => string): Effect.Effect<string, TrafficFileError> =>
  Effect.try({
    try: work,
    catch: (cause) =>
      cause instanceof TrafficFileError
        ? cause
        : new TrafficFileError({ reason: "unreadable", message: `the salt: ${fileFailure({ doing, file }, cause)}` }),
  })

const newSalt = (): string => randomBytes(32).toString("hex")

const read = (file: string): string => {
  const salt = fs.statSync(file).size > saltBytesMax ? "" : fs.readFileSync(file, "utf8").trim()
  if (salt.length < saltLengthMin)
    throw new TrafficFileError({
      reason: "unreadable",
      message: `${file}: expected a salt of ${saltLengthMin} to ${saltBytesMax} characters; name a file that does not exist to have one made`,
    })
  return salt
}

const made = (file: string): string => {
  makeFolders(path.dirname(path.resolve(file)))
  const salt = newSalt()
  fs.writeFileSync(file, `${salt}\n`, { flag: "wx", mode: 0o600 })
  return salt
}
