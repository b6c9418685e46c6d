/* Pieces of the pages of docs/reference. */

/** A text in a cell of a table: on one line, its bars escaped. */
export const cell = (text: string): string =>
  text
    .replaceAll(/\s*\n\s*/g, " ")
    .replaceAll("|", "\\|")
    .trim()

export const code = (text: string): string => `\`${text}\``

/** A table; none where there are no rows. */
export const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  rows.length === 0
    ? ""
    : [
        `| ${head.join(" | ")} |`,
        `|${head.map(() => "---").join("|")}|`,
        ...rows.map((row) => `| ${row.map(cell).join(" | ")} |`),
      ].join("\n")

/** A page of its parts; empty ones are left out. */
export const page = (title: string, ...parts: ReadonlyArray<string>): string =>
  `${[`# ${title}`, "<!-- Made by npm run reference from the Schemas of the program; not edited by hand. -->", ...parts]
    .filter((part) => part !== "")
    .join("\n\n")}\n`

/** What a text begins with, as a sentence. */
export const sentence = (text: string): string =>
  text === "" ? "" : `${text[0]?.toUpperCase()}${text.slice(1)}${/[.:!?]$/.test(text) ? "" : "."}`
