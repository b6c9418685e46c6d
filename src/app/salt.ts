import { randomBytes } from "node:crypto"
import * as fs from "node:fs"
import * as Effect from "effect/Effect"

/**
 * The salt that stand-ins of redaction follow from: the text of a file, which is made with one drawn by chance if it is not there.
 * Without a file one is drawn that nobody keeps, and no other recording has the same stand-ins.
 */
export const saltOf = (file: string | undefined): Effect.Effect<string, string> =>
  Effect.try({
    try: () => {
      const drawn = randomBytes(32).toString("hex")
      if (file === undefined) return drawn
      if (!fs.existsSync(file)) fs.writeFileSync(file, `${drawn}\n`, { mode: 0o600, flag: "wx" })
      const salt = fs.readFileSync(file, "utf8").trim()
      if (salt.length < saltLengthMin)
        throw new Error(`expected at least ${saltLengthMin} characters, found ${salt.length}`)
      return salt
    },
    catch: (cause) => `--salt-file ${file}: ${cause instanceof Error ? cause.message : String(cause)}`,
  })

/** Shorter ones can be guessed, and with them what stand-ins stand for. */
const saltLengthMin = 16
