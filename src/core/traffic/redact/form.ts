import type { ByName } from "./json.ts"

/** The text of a form or a query with its values replaced; what does not change stays as it was written. */
export const replaceInForm = (text: string, byName: ByName): string =>
  text
    .split("&")
    .map((pair) => {
      const cut = pair.indexOf("=")
      const name = decoded(cut < 0 ? pair : pair.slice(0, cut), true)
      if (cut < 0) {
        const made = byName("", name)
        return made === name ? pair : encoded(made)
      }
      const value = decoded(pair.slice(cut + 1), true)
      const made = byName(name, value)
      const named = byName("", name)
      if (made === value && named === name) return pair
      return `${named === name ? pair.slice(0, cut) : encoded(named)}=${encoded(made)}`
    })
    .join("&")

/** What a percent-encoded text says; where it is none, the text itself. */
export const decoded = (text: string, form = false): string => {
  const blanks = form ? text.replaceAll("+", " ") : text
  if (!blanks.includes("%")) return blanks
  try {
    return decodeURIComponent(blanks)
  } catch {
    return blanks
  }
}

const encoded = (text: string): string => encodeURIComponent(text.toWellFormed()).replaceAll("%20", "+")

/**
 * A URL with what it holds replaced: its userinfo is taken out; its password, the segments of its path, its query and its fragment are asked
 * for.
 */
export const replaceInUrl = (url: string, byName: ByName): string => {
  const [, beginning = "", path = "", query, fragment] =
    /^([a-z][a-z0-9+.-]*:[/\\]{2,}[^/?#\\]*)?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/is.exec(url) ?? []
  const origin = beginning.replace(/([/\\]{2,})(.*)@/s, (_, slashes: string, userinfo: string) => {
    const password = userinfo.slice(userinfo.indexOf(":") + 1)
    byName("password", decoded(password))
    return `${slashes}redacted@`
  })
  const segments = path
    .split("/")
    .map((segment) => {
      const plain = decoded(segment)
      const made = byName("", plain)
      return made === plain ? segment : encodeURIComponent(made.toWellFormed())
    })
    .join("/")
  return [
    origin,
    segments,
    ...(query === undefined ? [] : ["?", replaceInForm(query, byName)]),
    ...(fragment === undefined ? [] : ["#", replaceInForm(fragment, byName)]),
  ].join("")
}
