import { randomBytes } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import * as Effect from "effect/Effect"
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
    : Effect.try({
        try: () => (fs.existsSync(file) ? read(file) : made(file)),
        catch: (cause) =>
          cause instanceof TrafficFileError
            ? cause
            : new TrafficFileError({ reason: "unreadable", message: `${file} cannot be read or made (${cause})` }),
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
