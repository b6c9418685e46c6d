import type { Pair } from "../../core/entries.ts"
import { formBody } from "../../core/form.ts"
import type { RecordedExchange } from "../../core/traffic/RecordedExchange.ts"
import { instantOf, shown, type Told, Unusable } from "./Told.ts"

/*
 * Rows of the message log that Twilio's console exports as CSV:
 * From,To,Body,Status,SentDate,ApiVersion,NumSegments,ErrorCode,AccountSid,Sid,Direction,Price,PriceUnit.
 * The lists of the API as CSV have the same columns by other names. A row tells of a message and not of requests: what is made of it
 * is what has to have been asked for the message to be there, with no more in the answer than the row says.
 */

/** A row by its columns' names, in small letters and without anything between: `sentdate`. */
export type LogRow = ReadonlyMap<string, string>

/** Where a message that came in is told to. The log does not say; a replay says where the application is. */
const webhookUrl = "http://localhost/"
const noAnswer = "the message log does not say what the application answered"

/** Whether all that is known of an answer is that a message log says nothing of it. */
export const saysNoAnswer = (answer: Told["answer"] | RecordedExchange["answer"]): boolean =>
  "failed" in answer && answer.failed === noAnswer

/** Columns without which nothing can be said of a message. */
const needed = ["from", "to", "sid", "direction", "status"]

/** The columns of a header, or why it is none of a message log. */
export const columnsOf = (header: ReadonlyArray<string>): ReadonlyArray<string> => {
  const columns = header.map((name) => name.toLowerCase().replace(/[^a-z]/g, ""))
  const missing = needed.filter((name) => !columns.includes(name))
  if (missing.length > 0)
    throw new Unusable(
      `expected the columns of a message log; ${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} not among ${shown(header.join(","))}`,
    )
  return columns
}

/** What a row stands for: the request that made a message, or the webhook about one that came in. */
export const readLogRow = (row: LogRow): Told => {
  const sid = row.get("sid") ?? ""
  const accountSid = row.get("accountsid") ?? ""
  if (!/^(?:SM|MM)[0-9a-f]{32}$/.test(sid)) throw new Unusable(`expected the SID of a message, found ${shown(sid)}`)
  if (!/^AC[0-9a-f]{32}$/.test(accountSid))
    throw new Unusable(`expected the SID of an account, found ${shown(accountSid)}`)
  const direction = row.get("direction") ?? ""
  const at = instantOf(row.get("datecreated")) ?? instantOf(row.get("sentdate")) ?? instantOf(row.get("datesent"))
  const common = { at, took: 0, id: sid, method: "POST" }
  if (direction === "inbound") return { ...common, ...arrived(row, sid, accountSid) }
  if (direction === "outbound-api") return { ...common, ...sent(row, sid, accountSid) }
  if (direction === "outbound-reply" || direction === "outbound-call")
    throw new Unusable(`no request made it: it is ${direction}, which follows from TwiML that the log does not hold`)
  throw new Unusable(`expected inbound or outbound-api as its direction, found ${shown(direction)}`)
}

/** The message as the log shows it at its end. */
export const readLogRowAtEnd = (row: LogRow, at: number): Told | undefined => {
  const [sid = "", accountSid = ""] = [row.get("sid"), row.get("accountsid")]
  if (row.get("direction") !== "outbound-api" || !/^(?:SM|MM)[0-9a-f]{32}$/.test(sid)) return undefined
  const code = row.get("errorcode") ?? ""
  return {
    at,
    took: 0,
    method: "GET",
    url: `${messages(accountSid)}/${sid}.json`,
    headers: [],
    body: "",
    answer: answered(200, {
      ...resource(row, sid, accountSid),
      status: row.get("status") ?? "",
      error_code: /^\d{1,6}$/.test(code) && code !== "0" ? Number(code) : null,
    }),
    id: `${sid} at the end`,
  }
}

const messages = (accountSid: string): string => `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Messages`

const sent = (row: LogRow, sid: string, accountSid: string) => ({
  url: `${messages(accountSid)}.json`,
  headers: form,
  body: formBody(
    (
      [
        ["To", "to"],
        ["From", "from"],
        ["MessagingServiceSid", "messagingservicesid"],
        ["Body", "body"],
      ] as const
    ).flatMap(([name, column]): ReadonlyArray<Pair> => {
      const value = row.get(column) ?? ""
      return value === "" ? [] : [[name, value]]
    }),
  ),
  answer: answered(201, resource(row, sid, accountSid)),
})

const arrived = (row: LogRow, sid: string, accountSid: string) => ({
  url: webhookUrl,
  headers: form,
  body: formBody([
    ["AccountSid", accountSid],
    ["ApiVersion", row.get("apiversion") || "2010-04-01"],
    ["Body", row.get("body") ?? ""],
    ["From", row.get("from") ?? ""],
    ["MessageSid", sid],
    ["NumMedia", row.get("nummedia") || "0"],
    ["NumSegments", row.get("numsegments") || "1"],
    ["SmsMessageSid", sid],
    ["SmsSid", sid],
    ["SmsStatus", "received"],
    ["To", row.get("to") ?? ""],
  ]),
  answer: { failed: noAnswer },
})

const form: ReadonlyArray<Pair> = [["content-type", "application/x-www-form-urlencoded"]]

/** What of a row never changes. */
const resource = (row: LogRow, sid: string, accountSid: string) => ({
  account_sid: accountSid,
  body: row.get("body") ?? "",
  direction: row.get("direction") ?? "",
  from: row.get("from") ?? "",
  sid,
  to: row.get("to") ?? "",
})

const answered = (status: number, fields: object): Told["answer"] => ({
  status,
  headers: [["content-type", "application/json"]],
  body: JSON.stringify(fields),
})
