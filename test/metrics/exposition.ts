/** A line of Prometheus' text format: name, labels, value. */
export type Sample = readonly [name: string, labels: Readonly<Record<string, string>>, value: number]

/**
 * Reads Prometheus' text format as strictly as its specification has it (Prometheus, "Exposition formats", read 2026-11-21): a HELP and a TYPE
 * before the lines of each name, no line twice, buckets that do not fall and end with +Inf at the count. Throws what is wrong.
 */
export const samplesOf = (text: string): ReadonlyArray<Sample> => {
  if (!text.endsWith("\n")) throw new Error("the text does not end with a line feed")
  const types = new Map<string, string>()
  const helped = new Set<string>()
  const samples: Array<Sample> = []
  for (const line of text.split("\n").filter((each) => each !== "")) {
    const help = /^# HELP ([a-zA-Z_:][\w:]*) \S/.exec(line)?.[1]
    const [, typed, type = ""] = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram)$/.exec(line) ?? []
    if (help !== undefined) {
      if (helped.has(help)) throw new Error(`two HELP of ${help}`)
      helped.add(help)
    } else if (typed !== undefined) {
      if (types.has(typed) || !helped.has(typed)) throw new Error(`TYPE of ${typed} comes twice, or before its HELP`)
      types.set(typed, type)
    } else {
      const [sample] = sampleLines(line)
      if (sample === undefined) throw new Error(`no sample: ${line}`)
      const family = sample[0].replace(/_(?:bucket|sum|count)$/, "")
      if (!types.has(sample[0]) && types.get(family) !== "histogram") throw new Error(`no TYPE before ${line}`)
      samples.push(sample)
    }
  }
  const keys = samples.map(([name, labels]) => keyOf(name, labels))
  if (new Set(keys).size !== keys.length) throw new Error("a sample comes twice")
  for (const [name, type] of types) if (type === "histogram") checkBuckets(name, samples)
  return samples
}

const keyOf = (name: string, labels: Readonly<Record<string, string>>) =>
  JSON.stringify([name, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))])

const checkBuckets = (name: string, samples: ReadonlyArray<Sample>): void => {
  const last = new Map<string, number>()
  for (const [sampled, { le, ...labels }, value] of samples) {
    if (sampled !== `${name}_bucket`) continue
    const key = keyOf(name, labels)
    if (value < (last.get(key) ?? 0)) throw new Error(`buckets of ${key} fall`)
    last.set(key, value)
    if (le === "+Inf" && value !== numberOf(samples, `${name}_count`, labels))
      throw new Error(`${key} counts otherwise`)
  }
}

/** The samples of lines without their types. */
export const sampleLines = (text: string): ReadonlyArray<Sample> =>
  text.split("\n").flatMap((line): ReadonlyArray<Sample> => {
    const [, name, labels = "", value] =
      /^([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (\S+)$/.exec(line) ?? []
    if (name === undefined || value === undefined || Number.isNaN(Number(value))) return []
    const pairs = [...labels.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)].map(([, label = "", written = ""]) => [
      label,
      written.replace(/\\(.)/g, (_, char) => (char === "n" ? "\n" : char)),
    ])
    return [[name, Object.fromEntries(pairs), Number(value)]]
  })

/** The value of the sample with this name and exactly these labels. */
export const numberOf = (
  samples: ReadonlyArray<Sample>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined => samples.find((sample) => keyOf(sample[0], sample[1]) === keyOf(name, labels))?.[2]
