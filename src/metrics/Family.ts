/** One line of a family: what it is about, and its number. `name` where it differs from the family's (parts of a histogram). */
export interface Sample {
  readonly name?: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Metrics of one name, as Prometheus has them. */
export interface Family {
  readonly name: string
  readonly help: string
  readonly type: "counter" | "gauge" | "histogram"
  readonly samples: () => ReadonlyArray<Sample>
}

/** Lines that one family has; what comes beyond counts under `other`: names in a log that was altered must not use up the memory. */
const seriesMax = 500
const otherOf = (labels: ReadonlyArray<string>): ReadonlyArray<string> => labels.map(() => "other")

/** Numbers that only grow, by the values of their labels. */
export class Counter implements Family {
  readonly type = "counter"
  readonly name: string
  readonly help: string
  readonly #labels: ReadonlyArray<string>
  readonly #series = new Map<string, { readonly values: ReadonlyArray<string>; count: number }>()

  constructor(name: string, help: string, labels: ReadonlyArray<string> = []) {
    this.name = name
    this.help = help
    this.#labels = labels
  }

  add(values: ReadonlyArray<string>, by = 1): void {
    const key = values.join("\u0000")
    const known = this.#series.get(key)
    if (known !== undefined) known.count += by
    else if (this.#series.size < seriesMax || values.every((value) => value === "other"))
      this.#series.set(key, { values, count: by })
    else this.add(otherOf(values), by)
  }

  samples(): ReadonlyArray<Sample> {
    if (this.#labels.length === 0 && this.#series.size === 0) return [{ labels: {}, value: 0 }]
    return [...this.#series.values()].map(({ count, values }) => ({
      labels: labelled(this.#labels, values),
      value: count,
    }))
  }
}

interface Distribution {
  readonly values: ReadonlyArray<string>
  /** How many were at most each bound, not counted in the ones before; the last is beyond all. */
  readonly buckets: Array<number>
  sumMs: number
}

/** How long things took, by the values of their labels. Bounds in seconds, ascending. */
export class Histogram implements Family {
  readonly type = "histogram"
  readonly name: string
  readonly help: string
  readonly #labels: ReadonlyArray<string>
  readonly #boundsMs: ReadonlyArray<number>
  readonly #series = new Map<string, Distribution>()

  constructor(name: string, help: string, labels: ReadonlyArray<string>, bounds: ReadonlyArray<number>) {
    this.name = name
    this.help = help
    this.#labels = labels
    this.#boundsMs = bounds.map((seconds) => seconds * 1_000)
  }

  add(values: ReadonlyArray<string>, ms: number): void {
    const found = this.#distribution(values)
    const place = this.#boundsMs.findIndex((bound) => ms <= bound)
    const i = place < 0 ? this.#boundsMs.length : place
    found.buckets[i] = (found.buckets[i] ?? 0) + 1
    found.sumMs += ms
  }

  samples(): ReadonlyArray<Sample> {
    return [...this.#series.values()].flatMap(({ buckets, sumMs, values }) => {
      const labels = labelled(this.#labels, values)
      let count = 0
      const counted = buckets.map((inBucket, i): Sample => {
        count += inBucket
        const bound = this.#boundsMs[i]
        const le = bound === undefined ? "+Inf" : String(bound / 1_000)
        return { name: `${this.name}_bucket`, labels: { ...labels, le }, value: count }
      })
      return [
        ...counted,
        { name: `${this.name}_sum`, labels, value: sumMs / 1_000 },
        { name: `${this.name}_count`, labels, value: count },
      ]
    })
  }

  #distribution(values: ReadonlyArray<string>): Distribution {
    const key = values.join("\u0000")
    const known = this.#series.get(key)
    if (known !== undefined) return known
    if (this.#series.size >= seriesMax && !values.every((value) => value === "other"))
      return this.#distribution(otherOf(values))
    const made = { values, buckets: Array.from({ length: this.#boundsMs.length + 1 }, () => 0), sumMs: 0 }
    this.#series.set(key, made)
    return made
  }
}

const labelled = (names: ReadonlyArray<string>, values: ReadonlyArray<string>): Readonly<Record<string, string>> =>
  Object.fromEntries(names.map((name, i) => [name, values[i] ?? ""]))

/** What stands so now: numbers by the values of their labels. */
export const gauge = (
  name: string,
  help: string,
  labels: ReadonlyArray<string>,
  now: () => Iterable<readonly [...values: ReadonlyArray<string>, number]>,
): Family => ({
  name,
  help,
  type: "gauge",
  samples: () =>
    [...now()].map((line) => ({
      labels: labelled(labels, line.slice(0, -1) as ReadonlyArray<string>),
      value: line.at(-1) as number,
    })),
})
