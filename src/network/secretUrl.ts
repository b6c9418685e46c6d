import * as Redacted from "effect/Redacted"

/*
 * URLs with userinfo. In the log the userinfo is the name of a secret that the keys file holds:
 * `https://user:pass@app.example/x` is kept as `https://userinfo-1f2e…@app.example/x`.
 */

/** What stands before the authority. URL parsers pass over leading blanks, and take any slashes behind `https:` as two. */
const before = String.raw`^([\0- ]*(?:[a-z][a-z0-9+.-]*:\/\/|https?:)[/\\\t\n\r]*)`
const withUserinfo = new RegExp(String.raw`${before}([^/?#\\]*)@`, "i")
const named = new RegExp(`${before}(userinfo-[0-9a-f]{16})@`, "i")

/** What hiding and restoring need of the keys file. */
export interface SecretStore {
  readonly fingerprint: (text: string) => string
  readonly remember: (name: string, value: Redacted.Redacted<string>) => void
  readonly secret: (name: string) => Redacted.Redacted<string> | undefined
}

/**
 * The URL with its userinfo replaced by a name, which the store then holds. Other texts come back as they are.
 *
 * A userinfo that is such a name itself is hidden like any other: whoever has read one in a log cannot have the secret
 * sent elsewhere by using it in a URL of his own.
 */
export const hideUserinfo = (url: string, store: SecretStore): string => {
  if (!url.includes("@")) return url
  const found = withUserinfo.exec(url)
  if (found === null) return url
  const [whole, scheme = "", userinfo = ""] = found
  const name = `userinfo-${store.fingerprint(userinfo)}`
  store.remember(name, Redacted.make(userinfo))
  return `${scheme}${name}@${url.slice(whole.length)}`
}

/** The URL as it was given, for sending and signing only. */
export const restoreUserinfo = (url: string, store: SecretStore): string => {
  const found = named.exec(url)
  if (found === null) return url
  const [whole, scheme = "", name = ""] = found
  const secret = store.secret(name)
  return secret === undefined ? url : `${scheme}${Redacted.value(secret)}@${url.slice(whole.length)}`
}
