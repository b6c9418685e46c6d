import { createHash } from "node:crypto"
import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

/** SHA-256 of a text or bytes, in hex. */
export const sha256 = (data) => createHash("sha256").update(data).digest("hex")

/** What a native addon was built for: loads elsewhere are not to be trusted. */
export const nativeKey = (versions = process.versions, platform = process.platform, arch = process.arch) =>
  `${platform}-${arch}-${versions.modules}`

/**
 * Whether what npm says it installed (`installed`, its hidden lock file) is what the lock file asks for (`wanted`).
 *
 * Optional packages may be absent: those of other platforms always are.
 */
export const sameTree = (wanted, installed) => {
  const want = wanted?.packages ?? {}
  const have = installed?.packages ?? {}
  for (const [path, there] of Object.entries(have)) {
    const asked = want[path]
    if (asked === undefined || asked.version !== there.version || asked.integrity !== there.integrity) return false
  }
  return Object.entries(want).every(
    ([path, asked]) => path === "" || path in have || asked.optional === true || asked.devOptional === true,
  )
}

/** The files a build is made of, below `root`, as sorted paths with `/`. Tests are no part of it. */
export const buildInputs = (root) => {
  const files = [
    "package.json",
    "package-lock.json",
    "tools/build.mjs",
    "tools/countries.mjs",
    "tools/driver.mjs",
    "tools/hostGlobals.mjs",
    "tools/launch.cjs",
    "tools/libraries.mjs",
    "tools/licenses.mjs",
    "tools/packs.mjs",
    "tools/stamps.mjs",
    "tools/warm.mjs",
  ].filter((file) => existsSync(join(root, file)))
  const walk = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory()) walk(path)
      else if (!/\.(test|contract|fuzz)\.ts$/.test(entry.name)) files.push(path)
    }
  }
  if (existsSync(join(root, "src"))) walk("src")
  return files.sort()
}

/** Changes when a file comes, goes, or is written; cheap: nothing is read. */
export const quickPrint = (root, files) =>
  sha256(
    files.map((file) => ((stat) => `${file} ${stat.size} ${stat.mtimeMs}\n`)(lstatSync(join(root, file)))).join(""),
  )

/** Changes when a file comes, goes, or says something else. */
export const contentPrint = (root, files) => {
  const hash = createHash("sha256")
  for (const file of files) hash.update(`${file} ${sha256(readFileSync(join(root, file)))}\n`)
  return hash.digest("hex")
}
