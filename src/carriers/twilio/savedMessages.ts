import { add, addGone, type Message, type Messages, nextPlace, noMessages } from "./messages.ts"

/** What a snapshot holds of messages besides themselves. */
export interface SavedHead
  extends Pick<Messages, "busyUntil" | "carriersBusyUntil" | "cleared" | "deleted" | "media" | "scheduled"> {
  readonly nextPlace: number
}

export const headOf = (messages: Messages): SavedHead => {
  const { busyUntil, carriersBusyUntil, cleared, deleted, media, scheduled } = messages
  return { busyUntil, carriersBusyUntil, cleared, deleted, media, scheduled, nextPlace: nextPlace(messages) }
}

/** Messages before those that were saved are added. */
export const messagesFrom = ({ nextPlace: _, ...head }: SavedHead): Messages => ({ ...noMessages(), ...head })

/** Messages that follow each other, for a snapshot: a list for each field, which costs a tenth of an object for each. */
export type SavedMessages = {
  readonly [Field in Exclude<keyof Message, RepeatedText>]: ReadonlyArray<Message[Field]>
} & { readonly [Field in RepeatedText]: Coded<Message[Field]> }

/** Fields whose texts come again and again. */
type RepeatedText = "accountSid" | "from" | "direction" | "status" | "statusCallback"

/** A list by the indexes of its values. */
interface Coded<A> {
  readonly values: ReadonlyArray<A>
  readonly indexes: ReadonlyArray<number>
}

/** Messages that one part of a snapshot holds. */
const savedTogether = 10_000

/** All messages in their order, some at a time; one that is gone is left out. */
export function* saveMessages({ all }: Messages): Generator<SavedMessages> {
  for (let i = 0; i < all.length; i += savedTogether)
    yield savedOf(all.slice(i, i + savedTogether).filter((message) => message !== undefined))
}

const savedOf = (some: ReadonlyArray<Message>): SavedMessages => ({
  sid: some.map(({ sid }) => sid),
  n: some.map(({ n }) => n),
  accountSid: coded(some.map(({ accountSid }) => accountSid)),
  to: some.map(({ to }) => to),
  from: coded(some.map(({ from }) => from)),
  body: some.map(({ body }) => body),
  direction: coded(some.map(({ direction }) => direction)),
  numSegments: some.map(({ numSegments }) => numSegments),
  numMedia: some.map(({ numMedia }) => numMedia),
  created: some.map(({ created }) => created),
  status: coded(some.map(({ status }) => status)),
  errorCode: some.map(({ errorCode }) => errorCode),
  updatedAfter: some.map(({ updatedAfter }) => updatedAfter),
  sentAfter: some.map(({ sentAfter }) => sentAfter),
  plan: some.map(({ plan }) => plan),
  statusCallback: coded(some.map(({ statusCallback }) => statusCallback)),
  priceMicros: some.map(({ priceMicros }) => priceMicros),
  rare: some.map(({ rare }) => rare),
})

const coded = <A>(list: ReadonlyArray<A>): Coded<A> => {
  const known = new Map<A, number>()
  const indexes = list.map((value) => {
    const index = known.get(value) ?? known.size
    known.set(value, index)
    return index
  })
  return { values: [...known.keys()], indexes }
}

/** Adds messages as they were saved to those before them. */
export const loadMessages = (messages: Messages, saved: SavedMessages): void => {
  const {
    sid,
    n,
    to,
    body,
    numSegments,
    numMedia,
    created,
    errorCode,
    updatedAfter,
    sentAfter,
    plan,
    priceMicros,
    rare,
  } = saved
  const accountSid = decoder(saved.accountSid)
  const from = decoder(saved.from)
  const direction = decoder(saved.direction)
  const status = decoder(saved.status)
  const statusCallback = decoder(saved.statusCallback)
  for (let i = 0; i < sid.length; i++) {
    addGone(messages, n[i] as number)
    add(messages, {
      sid: sid[i] as string,
      n: n[i] as number,
      accountSid: accountSid(i),
      to: to[i] as string,
      from: from(i),
      body: body[i] as string,
      direction: direction(i),
      numSegments: numSegments[i] as number,
      numMedia: numMedia[i] as number,
      created: created[i] as number,
      status: status(i),
      errorCode: errorCode[i],
      updatedAfter: updatedAfter[i] as number,
      sentAfter: sentAfter[i],
      plan: plan[i],
      statusCallback: statusCallback(i),
      priceMicros: priceMicros[i],
      rare: rare[i],
    })
  }
}

const decoder =
  <A>({ values, indexes }: Coded<A>) =>
  (i: number): A =>
    values[indexes[i] as number] as A
