/** Lists whose items are exchanges; the empty one is the file itself. */
export const lists = ["log.entries", "http_interactions", "interactions", ""] as const
export type List = (typeof lists)[number]

/** A piece of a file that should be an exchange: where it stands, and what it is; or why nothing can be said of it. */
export type Item =
  | {
      readonly _tag: "Found"
      readonly place: string
      readonly list: List | "row" | "row at the end"
      readonly value: unknown
    }
  | { readonly _tag: "Lost"; readonly place: string; readonly reason: string }
  /** Nothing is lost by it, but whoever imports should know. */
  | { readonly _tag: "Note"; readonly place: string; readonly reason: string }
