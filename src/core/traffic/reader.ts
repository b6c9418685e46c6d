import * as Either from "effect/Either"
import type { BadTraffic } from "./fields.ts"
import { formatOf, readExchange, readHeader } from "./lines.ts"
import { type RecordedExchange, type TrafficHeader, trafficFormat } from "./RecordedExchange.ts"

/** Something about a line that a user has to know: it could not be used, or it could in spite of it. `line` counts from 1. */
export interface TrafficFault extends BadTraffic {
  readonly line: number
  readonly used: boolean
}

/** What a traffic recording holds, as far as it can be used. */
export interface Traffic {
  readonly header: TrafficHeader
  /** In the order of their requests, which `n` is. */
  readonly exchanges: ReadonlyArray<RecordedExchange>
  readonly faults: ReadonlyArray<TrafficFault>
}

/** Faults that are told one by one; a file that is no recording at all would have a million. */
export const faultsToldMax = 100

/** A fault as one line: `FILE:LINE: expected …, found …`. */
export const tellFault = (file: string, { expected, found, line, used }: TrafficFault): string =>
  `${file}:${line}: expected ${expected}, found ${found}; ${used ? "used as it is" : "left out"}`

/**
 * Reads a traffic recording line by line. The first line has to be a header, or nothing can be said of the rest; a line below that
 * cannot be used is a fault, and the next one is read. `end` says whether the last line was whole.
 */
export const makeTrafficReader = () => {
  let header: TrafficHeader | undefined
  let format = trafficFormat
  let line = 0
  let newest: { readonly n: number; readonly at: number } | undefined
  const seen = new Set<number>()
  const check = ({ at, n }: RecordedExchange): BadTraffic | undefined => {
    if (seen.has(n)) return { expected: "each n once", found: `n ${n} again` }
    seen.add(n)
    const before = newest
    if (before === undefined || n > before.n) newest = { at, n }
    return before !== undefined && n > before.n && at < before.at
      ? {
          expected: "a clock that runs forward",
          found: `request ${n} ${before.at - at} ms before request ${before.n}`,
        }
      : undefined
  }
  const fault = (bad: BadTraffic, used: boolean): TrafficFault => ({ ...bad, line, used })
  return {
    /** What a line is: the header, an exchange (also one with a fault), or a fault alone. */
    read: (
      text: string,
    ): { readonly header?: TrafficHeader; readonly exchange?: RecordedExchange; readonly fault?: TrafficFault } => {
      line++
      if (header === undefined) {
        const read = readHeader(text)
        if (Either.isLeft(read)) return { fault: fault(read.left, false) }
        header = read.right
        format = formatOf(text)
        return { header }
      }
      const read = readExchange(text, format)
      if (Either.isLeft(read)) return { fault: fault(read.left, false) }
      const odd = check(read.right)
      return odd === undefined ? { exchange: read.right } : { exchange: read.right, fault: fault(odd, true) }
    },
    /** The fault of a line that is too long to be read. */
    tooLong: (bytes: number, most: number): TrafficFault => {
      line++
      return fault({ expected: `a line of at most ${most} bytes`, found: `one of ${bytes}` }, false)
    },
    /** The fault of what stands behind the last end of a line. */
    cutOff: (bytes: number): TrafficFault => {
      line++
      return fault({ expected: "an end of line", found: `the end of the file after ${bytes} bytes` }, false)
    },
  }
}

/** Reads a whole traffic recording from its text; the fault of a first line that is no header is all there is to say then. */
export const readTraffic = (text: string): Either.Either<Traffic, TrafficFault> => {
  const reader = makeTrafficReader()
  const lines = text.split("\n")
  const rest = lines.pop() ?? ""
  const exchanges: Array<RecordedExchange> = []
  const faults: Array<TrafficFault> = []
  const first = reader.read(lines[0] ?? rest)
  const { header } = first
  if (header === undefined)
    return Either.left(first.fault ?? { expected: "a header", found: "nothing", line: 1, used: false })
  for (const line of lines.slice(1)) {
    const { exchange, fault } = reader.read(line)
    if (exchange !== undefined) exchanges.push(exchange)
    if (fault !== undefined) faults.push(fault)
  }
  if (lines.length > 0 && rest !== "") faults.push(reader.cutOff(Buffer.byteLength(rest)))
  return Either.right({ exchanges: inOrder(exchanges), faults, header })
}

/** Exchanges in the order of their requests. */
export const inOrder = (exchanges: ReadonlyArray<RecordedExchange>): ReadonlyArray<RecordedExchange> =>
  [...exchanges].sort((a, b) => a.n - b.n)
