import { createPrivateKey, X509Certificate } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import type * as tls from "node:tls"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { limits } from "../core/limits.ts"
import { makeFolders } from "../log/folders.ts"
import { tlsModule } from "../network/secureModules.ts"
import type { Certified } from "./certificates.ts"
import { simulatedName } from "./names.ts"

/** The local CA cannot be used; the message says why, and what to do. */
export class CaUnusable extends Data.TaggedError("CaUnusable")<{ readonly message: string }> {}

/** The CA of this machine's user, which signs for simulated names alone. Its key never leaves this object and its file. */
export interface LocalCa {
  /** Its certificate, PEM. */
  readonly certificate: string
  /** Host ms since the Unix epoch. */
  readonly goodUntil: number
  /** Whether it was made just now. */
  readonly made: boolean
  /** What a TLS server shows for a name; rejects for a name that is not simulated. */
  readonly contextFor: (name: string) => Promise<tls.SecureContext>
}

/** The file that holds key and certificate, mode 0600. */
export const keyFileIn = (folder: string): string => path.join(folder, "ca.key")

/** A CA that ends sooner is replaced, host ms. */
const leastMs = 30 * 86_400_000

/**
 * Opens the CA of a folder, and makes one where there is none, or where it is about to end.
 *
 * Key and certificate are one file, written beside its place and then put there: two processes that begin at once end up with the
 * same one.
 */
export const openLocalCa = (folder: string): Effect.Effect<LocalCa, CaUnusable> =>
  Effect.gen(function* () {
    const clock = yield* Effect.clock
    const now = yield* Clock.currentTimeMillis
    const file = keyFileIn(folder)
    const found = yield* attempt(file, () => load(file))
    if (found !== undefined && endOf(found) - now > leastMs) return caOf(found, false, clock)
    const { makeAuthority } = yield* Effect.promise(() => import("./certificates.ts"))
    const fresh = yield* Effect.promise(() => makeAuthority(now))
    const kept = yield* attempt(file, () => keep(file, fresh, found !== undefined))
    return caOf(kept, kept === fresh, clock)
  })

const attempt = <A>(file: string, read: () => A): Effect.Effect<A, CaUnusable> =>
  Effect.try({
    try: read,
    catch: (cause) =>
      cause instanceof CaUnusable
        ? cause
        : new CaUnusable({
            message: `${file}: ${(cause as Error).message}; name another folder with proxy.ca_path, or XDG_STATE_HOME`,
          }),
  })

/** Reads the CA of a file; `undefined` where there is none. No error shows what the file holds. */
const load = (file: string): Certified | undefined => {
  const stat = fs.statSync(file, { throwIfNoEntry: false })
  if (stat === undefined) return undefined
  if (process.platform !== "win32" && (stat.mode & 0o777) !== 0o600) fs.chmodSync(file, 0o600)
  const text = fs.readFileSync(file, "utf8")
  const [key, certificate] = [pemIn(text, "PRIVATE KEY"), pemIn(text, "CERTIFICATE")]
  if (key !== undefined && certificate !== undefined && belong(key, certificate)) return { certificate, key }
  throw new CaUnusable({ message: `${file} holds no key with its certificate; remove it, and a new one is made` })
}

const pemIn = (text: string, label: string): string | undefined =>
  new RegExp(`^-----BEGIN ${label}-----\\n[A-Za-z0-9+/=\\n]+?-----END ${label}-----\\n`, "m").exec(text)?.[0]

const belong = (key: string, certificate: string): boolean => {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))
  } catch {
    return false // Bytes that are neither key nor certificate.
  }
}

/** Puts a CA in its place. Of two that come at once the first one stays, and is given. */
const keep = (file: string, made: Certified, replaces: boolean): Certified => {
  makeFolders(path.dirname(file))
  const half = `${file}.${process.pid}.part`
  try {
    fs.writeFileSync(half, made.key + made.certificate, { flag: "wx", mode: 0o600 })
    if (replaces) fs.renameSync(half, file)
    else fs.linkSync(half, file)
    return made
  } catch (cause) {
    const other = (cause as NodeJS.ErrnoException).code === "EEXIST" ? load(file) : undefined
    if (other === undefined) throw cause
    return other
  } finally {
    fs.rmSync(half, { force: true })
  }
}

const endOf = ({ certificate }: Certified): number => Date.parse(new X509Certificate(certificate).validTo)

/** A context of a name, and until when it is used. */
interface Issued {
  readonly context: Promise<tls.SecureContext>
  /** Host ms since the Unix epoch; endless while it is being made. */
  goodUntil: number
}

const caOf = (authority: Certified, made: boolean, clock: Clock.Clock): LocalCa => {
  const issued = new Map<string, Issued>()
  let leafKey: Promise<string> | undefined
  const issue = (name: string): Issued => {
    const one: Issued = {
      goodUntil: Number.POSITIVE_INFINITY,
      context: import("./certificates.ts").then(async ({ makeLeaf, makeLeafKey }) => {
        leafKey ??= makeLeafKey()
        const key = await leafKey
        const leaf = await makeLeaf(authority, key, name, clock.unsafeCurrentTimeMillis())
        one.goodUntil = leaf.goodUntil
        return tlsModule().createSecureContext({
          cert: leaf.certificate + authority.certificate,
          key,
          minVersion: "TLSv1.2",
        })
      }),
    }
    return one
  }
  return {
    certificate: authority.certificate,
    goodUntil: endOf(authority),
    made,
    contextFor: (name) => {
      if (simulatedName(name) !== name) return Promise.reject(new Error("only simulated names have certificates"))
      const known = issued.get(name)
      if (known !== undefined && known.goodUntil > clock.unsafeCurrentTimeMillis()) return known.context
      issued.delete(name)
      const one = issue(name)
      issued.set(name, one)
      for (const [oldest] of issued) {
        if (issued.size <= limits.proxyNamesMax) break
        issued.delete(oldest)
      }
      return one.context
    },
  }
}
