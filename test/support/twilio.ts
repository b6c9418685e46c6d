import { strictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import { settingsOf } from "../../src/app/settings.ts"
import type { TwilioSettings } from "../../src/carriers/twilio/settings.ts"
import { loadTemplates } from "../../src/carriers/twilio/templateFiles.ts"
import { twilioMachine } from "../../src/carriers/twilio/twilio.machine.ts"
import { nextTimer, timersMachine } from "../../src/clock/timers.machine.ts"
import { type JsonObject, sha256 } from "../../src/core/canonical.ts"
import type { Entry } from "../../src/core/Entry.ts"
import {
  type ApiRequested,
  type ApiResponded,
  apiRequested,
  apiResponded,
  type Pair,
  runStarted,
  timerFired,
} from "../../src/core/entries.ts"
import type { World } from "../../src/core/Machine.ts"
import { type Fact, givenEntries, type Stage } from "./given.ts"

const { run: usual } = settingsOf({})

export const account = usual.twilio.account_sid
export const templates: Readonly<Record<string, string>> = Either.getOrThrow(loadTemplates(undefined)).texts

/** What differs from the settings of an empty file. */
export interface Differently extends Omit<Partial<TwilioSettings>, "callbacks" | "validation"> {
  readonly callbacks?: Partial<TwilioSettings["callbacks"]>
  readonly validation?: Partial<TwilioSettings["validation"]>
}

/** The beginning of a run of the exchange. */
export const started = ({ callbacks, validation, ...twilio }: Differently = {}): Fact =>
  runStarted.draft("", {
    flags: [],
    format: 1,
    rules: 1,
    seed: 1,
    settings: {
      ...usual,
      twilio: {
        ...usual.twilio,
        ...twilio,
        callbacks: { ...usual.twilio.callbacks, ...callbacks },
        validation: { ...usual.twilio.validation, ...validation },
      },
    } as unknown as JsonObject,
    templates,
  })

/** A run of the carrier alone. */
export const twilio = (settings?: Differently): Stage => givenEntries(twilioMachine, started(settings))

/** The credentials of the run's account. */
export const auth: NonNullable<ApiRequested["auth"]> = { password: usual.twilio.auth_token, user: account }

export const messagesPath = `/2010-04-01/Accounts/${account}/Messages.json`
export const messagePath = (sid: string) => `/2010-04-01/Accounts/${account}/Messages/${sid}.json`

/** A request of the API, with the account's credentials unless it says otherwise. */
export const asked = ({
  auth: shown = auth,
  ...request
}: Partial<Omit<ApiRequested, "auth">> & {
  readonly auth?: ApiRequested["auth"] | "none"
}): Fact =>
  apiRequested.draft("", {
    api: "twilio",
    ...(shown === "none" ? {} : { auth: shown }),
    method: "POST",
    params: [],
    path: messagesPath,
    query: [],
    ...request,
  })

export const get = (path: string, query: ReadonlyArray<Pair> = []): Fact => asked({ method: "GET", path, query })
export const post = (params: ReadonlyArray<Pair>): Fact => asked({ params })
/** A POST to a resource that exists. */
export const update = (path: string, params: ReadonlyArray<Pair>): Fact => asked({ path, params })
export const remove = (path: string): Fact => asked({ method: "DELETE", path })

/** Runs timers until the world is idle, or until none is due by `until`; gives every entry that was made, too. */
export const ranUntil = (stage: Stage, until = Number.MAX_SAFE_INTEGER): Stage => {
  const made = [...stage.made]
  let here = stage
  for (let next = nextTimer(here.world.slice(timersMachine)); next !== undefined && next.due <= until; ) {
    const { due, key, set, subject } = next
    here = here.when({ ...timerFired.draft(subject, { key }, set), at: Math.max(due, here.world.at) })
    made.push(...here.made)
    next = nextTimer(here.world.slice(timersMachine))
  }
  return { ...here, made }
}

/** A request with its fields where its method has them: in the query to read, in the form otherwise. */
export const call = (
  method: string,
  path: string,
  fields: Readonly<Record<string, string>> = {},
  shown: ApiRequested["auth"] | "none" = auth,
): Fact => {
  const pairs = Object.entries(fields)
  return asked({ auth: shown, method, path, ...(method === "GET" ? { query: pairs } : { params: pairs }) })
}

/** The parameters of a message that is fine. */
export const fine: ReadonlyArray<Pair> = [
  ["To", "+15551234567"],
  ["From", "+15550000001"],
  ["Body", "Hello"],
]

/** The parameters of a fine message with some of them changed, or left out. */
export const form = (changes: Readonly<Record<string, string | undefined>>): ReadonlyArray<Pair> => {
  const all = new Map<string, string | undefined>([...fine, ...Object.entries(changes)])
  return [...all].filter((pair): pair is [string, string] => pair[1] !== undefined)
}

/** A service that a run without services takes for one. */
export const anyService = `MG${"0".repeat(32)}`

/** The parameters of a message that is scheduled, an hour into a run that begins with the epoch. */
export const inAnHour: ReadonlyArray<Pair> = form({
  From: undefined,
  MessagingServiceSid: anyService,
  ScheduleType: "fixed",
  SendAt: "1970-01-01T01:00:00Z",
})

/** An answer as the API's user sees it. */
export interface Answer {
  readonly status: number
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look at the fields they expect
  readonly body: any
}

/**
 * The answer of the last turn, once it is checked that there is exactly one, that it names the request, and that the answer to a
 * read is kept by its hash alone.
 */
export const answerOf = ({ made }: Stage): Answer => {
  const asked = made[0]?.entry as Entry<ApiRequested>
  const answers = made.filter(({ entry }) => entry.type === apiResponded.type)
  strictEqual(answers.length, 1, "one api.responded")
  const { entry, aside } = answers[0]!
  const data = entry.data as ApiResponded
  strictEqual(entry.cause, asked.seq)
  const reads = asked.data.method === "GET" || asked.data.method === "HEAD"
  strictEqual("body" in data, !reads, "an answer to a read is not kept whole, any other is")
  if (!("body" in data)) {
    strictEqual(data.rendered_at, asked.seq)
    strictEqual(data.sha256, sha256(aside ?? ""))
  } else strictEqual(aside, undefined)
  const text = "body" in data ? data.body : (aside ?? "")
  strictEqual(text === "", data.status === 204, "only 204 has no body")
  return { status: data.status, text, body: text === "" ? undefined : JSON.parse(text) }
}

/** The messages of a world, without their chains and texts that are shared. */
export const messagesIn = (world: World) => {
  const { bySid, byFrom: _, byTo: __, texts: ___, ...others } = world.slice(twilioMachine).messages
  return { ...others, bySid: [...bySid] }
}
