/* Words that all of the library's types have. */

/** A duration such as `500ms`, `30s`, `5m`, `2h`, `1d` or `1h30m`. */
export type Duration = string

/** A text that stands in another, in which `*` stands for any number of characters, or a regular expression. */
export type TextMatch = string | RegExp

/** How long one wait lasts, by the host's clock, at most `60s`. */
export interface Within {
  readonly within?: Duration | undefined
}
