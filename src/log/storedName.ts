/*
 * How a type's or subject's name stands in its table. SQLite keeps UTF-8, which has no lone surrogates, so a name with one
 * is kept as its JSON text (where they are escaped); so is a name that begins with a quote, to tell the two apart.
 */

/** A name as it is stored. */
export const toStored = (name: string): string =>
  name.startsWith('"') || loneSurrogate.test(name) ? JSON.stringify(name) : name

/** The name a stored text stands for; a text that stands for none comes back with a `?` before it. */
export const fromStored = (stored: string): string => {
  if (!stored.startsWith('"')) return stored
  try {
    const name: unknown = JSON.parse(stored)
    return typeof name === "string" && toStored(name) === stored ? name : `?${stored}`
  } catch {
    return `?${stored}`
  }
}

const loneSurrogate = /\p{Surrogate}/u
