/* Text from outside, for terminals and files that people open: what would steer a terminal stands there as escapes. */

/** Control characters, and marks that turn the direction of a text or end its line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to be replaced
const steering = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** Of these, what JSON leaves as it is in its texts. */
const steeringInJson = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

const asEscape = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`

/** One line of text made safe to print. */
export const printable = (text: string): string =>
  text.replace(steering, (char) => (char < " " ? JSON.stringify(char).slice(1, -1) : asEscape(char)))

/** JSON made safe to print: as escapes those characters mean the same. */
export const printableJson = (json: string): string => json.replace(steeringInJson, asEscape)
