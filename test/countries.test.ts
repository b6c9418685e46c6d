import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual } from "@effect/vitest/utils"
import { lateCountries } from "../tools/countries.mjs"

type Metadata = { readonly countries: { readonly [country: string]: unknown } }

const json = readFileSync(createRequire(import.meta.url).resolve("libphonenumber-js/metadata.max.json"), "utf8")
const made = async (): Promise<Metadata> =>
  (await import(`data:text/javascript,${encodeURIComponent(lateCountries(json))}`)).default

describe("Metadata of numbers that is read country by country", () => {
  it("is what the package has, whatever is asked first and however often", async () => {
    const whole = JSON.parse(json) as Metadata
    const late = await made()
    deepStrictEqual(Object.keys(late.countries), Object.keys(whole.countries))
    assertTrue(Object.hasOwn(late.countries, "US"))
    assertTrue(!Object.hasOwn(late.countries, "ZZ"))
    for (const name of [...Object.keys(whole.countries).reverse(), "US"])
      deepStrictEqual(late.countries[name], whole.countries[name])
    deepStrictEqual(JSON.parse(JSON.stringify(late)), whole)
  })
})
