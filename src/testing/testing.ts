/* The library for tests, `ringback/testing`. What it exports, with the types of these files alone, is what is shipped. */
export { RingbackError } from "./errors.ts"
export { type MatcherResult, matchers } from "./matchers.ts"
export type { Settings } from "./settings.ts"
export { start } from "./start.ts"
export type {
  Alert,
  Attempt,
  Callback,
  CallbackMatch,
  Callbacks,
  Clock,
  Duration,
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
  Received,
  Ringback,
  RingbackMatchers,
  SettingsPatch,
  StartOptions,
  TextMatch,
  Times,
  Verification,
  VerificationMatch,
  Within,
} from "./types.ts"
