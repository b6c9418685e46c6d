/** A [name, value] pair in arrival order; names from outside are never object keys. */
export type Pair = readonly [name: string, value: string]
