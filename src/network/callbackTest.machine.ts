import { sha256 } from "../core/canonical.ts"
import type { Entry } from "../core/Entry.ts"
import {
  type ApiRequested,
  apiRequested,
  apiResponded,
  dataCleared,
  type NotKept,
  type Pair,
  turnFailed,
} from "../core/entries.ts"
import { limits } from "../core/limits.ts"
import { evolves, type Machine, reacts } from "../core/Machine.ts"

/*
 * An endpoint of this server that takes whatever is sent to it: a target for callbacks where no application listens. What arrives is an
 * input like any other request, and the newest are kept for looking at.
 */

/** The `api` of such requests. */
export const callbackTestApi = "callback-test"

/** Whether a path, without its query, is the endpoint's: `/callback-test`, or anything below it. */
export const isCallbackTest = (path: string): boolean => path === "/callback-test" || path.startsWith("/callback-test/")

/** A request that arrived. */
export interface Received {
  readonly seq: number
  readonly at: number
  readonly method: string
  readonly path: string
  /** Of the query, then of the form. */
  readonly params: ReadonlyArray<Pair>
  /** A body that is no form: what is known of it. */
  readonly body?: NotKept
}

/** What arrived since the last clearing: the newest, oldest of them first. */
export interface CallbackTest {
  received: Array<Received>
}

const paramsOf = ({ params, query }: ApiRequested): ReadonlyArray<Pair> => [...query, ...params]

const receivedOf = ({ at, data, seq }: Entry<ApiRequested>): Received => ({
  seq,
  at,
  method: data.method,
  path: data.path,
  params: paramsOf(data),
  ...(data.body === undefined ? {} : { body: data.body }),
})

/** The answer: what arrived, as an object. Of a name that comes twice the last value counts. */
export const receivedJson = (data: ApiRequested): string => {
  const last = new Map(paramsOf(data))
  const fields = [...last].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
  const body = data.body === undefined ? "" : `,"body":${JSON.stringify(data.body)}`
  return `{"status":"received","data":{${fields.join(",")}}${body}}`
}

export const callbackTestMachine: Machine<CallbackTest> = {
  name: "callbackTest",
  initial: () => ({ received: [] }),
  evolve: [
    evolves(apiRequested, (test, entry) => {
      if (entry.data.api !== callbackTestApi) return
      test.received.push(receivedOf(entry))
      // Half at a time: taking away the first of a list costs its length.
      if (test.received.length >= 2 * limits.callbackTestsKeptMax)
        test.received = test.received.slice(-limits.callbackTestsKeptMax)
    }),
    evolves(dataCleared, (test, { data: { what } }) => {
      if (what === "callbacks" || what === "all") test.received = []
    }),
  ],
  react: [
    // It changes nothing, and can be made again from the request: the answer is kept as that to a read.
    reacts(apiRequested, (_, { data, seq }) => {
      if (data.api !== callbackTestApi) return []
      const body = receivedJson(data)
      const answer = apiResponded.draft("", { rendered_at: seq, sha256: sha256(body), status: 200 }, seq)
      return [{ ...answer, aside: body }]
    }),
    reacts(turnFailed, (_, { data: { input }, seq }) =>
      input.type === apiRequested.type && (input.data as { api?: unknown }).api === callbackTestApi
        ? [apiResponded.draft("", { body: '{"status":"failed"}', status: 500 }, seq)]
        : [],
    ),
  ],
}
