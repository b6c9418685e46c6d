const literal = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&")
const any = "…"

/**
 * What a document says is printed, as a pattern: `…` in a line stands for any text, a line `…` for any lines, none of them too.
 */
export const printedPattern = (printed: string): RegExp => {
  const lines = printed.trimEnd().split("\n")
  let pattern = ""
  for (const [i, line] of lines.entries()) {
    const first = lines.slice(0, i).every((before) => before.trim() === any)
    if (line.trim() !== any) pattern += `${first ? "" : "\\n"}${line.split(any).map(literal).join("[^\\n]*")}`
    else pattern += first ? "(?:[^]*\\n)?" : "(?:\\n[^]*)?"
  }
  return lines.every((line) => line.trim() === any) ? /^/ : new RegExp(`^${pattern}$`)
}

/** Whether a text is what a document says is printed; spaces at its end and the kind of line ends count for nothing. */
export const isPrinted = (printed: string, text: string): boolean =>
  printedPattern(printed).test(text.replaceAll("\r\n", "\n").trimEnd())
