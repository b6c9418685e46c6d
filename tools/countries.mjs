// What a numbering plan tells of each country, read when that country is first asked about. As values of the program's script all of
// them would take V8 3 ms at each start, which asks about one or two.
import { readFileSync } from "node:fs"

/** A module that exports the same as this JSON, libphonenumber's metadata. */
export const lateCountries = (json) => {
  const { countries, ...others } = JSON.parse(json)
  const texts = Object.fromEntries(Object.entries(countries).map(([name, facts]) => [name, JSON.stringify(facts)]))
  return `const texts = ${JSON.stringify(texts)}, countries = {}
for (const name in texts) Object.defineProperty(countries, name, { configurable: true, enumerable: true, get: () => {
  const value = JSON.parse(texts[name])
  Object.defineProperty(countries, name, { enumerable: true, value })
  return value
} })
export default { ...${JSON.stringify(others)}, countries }
`
}

/** For esbuild: the metadata so. */
export const countriesLate = {
  name: "countries-late",
  setup: (build) =>
    build.onLoad({ filter: /[\\/]libphonenumber-js[\\/]metadata\.max\.json\.js$/ }, ({ path }) => ({
      contents: lateCountries(readFileSync(path.replace(/\.js$/, ""), "utf8")),
      loader: "js",
    })),
}
