import * as fs from "node:fs"
import * as path from "node:path"
import Database from "better-sqlite3"
import * as Effect from "effect/Effect"
import { type Check, fail, ok, warn } from "./Check.ts"

/* Whether this machine has what Ringback needs. */

/** What package.json states; the launcher refuses anything older before a line of this is read. */
const nodeNeeded = "20.12"
/** Major versions that `npm run nodes` runs it on. */
const nodesTried = [20, 22, 24]

export const nodeCheck: Check = {
  about: "Node",
  look: Effect.sync(() => {
    const { node } = process.versions
    const major = Number(node.split(".")[0])
    return nodesTried.includes(major)
      ? ok(`${node}, on ${process.platform} ${process.arch}`)
      : warn(
          `${node}; Ringback is tried with ${nodesTried.join(", ")}`,
          `should something be odd, try the newest Node ${nodesTried.at(-1)}; ${nodeNeeded} is the oldest that will do`,
        )
  }),
}

export const driverCheck: Check = {
  about: "SQLite",
  look: Effect.sync(() => {
    try {
      const db = new Database(":memory:")
      const version = db.prepare("SELECT sqlite_version()").pluck().get()
      db.close()
      return ok(`${String(version)}, by better-sqlite3`)
    } catch (cause) {
      return fail(
        `better-sqlite3 does not load: ${firstLine(cause)}`,
        "it was built for another Node, or not at all: npm rebuild better-sqlite3 (needs Python 3, make and a C++ compiler where no built one can be fetched)",
      )
    }
  }),
}

/** Bytes free below which a log may soon not grow. */
const freeBytesMin = 200 * 1024 * 1024

/** Whether the folder of a log can be written and has room. */
export const folderCheck = (db: string): Check => ({
  about: "disk",
  look: Effect.sync(() => {
    const folder = existing(path.dirname(path.resolve(db)))
    if (!fs.statSync(folder).isDirectory())
      return fail(`${folder} is a file: no log can lie below it`, "use another --db")
    try {
      fs.accessSync(folder, fs.constants.W_OK)
    } catch (cause) {
      return fail(
        `${folder} cannot be written: ${firstLine(cause)}`,
        "give this user the right to write there, or use another --db",
      )
    }
    const { bavail, bsize } = fs.statfsSync(folder)
    const free = bavail * bsize
    const said = `${Math.floor(free / 1024 / 1024)} MiB free in ${folder}`
    return free < freeBytesMin
      ? warn(said, "make room, or use another --db: a log that cannot grow stops its server")
      : ok(said)
  }),
})

/** The folder, or the first one above it that there is. */
const existing = (folder: string): string =>
  fs.existsSync(folder) || path.dirname(folder) === folder ? folder : existing(path.dirname(folder))

/** What an error says, in one line. */
export const firstLine = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).split("\n")[0] ?? ""

/** Whether an environment variable that names certificates names a file there is. */
export const certificatesCheck: Check = {
  about: "certificates",
  look: Effect.sync(() => {
    const set = certificateVariables.flatMap((name) => {
      const file = process.env[name]
      return file === undefined || file === "" ? [] : [{ name, file }]
    })
    const missing = set.find(({ file }) => !fs.existsSync(file))
    if (missing !== undefined)
      return fail(
        `${missing.name} names ${missing.file}, which is not there`,
        `unset ${missing.name}, or let it name a file of certificates (PEM)`,
      )
    return ok(
      set.length === 0
        ? "no certificates but the system's"
        : set.map(({ file, name }) => `${name} is ${file}`).join(", "),
    )
  }),
}

const certificateVariables = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"]

/** Whether requests to this machine would go through a proxy of the environment. */
export const proxyEnvironmentCheck: Check = {
  about: "proxy",
  look: Effect.sync(() => {
    const of = (name: string): string => process.env[name] ?? process.env[name.toLowerCase()] ?? ""
    const set = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"].filter((name) => of(name) !== "")
    if (set.length === 0) return ok("none in the environment")
    const spared = of("NO_PROXY")
      .split(",")
      .map((name) => name.trim())
    const lacking = ["localhost", "127.0.0.1"].filter((name) => !spared.includes(name) && !spared.includes("*"))
    return lacking.length === 0
      ? ok(`${set.join(", ")} set; NO_PROXY spares this machine`)
      : warn(
          `${set.join(", ")} set, and NO_PROXY does not name ${lacking.join(" and ")}`,
          `requests to Ringback may go to that proxy: export NO_PROXY=${[...spared, ...lacking].filter((name) => name !== "").join(",")}`,
        )
  }),
}
