import { type TranscriptLine, transcriptOf } from "../carriers/twilio/calls/transcript.ts"
import type { Entry } from "../core/Entry.ts"

/* What was heard and done in a call, as far as pages show it. Pure. */

/** Lines that are shown, and characters of a text of one: `GET /admin/calls/{sid}/transcript` and the log have the rest. */
const linesShown = 150
const textShown = 600

const shortened = (line: TranscriptLine): TranscriptLine =>
  line.text === undefined || line.text.length <= textShown
    ? line
    : { ...line, text: `${line.text.slice(0, textShown)}…` }

/** The transcript from its beginning, and how many lines follow. */
export const firstLines = (
  entries: ReadonlyArray<Entry<unknown>>,
): { readonly lines: ReadonlyArray<TranscriptLine>; readonly moreLines: number } => {
  const lines = transcriptOf(entries)
  return { lines: lines.slice(0, linesShown).map(shortened), moreLines: Math.max(0, lines.length - linesShown) }
}

/** The end of the transcript. */
export const lastLines = (entries: ReadonlyArray<Entry<unknown>>, most: number): ReadonlyArray<TranscriptLine> =>
  transcriptOf(entries).slice(-most).map(shortened)
