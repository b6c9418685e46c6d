/*
 * What stands in a log in the place of what was erased. A text of an application may hold it too: then that turn is taken for one
 * that was edited, and is not worked out again.
 */

/** In the place of a text, or of the first number. */
export const erased = "[erased]"

/** In the place of one of several numbers, counted from 0, so that they stay apart. */
export const erasedOne = (index: number): string => (index === 0 ? erased : `[erased ${index + 1}]`)

/** Whether something of a text was erased; it may be JSON. */
export const holdsErased = (text: string): boolean => text.includes("[erased")
