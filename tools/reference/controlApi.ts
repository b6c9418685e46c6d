import { groupBy } from "effect/Array"
import { version } from "../../src/app/version.ts"
import { openApiOf } from "../../src/server/controlHandler.ts"
import { code, page, table } from "./markdown.ts"

/* The page of the control API: what /openapi.json says, for people. */

interface Json {
  readonly $ref?: string
  readonly type?: string
  readonly enum?: ReadonlyArray<unknown>
  readonly const?: unknown
  readonly anyOf?: ReadonlyArray<Json>
  readonly items?: Json
  readonly properties?: Readonly<Record<string, Json>>
  readonly required?: ReadonlyArray<string>
  readonly additionalProperties?: boolean | Json
  readonly description?: string
  readonly minimum?: number
  readonly maximum?: number
}

interface Operation {
  readonly operationId: string
  readonly summary?: string
  readonly description?: string
  readonly tags?: ReadonlyArray<string>
  readonly parameters?: ReadonlyArray<{
    readonly name: string
    readonly in: string
    readonly required: boolean
    readonly schema: Json
    readonly description?: string
  }>
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Json }>> }
  readonly responses: Readonly<
    Record<
      string,
      { readonly description: string; readonly content?: Readonly<Record<string, { readonly schema: Json }>> }
    >
  >
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Json>> }
  readonly tags?: ReadonlyArray<{ readonly name: string; readonly description?: string }>
}

export const controlApiPage = (): string => {
  const document = JSON.parse(openApiOf(version)) as Document
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )
  const groups = Object.entries(groupBy(operations, ({ operation }) => operation.tags?.[0] ?? "others"))
  return page(
    "Control API",
    "What a server answers besides the carrier's API, made from `/openapi.json`; `/docs` of a running server shows the same and sends requests. Reading it for tests: [testing](../testing.md).",
    ...groups.flatMap(([name, all]) => [
      `## ${name}`,
      document.tags?.find((tag) => tag.name === name)?.description ?? "",
      ...all.flatMap((each) => operationParts(each, document)),
    ]),
    "## Shapes",
    ...Object.entries(document.components.schemas)
      .filter(([name]) => !(name in simple))
      .flatMap(([name, schema]) => {
        const rows = fieldRows(schema)
        return [`### ${name}`, schema.description ?? "", rows === "" ? `${words(schema)}` : rows]
      }),
  )
}

const operationParts = (
  { method, operation, path }: { readonly method: string; readonly path: string; readonly operation: Operation },
  { components }: Document,
): ReadonlyArray<string> => {
  const { description, parameters = [], requestBody, responses, summary } = operation
  const bodies = Object.values(requestBody?.content ?? {}).map(({ schema }) => schema)
  return [
    `### ${method} ${path.replaceAll(/[{}]/g, (brace) => (brace === "{" ? ":" : ""))}`,
    [summary, description].filter((text) => text !== undefined && text !== "").join(" "),
    table(
      ["parameter", "is", ""],
      parameters.map(({ description: says, in: where, name, required, schema }) => [
        `${code(name)} (${where})`,
        `${words(schema)}${required ? "" : "; optional"}`,
        told(says ?? schema.description),
      ]),
    ),
    ...bodies.map((schema) =>
      [`Takes ${words(schema)}.`, fieldRows(schema)].filter((text) => text !== "").join("\n\n"),
    ),
    table(
      ["answer", "", "body"],
      Object.entries(responses).map(([status, { content = {}, description: says }]) => [
        status,
        // Without a description the library repeats the name.
        content["application/json"]?.schema.$ref?.endsWith(`/${says}`) || says === "Success"
          ? (firstSays(content, components.schemas) ?? "")
          : says,
        [...new Set(Object.values(content).map(({ schema }) => words(schema)))].join(" or "),
      ]),
    ),
  ]
}

/** A description, but for those that the library gives its own schemas. */
const told = (description = ""): string => (description.startsWith("a string ") ? "" : description)

const firstSays = (
  content: Readonly<Record<string, { readonly schema: Json }>>,
  schemas: Document["components"]["schemas"],
) => {
  const [first] = Object.values(content)
  return first?.schema.description ?? schemas[nameOf(first?.schema.$ref)]?.description
}

const nameOf = (ref: string | undefined): string => ref?.replace("#/components/schemas/", "") ?? ""

/** Keys of a shape, and of the forms it can have. */
const fieldRows = (schema: Json): string => table(["field", "is", ""], keyRows(schema, "", true))

const keyRows = (schema: Json, path: string, all: boolean): ReadonlyArray<ReadonlyArray<string>> => [
  ...Object.entries(schema.properties ?? {}).flatMap(([name, each]) => {
    const inner = path === "" ? name : `${path}.${name}`
    const optional = !all || !(schema.required ?? []).includes(name)
    return [
      [code(inner), `${words(each)}${optional ? "; optional" : ""}`, each.description ?? ""],
      ...keyRows(each, inner, true),
    ]
  }),
  ...(schema.items === undefined ? [] : keyRows(schema.items, `${path}[]`, true)),
  ...(schema.anyOf ?? []).flatMap((form) => keyRows(form, path, false)),
]

/** Shapes that are words, and those of the library's own errors, which say no more than their message. */
const simple: Readonly<Record<string, string>> = {
  Int: "whole number",
  NonNegativeInt: "whole number, from 0",
  HttpApiDecodeError: "what was expected and found",
  Issue: "",
  PropertyKey: "",
}

/** What a value has to be, in words; a shape that has a name by a link to it. */
const words = (schema: Json): string => {
  const known = simple[nameOf(schema.$ref)]
  if (known !== undefined) return known
  if (schema.$ref !== undefined) return `[${nameOf(schema.$ref)}](#${nameOf(schema.$ref).toLowerCase()})`
  if (schema.enum !== undefined) return schema.enum.map((each) => code(String(each))).join(", ")
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(words))].join(" or ")
  if (schema.type === "array") return `list: ${schema.items === undefined ? "anything" : words(schema.items)}`
  if (schema.type === "integer") return `whole number${bounds(schema)}`
  if (schema.type === "number") return `number${bounds(schema)}`
  if (schema.type === "boolean") return "true or false"
  if (schema.type === "string") return schema.description === "a string to be decoded into a number" ? "number" : "text"
  if (schema.type === "object") return "group"
  return schema.type ?? "anything"
}

const bounds = ({ maximum, minimum }: Json): string => {
  if (minimum !== undefined && maximum !== undefined) return `, ${minimum} to ${maximum}`
  if (minimum !== undefined) return `, from ${minimum}`
  return maximum === undefined ? "" : `, at most ${maximum}`
}
