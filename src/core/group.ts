/** Values by names, as an object of JSON or of YAML is. */
export interface Group {
  readonly [key: string]: unknown
}

export const isGroup = (value: unknown): value is Group =>
  typeof value === "object" && value !== null && !Array.isArray(value)
