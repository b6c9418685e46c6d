import { type RecordedExchange, type RecordedRequest, textOf } from "../../core/traffic/RecordedExchange.ts"
import { type Pairing, Pairs, pairingsOf } from "./Pairs.ts"
import { type MatchRules, type ReadField, type ReadRequest, readRequest } from "./reading.ts"

/** Which recorded exchange answers: the next one alone, one that fits and was not used yet, or in the end the last that fits. */
export type PlaybackMode = "order" | "key" | "repeat-last"

/** A request as it came, and as the recording would have it: redacted, where its salt is known. */
export interface LiveRequest {
  readonly asked: RecordedRequest
  readonly redacted: RecordedRequest
}

/** What answers a request. `times` is how often it did before; `names` and `texts` are what this request called otherwise. */
export interface Hit {
  readonly exchange: RecordedExchange
  readonly times: number
  readonly names: ReadonlyMap<string, string>
  readonly texts: ReadonlyMap<string, string>
}

/** One thing in which a request is not the recorded one. */
export interface FieldDifference {
  readonly field: string
  readonly recorded: string | null
  readonly found: string | null
}

/** What comes nearest to a request that nothing answers; `used`: it has answered before. */
export interface Miss {
  readonly nearest:
    | {
        readonly exchange: RecordedExchange
        readonly used: boolean
        readonly differences: ReadonlyArray<FieldDifference>
      }
    | undefined
}

interface Recorded {
  readonly exchange: RecordedExchange
  readonly read: ReadRequest
  times: number
}

/** Exchanges of one key that are not used, looked at for one whose names fit. */
const lookedAtMax = 1_000
/** Fields that are compared to find the nearest exchange: of requests with many, fewer are looked at. */
const fieldsComparedMax = 1_000_000

/** The requests of a recording, ready to be asked for again. Knows which were used, and what is called what now. */
export class Tape {
  readonly #rules: MatchRules
  readonly #mode: PlaybackMode
  readonly #all: ReadonlyArray<Recorded>
  readonly #byKey = new Map<string, Array<Recorded>>()
  readonly #byPlace = new Map<string, Array<Recorded>>()
  /** By key, how many at the beginning are used. */
  readonly #usedFrom = new Map<string, number>()
  readonly pairs: Pairs
  #next = 0
  #used = 0

  constructor(exchanges: ReadonlyArray<RecordedExchange>, rules: MatchRules, mode: PlaybackMode) {
    this.#rules = rules
    this.#mode = mode
    this.pairs = new Pairs(sidsOf(exchanges))
    this.#all = exchanges
      .filter(({ direction }) => direction === "api")
      .map((exchange) => ({ exchange, read: readRequest(exchange.request, rules), times: 0 }))
    for (const recorded of this.#all) {
      listed(this.#byKey, recorded.read.key).push(recorded)
      listed(this.#byPlace, recorded.read.place).push(recorded)
    }
  }

  /** Requests of the recording that have not been asked for yet. */
  get unused(): number {
    return this.#all.length - this.#used
  }

  find(live: LiveRequest): Hit | Miss {
    const read = readRequest(live.redacted, this.#rules)
    const asked = isSame(live) ? read : readRequest(live.asked, this.#rules)
    const found = this.#mode === "order" ? this.#nextInOrder(read.key, asked) : this.#fitting(read.key, asked)
    if (found === undefined) return this.#miss(read, asked)
    const pairings = pairingsBetween(found.read, asked)
    for (const pairing of pairings) this.pairs.bind(pairing)
    const times = found.times++
    if (times === 0) this.#used++
    if (this.#mode === "order") this.#next++
    return {
      exchange: found.exchange,
      names: new Map(pairings.map(({ now, recorded }) => [recorded, now])),
      texts: textsBetween(found.read, asked),
      times,
    }
  }

  #nextInOrder(key: string, asked: ReadRequest): Recorded | undefined {
    const next = this.#all[this.#next]
    return next !== undefined && next.read.key === key && this.#fits(next, asked) ? next : undefined
  }

  #fitting(key: string, asked: ReadRequest): Recorded | undefined {
    const all = this.#byKey.get(key) ?? []
    let from = this.#usedFrom.get(key) ?? 0
    while (from < all.length && (all[from]?.times ?? 0) > 0) from++
    this.#usedFrom.set(key, from)
    const unused = all
      .slice(from, from + lookedAtMax)
      .find((recorded) => recorded.times === 0 && this.#fits(recorded, asked))
    if (unused !== undefined || this.#mode === "key") return unused
    return all.slice(-lookedAtMax).findLast((recorded) => this.#fits(recorded, asked))
  }

  #fits(recorded: Recorded, asked: ReadRequest): boolean {
    return pairingsBetween(recorded.read, asked).every((pairing) => this.pairs.fits(pairing))
  }

  #miss(read: ReadRequest, asked: ReadRequest): Miss {
    if (this.#mode === "order") {
      const next = this.#all[this.#next]
      return { nearest: next === undefined ? undefined : this.#compared(next, read, asked) }
    }
    const most = Math.max(1, Math.min(lookedAtMax, Math.floor(fieldsComparedMax / (asked.fields.length + 1))))
    const there = this.#byPlace.get(read.place) ?? this.#all.filter((each) => each.read.method === read.method)
    const compared = there.slice(0, most).map((recorded) => this.#compared(recorded, read, asked))
    const [first, ...others] = compared
    if (first === undefined) return { nearest: undefined }
    const far = ({ differences, used }: typeof first) => differences.length + (used ? 0.5 : 0)
    return { nearest: others.reduce((best, each) => (far(each) < far(best) ? each : best), first) }
  }

  #compared(recorded: Recorded, read: ReadRequest, asked: ReadRequest): NonNullable<Miss["nearest"]> {
    const differences = differencesOf(recorded.read, read, asked)
    return {
      differences: differences.length > 0 ? differences : this.#otherNames(recorded.read, asked),
      exchange: recorded.exchange,
      used: recorded.times > 0,
    }
  }

  /** Names that would fit but stand for something else already. */
  #otherNames(recorded: ReadRequest, asked: ReadRequest): ReadonlyArray<FieldDifference> {
    return pairingsBetween(recorded, asked)
      .filter((pairing) => !this.pairs.fits(pairing))
      .map(({ now, recorded: before }) => ({ field: "name", recorded: this.pairs.now(before), found: now }))
  }
}

/** Whether redaction has changed nothing that is compared. */
const isSame = ({ asked, redacted }: LiveRequest): boolean =>
  asked.url === redacted.url && textOf(asked.body) === textOf(redacted.body)

const listed = <A>(lists: Map<string, Array<A>>, key: string): Array<A> => {
  const known = lists.get(key)
  if (known !== undefined) return known
  const made: Array<A> = []
  lists.set(key, made)
  return made
}

const sidsOf = (exchanges: ReadonlyArray<RecordedExchange>): ReadonlySet<string> =>
  new Set(
    exchanges.flatMap(({ about, request }) => [about, ...pairingsOf(request.url, request.url).map(({ now }) => now)]),
  )

/** What stands for what in requests of one key. */
const pairingsBetween = (recorded: ReadRequest, now: ReadRequest): ReadonlyArray<Pairing> => [
  ...pairingsOf(decoded(recorded.path), decoded(now.path)),
  ...recorded.fields.flatMap(({ free, value }, i) => {
    const other = now.fields[i]
    return free || other === undefined ? [] : pairingsOf(value, other.value)
  }),
]

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** Values that are others now, whole: what an answer repeats of its request. */
const textsBetween = (recorded: ReadRequest, now: ReadRequest): ReadonlyMap<string, string> =>
  new Map(
    recorded.fields.flatMap(({ value }, i) => {
      const other = now.fields[i]?.value
      return other === undefined || other === value || value.length < 2 ? [] : [[value, other] as const]
    }),
  )

/** Field by field, in what a request is not the recorded one; what it says is told as it was asked. */
const differencesOf = (
  recorded: ReadRequest,
  found: ReadRequest,
  asked: ReadRequest,
): ReadonlyArray<FieldDifference> => {
  const differences: Array<FieldDifference> = []
  const differ = (field: string, before: string | null, after: string | null) => {
    if (before !== after) differences.push({ field, recorded: before, found: after })
  }
  differ("method", recorded.method, found.method)
  if (recorded.place.slice(recorded.method.length) !== found.place.slice(found.method.length))
    differ("path", recorded.path, asked.path)
  const [befores, afters, saids] = [byName(recorded), byName(found), byName(asked)]
  for (const name of new Set([...befores.keys(), ...afters.keys()])) {
    const [before, after, said] = [befores.get(name) ?? [], afters.get(name) ?? [], saids.get(name) ?? []]
    for (let i = 0; i < Math.max(before.length, after.length); i++)
      if (before[i]?.same !== after[i]?.same) differ(name, before[i]?.value ?? null, said[i]?.value ?? null)
  }
  return differences
}

const byName = ({ fields }: ReadRequest): ReadonlyMap<string, ReadonlyArray<ReadField>> => {
  const lists = new Map<string, Array<ReadField>>()
  for (const field of fields) listed(lists, field.name).push(field)
  return lists
}
