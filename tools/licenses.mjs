// The licences of the packages whose code is in the bundles, which these ask to be given on.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

/** Packages whose files pages hand to browsers: no bundle names them. */
const handedOn = ["node_modules/htmx.org"]

/** One text of all licences, package by package in the order of their names, from what esbuild tells of its bundles. */
export const licensesOf = (root, metafiles) => {
  const folders = new Set(handedOn)
  for (const { inputs } of metafiles)
    for (const path of Object.keys(inputs)) {
      const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path.replaceAll("\\", "/")) ?? []
      if (folder !== undefined) folders.add(folder)
    }
  const texts = new Map()
  for (const folder of folders) {
    const place = join(root, folder)
    const { license = "unknown", name, version } = JSON.parse(readFileSync(join(place, "package.json"), "utf8"))
    const files = readdirSync(place)
      .filter((file) => /^(?:licen[cs]e|notice|copying)/i.test(file))
      .sort()
    const said = files.map((file) => readFileSync(join(place, file), "utf8").trim())
    texts.set(`${name} ${version}`, [`${name} ${version} (${license})`, ...said].join("\n\n"))
  }
  const sorted = [...texts].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, text]) => text)
  return `Ringback's program holds code of these packages, each under its own licence.\n\n${sorted.join(`\n\n${"-".repeat(80)}\n\n`)}\n`
}
