import type { LimitSettings } from "./settings.ts"

/*
 * What has gone through a limit, and when the next may. In every half-open window of `window_ms`:
 *
 * fixed-window   a window that begins at a multiple of it holds at most the limit
 * token-bucket   any window, wherever it begins, holds at most the limit and the burst less one
 */

/** What went through one limit. */
export interface Window {
  /** The fixed window that was counted last, and how many went through in it. */
  from: number
  count: number
  /** The bucket when it was looked at last, in parts of a token, of which one has `window_ms`; undefined: never, and full. */
  bucket: { readonly at: number; readonly level: number } | undefined
}

export const newWindow = (): Window => ({ from: 0, count: 0, bucket: undefined })

type Rule = Pick<LimitSettings, "algorithm" | "burst" | "window_ms">

const windowOf = ({ window_ms }: Pick<Rule, "window_ms">, at: number): number => Math.floor(at / window_ms) * window_ms

/** How many have gone through in the fixed window of an instant. */
export const countAt = (window: Window, rule: Pick<Rule, "window_ms">, at: number): number =>
  window.from === windowOf(rule, at) ? window.count : 0

/** The earliest instant, not before `at`, at which one more may go through. */
export const freeAt = (window: Window, rule: Rule, limit: number, at: number): number => {
  if (rule.algorithm === "token-bucket") {
    const missing = rule.window_ms - levelAt(window, rule, limit, at)
    return missing <= 0 ? at : at + Math.ceil(missing / limit)
  }
  return countAt(window, rule, at) < limit ? at : windowOf(rule, at) + rule.window_ms
}

/** One goes through. Both ways of counting are kept, so that either may be switched to. */
export const passThrough = (window: Window, rule: Rule, limit: number, at: number): void => {
  window.count = countAt(window, rule, at) + 1
  window.from = windowOf(rule, at)
  window.bucket = { at, level: Math.max(0, levelAt(window, rule, limit, at) - rule.window_ms) }
}

/** What is left of a ms in which a token became whole is not lost: it is less than fills the bucket in one. */
const levelAt = ({ bucket }: Window, { burst, window_ms }: Rule, limit: number, at: number): number => {
  const full = Math.min(burst, limit) * window_ms
  return bucket === undefined ? full : Math.min(full + limit - 1, bucket.level + (at - bucket.at) * limit)
}
