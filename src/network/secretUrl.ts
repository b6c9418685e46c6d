import * as Redacted from "effect/Redacted"

/*
 * URLs with userinfo. In the log the userinfo is the name of a secret that the keys file holds:
 * `https://user:pass@app.example/x` is kept as `https://userinfo-1f2e…@app.example/x`.
 */

/**
 * Where userinfo stands: at the beginning of a URL, however a parser tolerates it written (leading blanks, any slashes behind
 * `https:`), and behind two slashes anywhere, as in a URL in quotes or inside another's query.
 */
const before = String.raw`(?:^[\0- ]*(?:[a-z][a-z0-9+.-]*:\/\/|https?:)[/\\\t\n\r]*|[/\\]{2,})`
const withUserinfo =
  /(^[\0- ]*(?:[a-z][a-z0-9+.-]*:\/\/|https?:)[/\\\t\n\r]*)([^/?#\\]*)@|([/\\]{2,})([^/?#\\\s"'<>]*)@/gi
const named = new RegExp(`(${before})(userinfo-[0-9a-f]{16})@`, "gi")

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
  return url.replace(withUserinfo, (_, scheme?: string, first?: string, slashes?: string, later?: string) => {
    const userinfo = first ?? later ?? ""
    const name = `userinfo-${store.fingerprint(userinfo)}`
    store.remember(name, Redacted.make(userinfo))
    return `${scheme ?? slashes ?? ""}${name}@`
  })
}

/** The URL as it was given, for sending and signing only. */
export const restoreUserinfo = (url: string, store: SecretStore): string =>
  url.includes("userinfo-")
    ? url.replace(named, (whole, scheme: string, name: string) => {
        const secret = store.secret(name)
        return secret === undefined ? whole : `${scheme}${Redacted.value(secret)}@`
      })
    : url
