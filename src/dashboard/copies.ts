import type { Entry } from "../core/Entry.ts"
import { apiRequested, type Pair } from "../core/entries.ts"
import type { MessageStory } from "./messageStory.ts"
import { quoted } from "./texts.ts"

/* A message as something to run again elsewhere. The auth token is never in it: it is taken from the environment. */

export interface Copy {
  readonly label: string
  readonly text: string
}

/** What to copy of a message; `asking` is the entry it came from, `origin` where the browser found this server. */
export const copiesOf = (
  story: MessageStory,
  asking: Entry<unknown> | undefined,
  origin: string,
): ReadonlyArray<Copy> => {
  const { account_sid: account, direction, media } = story.created.data
  const body = story.body ?? ""
  if (direction === "inbound") {
    const order = { from: story.from, to: story.to, body, ...(media === undefined ? {} : { media }) }
    return [
      {
        label: "curl",
        text: `curl ${origin}/admin/inbound -H 'Content-Type: application/json' -d ${quoted(JSON.stringify(order))}`,
      },
      {
        label: "command",
        text: `ringback inbound --from ${quoted(story.from)} --to ${quoted(story.to)} --body ${quoted(body)}`,
      },
      { label: "scenario step", text: stepOf("inbound", order) },
    ]
  }
  const params = asking !== undefined && apiRequested.is(asking) ? asking.data.params : sendParams(story)
  const path = `/2010-04-01/Accounts/${account}/Messages.json`
  return [
    { label: "curl", text: curlOf(`${origin}${path}`, account, params) },
    { label: "SDK call", text: sdkCall("messages", params) },
    { label: "scenario step", text: stepOf("send", stepFields(params)) },
  ]
}

/** The parameters of a message that no request asked for: a reply. */
const sendParams = ({ body = "", created, from, to }: MessageStory): ReadonlyArray<Pair> => [
  ["To", to],
  ["From", from],
  ...(body === "" ? [] : [["Body", body] as const]),
  ...(created.data.media ?? []).map((url) => ["MediaUrl", url] as const),
]

/** A request that makes something, for a shell. */
export const curlOf = (url: string, account: string, params: ReadonlyArray<Pair>): string =>
  [
    `curl ${url}`,
    `-u "${account}:$TWILIO_AUTH_TOKEN"`,
    ...params.map(([name, value]) => `--data-urlencode ${quoted(`${name}=${value}`)}`),
  ].join(" \\\n  ")

/** Parameters that Twilio's Node SDK takes as lists, however many there are. Source: its `MessageListInstanceCreateOptions` and that of calls. */
const listed: ReadonlySet<string> = new Set(["MediaUrl", "RecordingStatusCallbackEvent", "StatusCallbackEvent"])

/** A call of Twilio's Node SDK. A name that comes twice is a list there. */
export const sdkCall = (resource: "calls" | "messages", params: ReadonlyArray<Pair>): string => {
  const values = new Map<string, Array<string>>()
  for (const [name, value] of params) values.set(name, [...(values.get(name) ?? []), value])
  const lines = [...values].map(([name, [first = "", ...others]]) => {
    const shown = others.length === 0 && !listed.has(name) ? JSON.stringify(first) : JSON.stringify([first, ...others])
    return `  ${keyOf(name)}: ${shown},`
  })
  return [`await client.${resource}.create({`, ...lines, "})"].join("\n")
}

const keyOf = (name: string): string => {
  const key = `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`
  return /^[a-z]\w*$/i.test(key) ? key : JSON.stringify(key)
}

/** Fields of a `send` step by the parameters they stand for. */
const fieldsOfSend: ReadonlyMap<string, string> = new Map([
  ["To", "to"],
  ["From", "from"],
  ["MessagingServiceSid", "messaging_service_sid"],
  ["Body", "body"],
  ["MediaUrl", "media"],
  ["StatusCallback", "status_callback"],
  ["SendAt", "send_at"],
  ["ValidityPeriod", "validity_period"],
])

/** Parameters as a `send` step has them; those it has no field for stand in `params`. */
const stepFields = (params: ReadonlyArray<Pair>): object => {
  const fields: Array<readonly [string, unknown]> = []
  const others: Array<Pair> = []
  const media = params.filter(([name]) => name === "MediaUrl").map(([, value]) => value)
  for (const [name, value] of params) {
    const field = fieldsOfSend.get(name)
    if (field === undefined && name !== "ScheduleType") others.push([name, value])
    else if (field !== undefined && field !== "media") fields.push([field, value])
  }
  if (media.length > 0) fields.push(["media", media])
  if (others.length > 0) fields.push(["params", paramsField(others)])
  return Object.fromEntries(fields)
}

/** Parameters that a step has no field for, by their names; one that comes more than once is a list. */
export const paramsField = (params: ReadonlyArray<Pair>): object => {
  const byName = new Map<string, Array<string>>()
  for (const [name, value] of params) byName.set(name, [...(byName.get(name) ?? []), value])
  return Object.fromEntries([...byName].map(([name, values]) => [name, values.length === 1 ? values[0] : values]))
}

/**
 * A step of a scenario file. JSON texts are YAML, too, so nothing in a value can be taken for more than text; what a scenario would
 * take for a reference to a result is told to be text.
 */
export const stepOf = (key: string, fields: object): string =>
  [
    `- ${key}:`,
    ...Object.entries(fields).map(([name, value]) => `    ${name}: ${plainText(JSON.stringify(value))}`),
  ].join("\n")

const plainText = (json: string): string => json.replace(/\$\{(?=[^{}]*\})/g, () => "$${")
