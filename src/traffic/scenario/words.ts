/** Names of a scenario for SIDs of a recording. */
export type NamesBySid = ReadonlyMap<string, string>

/** A text that stands for itself: `${` is no reference in it. */
export const plain = (text: string): string => text.replace(/\$(?=\$*\{)/g, "$$$$")
