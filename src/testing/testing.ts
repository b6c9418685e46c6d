/* The library for tests, `ringback/testing`. What it exports, with the types of these files alone, is what is shipped. */
export type {
  Call,
  CallDirection,
  CallLine,
  CallMatch,
  CallStatus,
  Calls,
  PhoneCall,
  SpeakOptions,
} from "./callTypes.ts"
export { RingbackError } from "./errors.ts"
export type { Fault, FaultOn } from "./faultTypes.ts"
export { type MatcherResult, matchers } from "./matchers.ts"
export type { RequestMatch, Requests, SentRequest } from "./requestTypes.ts"
export { explore, play } from "./scenarios.ts"
export type { Settings } from "./settings.ts"
export { start } from "./start.ts"
export type { Duration, TextMatch, Within } from "./terms.ts"
export type {
  Alert,
  Application,
  ApplicationAnswer,
  ApplicationRequest,
  Applications,
  Attempt,
  Callback,
  CallbackMatch,
  Callbacks,
  Clock,
  Explored,
  ExploreOptions,
  Log,
  LogEntry,
  LogFilter,
  Message,
  MessageDirection,
  MessageMatch,
  MessageStatus,
  Messages,
  Pace,
  Patch,
  PhoneMessage,
  Played,
  PlayOptions,
  Reached,
  Received,
  Ringback,
  RingbackMatchers,
  SettingsPatch,
  StartOptions,
  Times,
  Verification,
  VerificationMatch,
} from "./types.ts"
