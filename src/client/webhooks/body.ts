import * as Effect from "effect/Effect"
import type { PayloadParseError } from "../errors.ts"
import { unreadable } from "./incoming.ts"

/** Bytes of a body that are read in all: many a caller reads no answer before it has sent everything. */
const readBytesMax = 1024 * 1024

/** Takes a body piece by piece, and keeps no more of it than it may have. */
export class Body {
  readonly #bytesMax: number
  readonly #chunks: Array<Uint8Array> = []
  #length = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Whether the rest is worth reading. */
  take(chunk: Uint8Array): boolean {
    this.#length += chunk.length
    if (this.#length <= this.#bytesMax) this.#chunks.push(chunk)
    return this.#length <= Math.max(readBytesMax, this.#bytesMax)
  }

  get whole(): Effect.Effect<Uint8Array, PayloadParseError> {
    return this.#length > this.#bytesMax
      ? unreadable(413, `its body is longer than ${this.#bytesMax} bytes`)
      : Effect.succeed(Buffer.concat(this.#chunks))
  }
}

export const brokenOff = (): PayloadParseError => unreadable(400, "its body broke off")
