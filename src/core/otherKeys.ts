import { near } from "./near.ts"

/* What Effect's array formatter says of a key that a schema has not: `is unexpected, expected: "to" | "from"`. */

/** The keys that the schema has, as that message names them. */
export const otherKeys = (message: string): ReadonlyArray<string> =>
  [...message.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, key = ""]) => key)

/** `" (is from meant?)"` where one of the keys is nearly the one that was found; nothing otherwise. A number is no slip for the next. */
export const meant = (key: string, keys: ReadonlyArray<string>): string => {
  const nearest = /^\d+$/.test(key) ? undefined : near(key, keys)
  return nearest === undefined ? "" : ` (is ${nearest} meant?)`
}
