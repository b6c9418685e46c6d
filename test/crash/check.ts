import Database from "better-sqlite3"
import { type MessageStatus, messageCreated, messageStatusChanged } from "../../src/carriers/delivery/entries.ts"
import { terminal } from "../../src/carriers/delivery/lifecycle.decider.ts"
import { type CallStatus, callCreated, callStatusChanged } from "../../src/carriers/twilio/calls/entries.ts"
import { ended } from "../../src/carriers/twilio/calls/lifecycle.decider.ts"
import { type OutboundRequested, outboundAnswered, outboundFailed, outboundRequested } from "../../src/core/entries.ts"
import { providerAskPurpose, providerPurpose } from "../../src/gateway/settings.ts"
import { Lives } from "../support/lives.ts"
import type { Application } from "./application.ts"

interface Stored {
  readonly seq: number
  readonly cause: number
  readonly type: string
  readonly subject: string
  readonly data: string
}

/** What a log says of messages, read without the product. */
export interface Told {
  readonly entries: number
  readonly messages: number
  readonly problems: ReadonlyArray<string>
}

/** What is told of a call: that it is answered, by the request for its instructions, and its end, by a callback. */
const toldOfCalls: ReadonlySet<string> = new Set(["in-progress", "completed", "busy", "no-answer"])

/** What is reported by a callback; `sending` and `queued` are not. */
const reported: ReadonlySet<string> = new Set(["sent", "delivered", "undelivered", "failed"])

/**
 * Whether a log whose run has settled keeps what was promised: no gap, every call and message with statuses that may
 * follow each other, every acknowledged one at its end, each of its reports arrived, nothing sent without an outcome.
 */
export const checkLog = (db: string, acknowledged: ReadonlySet<string>, application: Application): Told => {
  const log = new Database(db, { readonly: true })
  try {
    const [entries, first, last] = log.prepare("SELECT count(*), min(seq), max(seq) FROM entries").raw().get() as [
      number,
      number,
      number,
    ]
    const problems: Array<string> = []
    if (first !== 1 || last !== entries) problems.push(`${entries} entries, but seq goes from ${first} to ${last}`)
    const statuses = new Map<string, Array<string>>()
    const calls = new Map<string, Array<string>>()
    const unanswered = new Set<number>()
    const lives = new Lives()
    const rows = log.prepare(
      `SELECT e.seq, e.cause, t.name AS type, s.name AS subject, e.data FROM entries e
       JOIN types t ON t.id = e.type JOIN subjects s ON s.id = e.subject
       WHERE t.name GLOB 'message.*' OR t.name GLOB 'outbound.*' OR t.name IN ('${callCreated.type}', '${callStatusChanged.type}')
       ORDER BY e.seq`,
    )
    for (const { cause, data, seq, subject, type } of rows.iterate() as IterableIterator<Stored>) {
      const broken = lives.take({ data, subject, type })
      if (broken !== undefined) problems.push(`entry ${seq}: ${broken}`)
      if (type === messageCreated.type) statuses.set(subject, data.includes('"status":"received"') ? ["received"] : [])
      else if (type === callCreated.type) calls.set(subject, [])
      else if (type === callStatusChanged.type) calls.get(subject)?.push(JSON.parse(data).status)
      else if (type === messageStatusChanged.type) statuses.get(subject)?.push(JSON.parse(data).status)
      else if (type === outboundAnswered.type || type === outboundFailed.type) unanswered.delete(cause)
      else if (type === outboundRequested.type) {
        unanswered.add(seq)
        const { params, purpose, via } = JSON.parse(data) as Pick<OutboundRequested, "params" | "purpose" | "via">
        if (purpose === providerPurpose || purpose === providerAskPurpose) continue
        const told = ["MessageStatus", "SmsStatus", "CallStatus"]
          .map((field) => params.find(([name]) => name === field))
          .find((pair) => pair !== undefined)
        const report = `${subject} ${told?.[1]}`
        if (via === "wire" && !application.reports.has(report)) problems.push(`entry ${seq}: ${report} never arrived`)
      }
    }
    for (const seq of unanswered) problems.push(`entry ${seq} was sent and has no outcome`)
    for (const [sid, passed] of calls) {
      if (!ended.has(passed.at(-1) as CallStatus)) problems.push(`${sid} ended ${passed.at(-1) ?? "queued"}`)
      for (const status of passed)
        if (toldOfCalls.has(status) && !application.reports.has(`${sid} ${status}`))
          problems.push(`${sid} ${status} was never told`)
    }
    for (const sid of acknowledged) {
      const passed = statuses.get(sid)
      if (calls.has(sid)) continue
      if (passed === undefined) problems.push(`${sid} was acknowledged and is not in the log`)
      else if (!terminal.has(passed.at(-1) as MessageStatus)) problems.push(`${sid} ended ${passed.at(-1) ?? "queued"}`)
      for (const status of passed ?? [])
        if ((reported.has(status) || status === "received") && !application.reports.has(`${sid} ${status}`))
          problems.push(`${sid} ${status} was never reported`)
    }
    return { entries, messages: statuses.size, problems }
  } finally {
    log.close()
  }
}
