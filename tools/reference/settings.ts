import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { groupBy } from "effect/Array"
import { isMap, isScalar, isSeq, parseDocument, type YAMLMap } from "yaml"
import { SettingsFile } from "../../src/app/settingsFile.ts"
import { code, page, table } from "./markdown.ts"
import { rowsOf } from "./shape.ts"

/* The page of settings: keys and what they take from the Schema; what they are for and their defaults from the files that documents show. */

const root = join(fileURLToPath(new URL(".", import.meta.url)), "../..")

/** The first file that docs/settings.md shows: every key with its default. A test holds it to the program. */
export const shownDefaults = (): string => /^```yaml\n(.*?)^```$/ms.exec(read("docs/settings.md"))?.[1] ?? ""

interface Told {
  readonly says: string
  readonly value: string
}

export const settingsPage = (): string => {
  const own = told(shownDefaults())
  const others = documents().flatMap((name) =>
    [...read(name).matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = ""]) => told(text)),
  )
  const saysOf = (path: string): string => {
    const fits = new RegExp(`^${path.replaceAll("[]", "").replaceAll(".", "\\.").replaceAll("*", "[^.]+")}$`)
    return (
      [own, ...others]
        .flatMap((each) => [...each].flatMap(([key, { says }]) => (fits.test(key) ? [says] : [])))
        .find((text) => text !== "") ?? ""
    )
  }
  const rows = rowsOf(SettingsFile).map(({ is, path, required, says }) => ({
    path,
    cells: [
      code(path),
      is === "group" ? "" : `${is}${required ? "; has to be said" : ""}`,
      own.get(path)?.value ?? "",
      saysOf(path) || (says === is ? "" : says),
    ],
  }))
  const sections = Object.entries(groupBy(rows, ({ path }) => path.split(/[.[]/)[0] ?? ""))
  return page(
    "Settings",
    "Every key of a settings file, and what it takes. `[]` stands for the items of a list, `*` for keys that are free. How they work together: [settings](../settings.md).",
    ...sections.flatMap(([name, keys]) => [
      `## ${name}`,
      table(
        ["key", "takes", "default", ""],
        keys.filter(({ cells }) => cells.slice(1).some((text) => text !== "")).map(({ cells }) => cells),
      ),
    ]),
  )
}

const read = (name: string): string => readFileSync(join(root, name), "utf8")

const documents = (): ReadonlyArray<string> =>
  readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => `docs/${name}`)

/** What a file of settings says by its values, and by the comments behind them. */
const told = (text: string): ReadonlyMap<string, Told> => {
  const found = new Map<string, Told>()
  const { contents, errors } = parseDocument(text, { logLevel: "silent" })
  if (errors.length > 0) return found
  const walk = (map: YAMLMap, path: string): void => {
    for (const { key, value } of map.items) {
      const inner = path === "" ? String(key) : `${path}.${key}`
      const { comment } = (value ?? {}) as { readonly comment?: string | null }
      const says = (comment ?? "")
        .trim()
        .replace(/(?:^|, )see (?:below|load\.md)/, "")
        .trim()
      if (isSeq(value)) for (const item of value.items) if (isMap(item)) walk(item, inner)
      if (isMap(value) && value.items.length > 0) walk(value, inner)
      else
        found.set(inner, {
          says: says.startsWith("{") ? "" : says,
          value: isScalar(value) && value.source !== "" && value.value !== null ? code(String(value.source)) : "",
        })
    }
  }
  if (isMap(contents)) walk(contents, "")
  return found
}
