import * as fs from "node:fs"
import * as path from "node:path"
import * as tls from "node:tls"
import * as Effect from "effect/Effect"
import { sha256 } from "../core/canonical.ts"
import { makeFolders } from "../log/folders.ts"
import { javaKeyStore } from "./javaKeyStore.ts"
import { CaUnusable } from "./LocalCa.ts"

/*
 * Files that tell programs to trust the local CA. They hold certificates alone, and lie beside the CA's key; each is written again
 * where it is not what it should be.
 */

export interface TrustFiles {
  /** The CA's certificate alone, for programs that add it to what they trust. */
  readonly ca: string
  /** The CA, and every root that Node knows, for programs that trust what a file holds and nothing else. */
  readonly bundle: string
  /** The same as a trust store of Java. */
  readonly java: string
  /** A folder with an ini file for PHP that names the bundle. */
  readonly php: string
}

export const trustFilesIn = (folder: string): TrustFiles => ({
  ca: path.join(folder, "ca.pem"),
  bundle: path.join(folder, "ca-bundle.pem"),
  java: path.join(folder, "ca.jks"),
  php: path.join(folder, "php"),
})

/** Writes the files of a CA into its folder. */
export const writeTrustFiles = (folder: string, certificate: string): Effect.Effect<TrustFiles, CaUnusable> =>
  writing(folder, () => {
    const files = trustFilesIn(folder)
    const all = [certificate, ...tls.rootCertificates]
    write(files.ca, certificate)
    write(files.bundle, bundleOf(all))
    write(files.java, javaKeyStore(all.map(derOf)))
    write(
      path.join(files.php, "ringback.ini"),
      ["curl.cainfo", "openssl.cafile"].map((key) => `${key} = ${JSON.stringify(files.bundle)}\n`).join(""),
    )
    return files
  })

/**
 * The file for a program that was told to trust another one: what that holds, and the CA. `theirs` itself where it is one of ours; ours
 * where theirs cannot be read.
 */
export const withTheirs = (
  folder: string,
  ours: string,
  theirs: string | undefined,
): Effect.Effect<string, CaUnusable> =>
  writing(folder, () => {
    if (theirs === undefined || theirs === "" || path.dirname(path.resolve(theirs)) === path.resolve(folder))
      return ours
    let text: string
    try {
      text = fs.readFileSync(theirs, "utf8")
    } catch {
      return ours // The program would not have read it either.
    }
    const both = bundleOf([fs.readFileSync(trustFilesIn(folder).ca, "utf8"), text])
    const file = path.join(folder, `ca-and-${sha256(both).slice(0, 12)}.pem`)
    write(file, both)
    return file
  })

const bundleOf = (certificates: ReadonlyArray<string>): string =>
  certificates.map((certificate) => `${certificate.trimEnd()}\n`).join("")

const derOf = (pem: string): Uint8Array => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64")

/** A reader sees the old file or the new one, never half of one. */
const write = (file: string, content: string | Uint8Array): void => {
  const bytes = Buffer.from(content as Uint8Array)
  if (fs.existsSync(file) && fs.readFileSync(file).equals(bytes)) return
  makeFolders(path.dirname(file))
  const half = `${file}.${process.pid}.part`
  try {
    fs.writeFileSync(half, bytes, { mode: 0o644 })
    fs.renameSync(half, file)
  } finally {
    fs.rmSync(half, { force: true })
  }
}

const writing = <A>(folder: string, act: () => A): Effect.Effect<A, CaUnusable> =>
  Effect.try({
    try: act,
    catch: (cause) =>
      new CaUnusable({
        message: `${folder}: ${(cause as Error).message}; name another folder with proxy.ca_path, or XDG_STATE_HOME`,
      }),
  })
