import { limits } from "../../limits.ts"

/** What stands in place of a secret. */
export const redacted = "redacted"

/** The shortest secret that is looked for elsewhere: a shorter one would be found in words that have nothing to do with it. */
const soughtLengthMin = 6

/** How a text looks in the base64 of something it is part of: the digits that its own bits decide, at each of three offsets. */
const base64At = (text: string, offset: 0 | 1 | 2): string => {
  const whole = Buffer.from("\0".repeat(offset) + text).toString("base64")
  const from = offset === 0 ? 0 : offset + 1
  return whole.slice(from, Math.floor(((offset + Buffer.byteLength(text)) * 8) / 6))
}

/** A secret in every writing that is looked for. */
const writings = (secret: string): ReadonlyArray<string> => {
  const bytes = Buffer.from(secret)
  const everyByte = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("")
  const encoded = encodeURIComponent(secret.toWellFormed())
  const base64 = ([0, 1, 2] as const).map((offset) => base64At(secret, offset))
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
    encoded,
    encoded.replaceAll("%20", "+"),
    encoded.replace(/%../g, (each) => each.toLowerCase()),
    encodeURIComponent(encoded),
    everyByte,
    everyByte.toUpperCase(),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    ...base64,
    ...base64.map((each) => each.replaceAll("+", "-").replaceAll("/", "_")),
    ...base64.map((each) => encodeURIComponent(each)),
  ]
}

/** Secrets that were seen and are to be found nowhere else. The oldest is forgotten where there are too many. */
export class Sought {
  readonly #secrets = new Set<string>()
  #pattern: RegExp | undefined

  /** Whether it is new. */
  add(secret: string): boolean {
    if (secret.length < soughtLengthMin || secret === redacted || this.#secrets.has(secret)) return false
    const [oldest] = this.#secrets
    if (this.#secrets.size >= limits.trafficSecretsMax && oldest !== undefined) this.#secrets.delete(oldest)
    this.#secrets.add(secret)
    this.#pattern = undefined
    return true
  }

  /** A text without them. */
  hide(text: string): string {
    if (this.#secrets.size === 0) return text
    this.#pattern ??= patternOf([...this.#secrets].flatMap(writings))
    return text.replace(this.#pattern, redacted)
  }
}

const patternOf = (texts: ReadonlyArray<string>): RegExp =>
  new RegExp(
    [...new Set(texts)]
      .sort((a, b) => b.length - a.length)
      .map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"))
      .join("|"),
    "g",
  )
