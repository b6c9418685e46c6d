import { createHash } from "node:crypto"

/** Chance that its seed decides. */
export interface Random {
  /** A whole number from 0, less than `n`. */
  readonly below: (n: number) => number
  /** True in `percent` of 100 cases. */
  readonly chance: (percent: number) => boolean
  readonly pick: <A>(list: ReadonlyArray<A>) => A
  /** Some of them, from none to `max`, made one by one. */
  readonly some: <A>(max: number, make: () => A) => ReadonlyArray<A>
}

export const randomOf = (seed: string): Random => {
  let state = createHash("sha256").update(seed).digest().readUInt32LE(0)
  // mulberry32
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return (t ^ (t >>> 14)) >>> 0
  }
  const below = (n: number) => Math.floor((next() / 2 ** 32) * n)
  return {
    below,
    chance: (percent) => below(100) < percent,
    pick: (list) => list[below(list.length)] as never,
    some: (max, make) => Array.from({ length: below(max + 1) }, make),
  }
}

/** Texts that have broken programs before. */
export const nasty: ReadonlyArray<string> = [
  "",
  " ",
  "\0",
  "\n",
  "\r\n",
  "\t",
  "\ufeff",
  "\u2028",
  "\ud83d",
  "\u{1f427}",
  "é",
  "e\u0301",
  "\u202e",
  '"',
  "'",
  "\\",
  "`",
  "%",
  "%00",
  "%zz",
  "%ED%A0%80",
  "%C0%80",
  "+",
  "&",
  "=",
  ";",
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "toJSON",
  "then",
  "0",
  "-0",
  "-1",
  "1e999",
  "NaN",
  "Infinity",
  "9007199254740993",
  "99999999999999999999",
  "0x10",
  "1.5",
  "null",
  "undefined",
  "true",
  "[]",
  "{}",
  "[object Object]",
  "../../etc/passwd",
  "<script>",
  "{{ body }}",
  "{% if body %}",
  "<%= process.exit(1) %>",
  `\${7*7}`,
  "' OR 1=1 --",
  "http://u:p@[::1",
  "http://169.254.169.254/",
  "javascript:alert(1)",
  "+15551234567",
  "whatsapp:+15551234567",
  "+1".padEnd(600, "5"),
  "x".repeat(5_000),
  "(".repeat(300),
]

/** A text with a few pieces of it left out, doubled, swapped, or replaced by something nasty. */
export const mutated = (random: Random, text: string, max = 4): string => {
  let out = text
  for (let n = random.below(max) + 1; n > 0; n--) {
    const at = random.below(out.length + 1)
    const length = random.pick([0, 1, 1, 2, 5, 20])
    const piece = out.slice(at, at + length)
    const instead = random.pick([
      "",
      piece + piece,
      random.pick(nasty),
      String.fromCharCode(random.below(128)),
      String.fromCharCode(random.below(0x10000)),
      out.slice(random.below(out.length + 1)).slice(0, random.below(30)),
    ])
    out = out.slice(0, at) + instead + out.slice(at + length)
  }
  return out
}

/** A text whose lines are left out, doubled or swapped, and some of them mutated. */
export const mutatedLines = (random: Random, text: string): string => {
  const lines = text.split("\n")
  for (let n = random.below(4) + 1; n > 0; n--) {
    const at = random.below(lines.length)
    const line = lines[at] ?? ""
    const other = random.below(lines.length)
    switch (random.below(5)) {
      case 0:
        lines.splice(at, 1)
        break
      case 1:
        lines.splice(other, 0, line)
        break
      case 2:
        lines[at] = lines[other] ?? ""
        lines[other] = line
        break
      default:
        lines[at] = mutated(random, line)
    }
  }
  return lines.join("\n")
}
