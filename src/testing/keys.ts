import { near } from "../core/near.ts"
import type { CallMatch, PhoneCall, SpeakOptions } from "./callTypes.ts"
import { RingbackError } from "./errors.ts"
import type { Fault } from "./faultTypes.ts"
import type { RequestMatch } from "./requestTypes.ts"
import type {
  CallbackMatch,
  ExploreOptions,
  LogFilter,
  MessageMatch,
  PhoneMessage,
  PlayOptions,
  StartOptions,
  Times,
  VerificationMatch,
  Within,
} from "./types.ts"

/* What each group of keys that a test writes may hold: a key that nothing reads would be a wish that nobody heard. */

/** Every key of a type, none left out and none made up. */
const keysOf = <A extends object>(keys: Readonly<Record<keyof A, true>>): ReadonlyArray<string> => Object.keys(keys)

export const keys = {
  message: keysOf<MessageMatch>({ to: true, from: true, body: true, status: true, direction: true, after: true }),
  call: keysOf<CallMatch>({ to: true, from: true, status: true, direction: true, said: true, after: true }),
  // biome-ignore lint/suspicious/noThenProperty: the word that settings and the control API have for it; nothing awaits it
  phoneCall: keysOf<PhoneCall>({ from: true, to: true, then: true }),
  speak: keysOf<SpeakOptions>({ confidence: true }),
  fault: keysOf<Fault>({ callbacks: true, api: true, endpoint: true, answers: true, fail_percent: true }),
  callback: keysOf<CallbackMatch>({ subject: true, event: true, url: true, status: true }),
  request: keysOf<RequestMatch>({
    purpose: true,
    subject: true,
    method: true,
    url: true,
    params: true,
    status: true,
  }),
  verification: keysOf<VerificationMatch>({ to: true, status: true }),
  log: keysOf<LogFilter>({ type: true, subject: true, after: true }),
  phoneMessage: keysOf<PhoneMessage>({ from: true, to: true, body: true, media: true }),
  times: keysOf<Exclude<Times, number>>({ atLeast: true, atMost: true }),
  within: keysOf<Within>({ within: true }),
  start: keysOf<StartOptions>({
    scenario: true,
    settings: true,
    seed: true,
    start: true,
    pace: true,
    port: true,
    within: true,
  }),
  play: keysOf<PlayOptions>({ seed: true, applications: true }),
  explore: keysOf<ExploreOptions>({ seeds: true, from: true, applications: true, out: true }),
} as const

/** Gives back what holds only known keys; one that is undefined is one that is not there. Throws a `RingbackError` for the first other one. */
export const onlyKnown = <A extends object>(given: A, known: ReadonlyArray<string>): A => {
  const other = Object.entries(given).find(([key, value]) => value !== undefined && !known.includes(key))
  if (other === undefined) return given
  const [key] = other
  const meant = near(key, known)
  throw new RingbackError(
    `${key}: expected a known key${meant === undefined ? "" : `, did you mean ${meant}`}; one of ${known.join(", ")}`,
  )
}
