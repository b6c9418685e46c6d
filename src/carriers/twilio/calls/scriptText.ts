import { parseDuration } from "../../../core/Instant.ts"
import type { CalleeStep } from "./entries.ts"

/* Scripts as people write them. */

/** Steps of one script. */
export const stepsMax = 100
const speechLengthMax = 1_000
const waitMsMax = 24 * 3_600_000

/** What a step is expected to be. */
export const stepExpected = "press and keys, say and words, wait and a duration, or hang up"

/** The keys of a telephone. */
export const isKeys = (text: string): boolean => /^[0-9*#A-D]{1,100}$/.test(text)

/** What can be said at once. */
export const isSpeech = (text: string): boolean => text.trim() !== "" && text.length <= speechLengthMax

/** A step as it is written: `press 1#`, `say yes please`, `wait 2s`, `hang up`; `undefined` for what is none. */
export const calleeStep = (text: string): CalleeStep | undefined => {
  const [, verb, rest = ""] = /^(\S+)(?:\s+(.*))?$/s.exec(text.trim()) ?? []
  switch (verb) {
    case "press":
      return isKeys(rest) ? { do: "press", text: rest } : undefined
    case "say":
      return isSpeech(rest) ? { do: "speak", text: rest } : undefined
    case "wait": {
      const ms = /^\d{1,6}(?:\.\d{1,3})?$/.test(rest) ? Math.round(Number(rest) * 1000) : parseDuration(rest)
      return ms !== undefined && ms <= waitMsMax ? { do: "wait", ms } : undefined
    }
    case "hang":
      return rest === "up" ? { do: "hang up" } : undefined
    default:
      return undefined
  }
}

/** A step as people write it; `calleeStep` reads it back. */
export const stepText = (step: CalleeStep): string => {
  switch (step.do) {
    case "press":
      return `press ${step.text}`
    case "speak":
      return `say ${step.text}`
    case "wait":
      return `wait ${step.ms}ms`
    case "hang up":
      return "hang up"
  }
}
