/** Something that src does not say. Every ban names what to say instead. */
export interface Ban {
  readonly name: string
  readonly pattern: RegExp
  readonly instead: string
  /** Where it is banned; everywhere in src if absent. */
  readonly where?: (path: string) => boolean
}

export const isTest = (path: string): boolean => /\.(test|contract|fuzz)\.ts$/.test(path)

/** Rules: what must be a pure function of world and entry. */
export const isRule = (path: string): boolean =>
  (path.startsWith("src/core/") || /\.(machine|decider)\.ts$/.test(path)) && !isTest(path)

const within = (path: string, ...rooms: ReadonlyArray<string>) => rooms.some((room) => path.startsWith(`src/${room}/`))
const pure = (path: string) => isRule(path) || (within(path, "engine") && !isTest(path))

const hostTime =
  "use the entry's `at` in rules, RunClock for virtual time, Effect's Clock or DateTime.now for host time in a shell"
const hostTimer = "use a timer.set draft for virtual delays, Effect.sleep or Effect.timeout for host waits in a shell"
const ownId = "use sid or token of core/chance.ts"

export const bans: ReadonlyArray<Ban> = [
  { name: "Date.now", pattern: /\bDate\.now\b/g, instead: hostTime },
  { name: "new Date()", pattern: /\bnew\s+Date\b(?!\s*\(\s*[^\s)])/g, instead: hostTime },
  { name: "Date()", pattern: /(?<!new\s+|[\w.$])Date\s*\(\s*\)/g, instead: hostTime },
  { name: "performance.now", pattern: /\bperformance\.now\b|\bprocess\.hrtime\b/g, instead: hostTime },
  { name: "DateTime.unsafeNow", pattern: /\bDateTime\.unsafeNow\b/g, instead: hostTime },
  { name: "setTimeout", pattern: /(?<![\w.$]|globalThis\.)(?:globalThis\.)?setTimeout\b/g, instead: hostTimer },
  { name: "setInterval", pattern: /(?<![\w.$]|globalThis\.)(?:globalThis\.)?setInterval\b/g, instead: hostTimer },
  { name: "Math.random", pattern: /\bMath\.random\b/g, instead: "use roll of core/chance.ts" },
  { name: "randomUUID", pattern: /\brandomUUID\b/g, instead: ownId },
  { name: "nanoid", pattern: /\bnanoid\b/g, instead: ownId },
  {
    name: "toLocaleString",
    pattern: /\.toLocale\w+|\.getTimezoneOffset\b/g,
    instead: "use an explicit locale and IANA zone (Intl with both given), or the ISO text",
  },
  { name: "localeCompare", pattern: /\.localeCompare\b/g, instead: "use byCodeUnit of core/canonical.ts" },
  {
    name: "Promise.race",
    pattern: /\bPromise\.race\b/g,
    instead: "use Effect.race in a shell; in rules nothing races: order comes from the log",
  },
  {
    name: "process.env",
    pattern: /\bprocess\.env\b/g,
    instead: "read it through Config in src/app/ and hand the value down",
    where: (path) => !within(path, "app"),
  },
  {
    name: "Effect.sleep",
    pattern: /\bEffect\.(?:sleep|delay)\b/g,
    instead: "use a timer.set draft: a delay is data, never a sleeping fibre",
    where: (path) => (pure(path) || within(path, "carriers")) && !isTest(path),
  },
  {
    name: "fork",
    pattern: /\bEffect\.fork\w*|\brunFork\b|\bFiber(?:Set|Map|Handle)\.run\b/g,
    instead: "use the engine's queue: one writer, turns in order; fibres belong to the shells around it",
    where: pure,
  },
  {
    name: "concurrency",
    pattern: /\bconcurrency\s*:/g,
    instead: "do one thing after the other: order comes from the log",
    where: pure,
  },
]
