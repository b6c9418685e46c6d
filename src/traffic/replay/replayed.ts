import { SaxesParser } from "saxes"
import { isAnswered, type RecordedExchange, textOf } from "../../core/traffic/RecordedExchange.ts"
import type { FieldDifference } from "../compare/fields.ts"
import { compareTexts } from "../compare/fields.ts"
import { Sids } from "../compare/Sids.ts"

/* What is made of the answers to recorded webhooks that are sent again. */

/** What an application answered now. */
export type AnswerNow =
  | { readonly status: number; readonly contentType: string; readonly body: string }
  | { readonly failed: string }

/** How an answer differs from the recorded one; `undefined` where none was recorded. */
export const differencesNow = (
  { answer }: RecordedExchange,
  now: AnswerNow,
): ReadonlyArray<FieldDifference> | undefined => {
  if (!isAnswered(answer)) return undefined
  if ("failed" in now) return [{ field: "answer", recorded: String(answer.status), made: now.failed }]
  const status =
    answer.status === now.status ? [] : [{ field: "status", recorded: String(answer.status), made: String(now.status) }]
  const text = textOf(answer.body)
  if (text === undefined) return status
  const [recordedXml, madeXml] = [xmlOf(text), xmlOf(now.body)]
  const by = { sids: new Sids(), standIns: false }
  const body =
    recordedXml !== undefined && madeXml !== undefined
      ? compareTexts(recordedXml, madeXml, by)
      : compareTexts(text, now.body, by)
  return [...status, ...body.differences]
}

/**
 * An XML document in one writing: a line for each element and text, attributes in order, without blanks between elements. `undefined`
 * for what is no XML.
 */
export const xmlOf = (text: string): string | undefined => {
  if (!text.trimStart().startsWith("<")) return undefined
  const lines: Array<string> = []
  let depth = 0
  let broken = false
  const parser = new SaxesParser({ xmlns: false })
  const indent = () => "  ".repeat(depth)
  parser.on("error", () => {
    broken = true
  })
  parser.on("opentag", ({ attributes, name }) => {
    const sorted = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))
    lines.push(`${indent()}<${[name, ...sorted.map(([key, value]) => `${key}=${JSON.stringify(value)}`)].join(" ")}>`)
    depth++
  })
  parser.on("closetag", () => {
    depth--
  })
  for (const kind of ["text", "cdata"] as const)
    parser.on(kind, (value: string) => {
      if (value.trim() !== "") lines.push(`${indent()}${value.trim()}`)
    })
  parser.write(text).close()
  return broken ? undefined : lines.join("\n")
}
