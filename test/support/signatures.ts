import type { Pair } from "../../src/core/pair.ts"

/* What the official SDKs' own tests sign, with token 12345: a URL, the rest of it behind its host, parameters, the hash of a JSON body. */

export const U = "https://mycompany.com/myapp.php?foo=1&bar=2"
export const rest = U.slice("https://mycompany.com".length)
export const P: ReadonlyArray<Pair> = [
  ["CallSid", "CA1234567890ABCDE"],
  ["Caller", "+14158675309"],
  ["Digits", "1234"],
  ["From", "+14158675309"],
  ["To", "+18005551212"],
]
export const H = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
