/*
 * JSON Schema (draft 7) as editors read it, as far as the schemas of this repository go: a keyword that is not known here is an error,
 * so that nothing passes unlooked at.
 */

type Json = { readonly [key: string]: unknown }

/** What is wrong with a value, a line each: where, and what. Throws when the schema holds what no draft 7 schema can, or a keyword not known here. */
export const schemaFaults = (schema: Json, value: unknown): ReadonlyArray<string> => faults(schema, schema, value, "")

/** Keywords that say nothing about a value. */
const notes = new Set(["$schema", "$defs", "title", "description", "default"])

type Look = (
  wanted: never,
  value: unknown,
  all: { readonly whole: Json; readonly schema: Json; readonly at: string },
) => ReadonlyArray<string>

const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  array: Array.isArray,
  boolean: (value) => typeof value === "boolean",
  integer: Number.isInteger,
  null: (value) => value === null,
  number: (value) => typeof value === "number",
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  string: (value) => typeof value === "string",
}

const isGroup = (value: unknown): value is Json => types.object?.(value) === true
const when = (is: boolean, wrong: boolean, at: string, what: string): ReadonlyArray<string> =>
  is && wrong ? [`${at}: ${what}`] : []

const keywords: Readonly<Record<string, Look>> = {
  $ref: (to: string, value, { at, whole }) => faults(whole, target(whole, to), value, at),
  type: (type: string, value, { at }) => when(true, types[type]?.(value) !== true, at, `is no ${type}`),
  enum: (all: ReadonlyArray<unknown>, value, { at }) => when(true, !all.includes(value), at, "is none of its values"),
  anyOf: (all: ReadonlyArray<Json>, value, { at, whole }) =>
    when(
      true,
      all.every((each) => faults(whole, each, value, at).length > 0),
      at,
      "fits none of several",
    ),
  required: (names: ReadonlyArray<string>, value, { at }) =>
    names.flatMap((name) =>
      when(isGroup(value), isGroup(value) && !Object.hasOwn(value, name), `${at}/${name}`, "is missing"),
    ),
  properties: (properties: Json, value, { at, whole }) =>
    isGroup(value)
      ? Object.entries(properties).flatMap(([name, each]) =>
          Object.hasOwn(value, name) ? faults(whole, each as Json, value[name], `${at}/${name}`) : [],
        )
      : [],
  patternProperties: (patterns: Json, value, { at, whole }) =>
    Object.entries(patterns).flatMap(([pattern, each]) =>
      members(value).flatMap(([name, inner]) =>
        new RegExp(pattern, "u").test(name) ? faults(whole, each as Json, inner, `${at}/${name}`) : [],
      ),
    ),
  additionalProperties: (each: Json | boolean, value, { at, schema, whole }) => {
    const { patternProperties = {}, properties = {} } = schema as { properties?: Json; patternProperties?: Json }
    const known = (name: string) =>
      Object.hasOwn(properties, name) ||
      Object.keys(patternProperties).some((pattern) => new RegExp(pattern, "u").test(name))
    return members(value).flatMap(([name, inner]) => {
      if (known(name) || each === true) return []
      return each === false ? [`${at}/${name}: is not known`] : faults(whole, each, inner, `${at}/${name}`)
    })
  },
  propertyNames: (each: Json, value, { at, whole }) =>
    members(value).flatMap(([name]) => faults(whole, each, name, `${at}/${name}`)),
  items: (each: Json | ReadonlyArray<Json>, value, { at, whole }) =>
    Array.isArray(value)
      ? value.flatMap((item, i) => {
          const schema = Array.isArray(each) ? (each[i] as Json | undefined) : (each as Json)
          return schema === undefined ? [] : faults(whole, schema, item, `${at}/${i}`)
        })
      : [],
  additionalItems: (more: false, value, { at, schema }) =>
    when(
      Array.isArray(value),
      Array.isArray(value) && more === false && value.length > (schema.items as []).length,
      at,
      "is too long",
    ),
  minItems: (n: number, value, { at }) => when(Array.isArray(value), (value as []).length < n, at, "is too short"),
  maxItems: (n: number, value, { at }) => when(Array.isArray(value), (value as []).length > n, at, "is too long"),
  minLength: (n: number, value, { at }) =>
    when(typeof value === "string", (value as string).length < n, at, "is too short"),
  maxLength: (n: number, value, { at }) =>
    when(typeof value === "string", (value as string).length > n, at, "is too long"),
  pattern: (pattern: string, value, { at }) =>
    when(typeof value === "string", !new RegExp(pattern, "u").test(value as string), at, `does not match ${pattern}`),
  minimum: (n: number, value, { at }) =>
    when(typeof value === "number", (value as number) < n, at, `is less than ${n}`),
  maximum: (n: number, value, { at }) =>
    when(typeof value === "number", (value as number) > n, at, `is more than ${n}`),
}

const members = (value: unknown): ReadonlyArray<readonly [string, unknown]> =>
  isGroup(value) ? Object.entries(value) : []

const faults = (whole: Json, schema: Json, value: unknown, at: string): ReadonlyArray<string> => {
  const keys = Object.keys(schema).filter((key) => !notes.has(key))
  if (keys.includes("$ref") && keys.length > 1) throw new Error(`${at}: draft 7 overlooks what stands beside a $ref`)
  return keys.flatMap((key) => {
    const look = keywords[key]
    if (look === undefined) throw new Error(`${at}: the keyword ${key} is not known here`)
    return look(schema[key] as never, value, { whole, schema, at })
  })
}

const target = (whole: Json, to: string): Json => {
  const found = (whole.$defs as Json | undefined)?.[decodeURIComponent(to.replace(/^#\/\$defs\//, ""))]
  if (found === undefined) throw new Error(`${to} leads nowhere`)
  return found as Json
}
