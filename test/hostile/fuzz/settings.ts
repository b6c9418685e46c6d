import * as Either from "effect/Either"
import { parseSettings, settingsOf } from "../../../src/app/settings.ts"
import { canonical } from "../../../src/core/canonical.ts"
import { documentConfig } from "../../e2e/fixtures/mockServerDocument.ts"
import { mutated, mutatedLines, nasty, type Random } from "./random.ts"
import type { Outcome, Surface } from "./runner.ts"

const fullConfig = `server:
  host: 127.0.0.1
  port: 8080
  public_url: "https://u:p@app.example"
  allowed_hosts: [a.example, "b.example"]
  admin_token: "t0ken"
provider: twilio
twilio:
  missing_parameter_code: 21604
  from_not_owned_code: 21660
  failure_error_code: 30008
  numbers:
    "+15559999999": { outcome: undelivered, error_code: 30005, delays: { sent: 1s, delivered: 40 } }
    "+15558880001": { call: { answers_after: 3s, answered_by: machine, then: [press 1, wait 2s, say yes, hang up] } }
    "+15558880002": { call: { outcome: busy } }
  calls: { per_second: 2, price_per_minute: 0.014 }
  messages:
    SM0123456789abcdef0123456789abcdef: { error_code: 30003 }
  carriers:
    - name: lossy
      to: ["+1555"]
      latency: { p0: 100ms, p50: 2, p100: 1m }
      loss_percent: 2
      filtering: { 30003: 1, 30007: 0.5 }
      segments_per_second: 10
  faults:
    - { method: POST, path: "/2010-04-01/*", percent: 10, status: 503, code: 20503 }
    - { to: "+15559999999", latency: 2s }
    - { percent: 0.5, drop: answer }
  callbacks:
    retry_on: [4xx, ct]
callbacks:
  faults: { lost_percent: 1, duplicated_percent: 2, late_percent: 3, late: 30s, out_of_order_percent: 4, unanswered_percent: 1, latency: 2s }
  aimed:
    - { subject: SM0123456789abcdef0123456789abcdef, event: sent, late: 5s }
    - { event: delivered, duplicated: 0 }
    - { event: failed, unanswered: true }
  allow: [app.example, "*.x.example", 10.0.0.0/8, "::1"]
  in_flight: 4
  quiet_ms: 20
  rewrite:
    - { from: "https://app.example", to: "http://localhost:3000" }
endpoints:
  - url: https://app.test/status
    answers:
      - { status: 500 }
      - { drop: timeout }
      - { status: 200, after_ms: 120, body: "{}" }
    fail_percent: 5.25
`

const values = [
  ...nasty,
  "!!binary AAAA",
  "!!js/function 'x'",
  "!!set {a, b}",
  "!!timestamp 2001-12-14",
  "&a [*a]",
  "*nothing",
  "<<: {a: 1}",
  ".inf",
  "-.nan",
  "0o17",
  "1e400",
  "2001-01-01",
  "|\n  text",
  "? [a, b]",
  "- - - -",
  "{a: {a: {a: 1}}}",
  "[".repeat(200),
  "---\na: 1",
]

const textOf = (random: Random): string => {
  const base = random.pick([documentConfig, fullConfig])
  switch (random.below(4)) {
    case 0:
      return mutated(random, base, 6)
    case 1:
      return mutatedLines(random, base)
    default: {
      const lines = base.split("\n")
      for (let n = random.below(3) + 1; n > 0; n--) {
        const at = random.below(lines.length)
        lines[at] = (lines[at] ?? "").replace(/(^\s*(?:- )?)([\w]*)(:?)(.*)$/, (_, indent, key, colon, value) =>
          random.chance(25)
            ? `${indent}${random.pick(["__proto__", "constructor", "<<", "? a", random.pick(nasty)])}${colon}${value}`
            : `${indent}${key}${colon} ${random.pick(values)}`,
        )
      }
      return lines.join("\n")
    }
  }
}

const check = (text: string): string | undefined => {
  const file = "settings.yaml"
  const parsed = parseSettings(file, text)
  if (Object.keys(Object.prototype).length > 0 || "polluted" in {}) return "has changed Object.prototype"
  if (Either.isLeft(parsed)) {
    const { lines } = parsed.left
    if (lines.length === 0) return "is refused without a word"
    for (const line of lines) {
      if (!line.startsWith(`${file}:`)) return `is refused without its place: ${line}`
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what would spoil a terminal
      if (/[\u0000-\u001f\u007f-\u009f]/.test(line))
        return `is refused with control characters: ${JSON.stringify(line)}`
      if (line.length > 2_000) return `is refused at length: ${line.length} characters`
      // Behind the place: a case may make the token a key.
      if (line.replace(/^\S+ \S+: /, "").includes("t0ken")) return `is refused with its token: ${line}`
    }
    return undefined
  }
  const { run } = settingsOf(parsed.right)
  const written = canonical(run)
  return canonical(JSON.parse(written)) === written ? undefined : "does not come back from the log"
}

/** The settings file: whatever it holds, it is taken in a form the log can keep, or refused in lines that name the place. */
export const settingsSurface: Surface = {
  name: "settings",
  atOnce: 1,
  open: async () => ({
    run: async (random): Promise<Outcome> => {
      const input = textOf(random)
      try {
        return { input, problem: check(input) }
      } catch (error) {
        return { input, problem: `throws ${error instanceof Error ? error.stack : error}` }
      }
    },
    end: async () => undefined,
  }),
}
