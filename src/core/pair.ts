/** A name and a value, in order of arrival; names from outside are never object keys. */
export type Pair = readonly [name: string, value: string]
