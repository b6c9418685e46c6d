/*
 * What waits, as places of requests: first in, first out where it may go at once; by when it is due where it may not. Plain numbers, so
 * that a million of them cost little.
 */

/** First in, first out. What was taken is dropped in pieces. */
export interface Fifo {
  items: Array<number>
  head: number
}

export const newFifo = (): Fifo => ({ items: [], head: 0 })

export const pushed = (fifo: Fifo, item: number): void => {
  fifo.items.push(item)
}

/** The item that has waited longest. */
export const headOf = ({ items, head }: Fifo): number | undefined => items[head]

export const shift = (fifo: Fifo): void => {
  fifo.head++
  if (fifo.head < droppedTogether && fifo.head < fifo.items.length) return
  fifo.items = fifo.items.slice(fifo.head)
  fifo.head = 0
}

export const lengthOf = ({ items, head }: Fifo): number => items.length - head

const droppedTogether = 16_384

/** A binary heap by (due, place). */
export interface DueHeap {
  readonly due: Array<number>
  readonly places: Array<number>
}

export const newHeap = (): DueHeap => ({ due: [], places: [] })

/** When the first is due. */
export const firstDue = ({ due }: DueHeap): number | undefined => due[0]

export const put = ({ due, places }: DueHeap, when: number, place: number): void => {
  let i = due.length
  while (i > 0) {
    const parent = (i - 1) >> 1
    if (!isSooner(when, place, due[parent] as number, places[parent] as number)) break
    due[i] = due[parent] as number
    places[i] = places[parent] as number
    i = parent
  }
  due[i] = when
  places[i] = place
}

/** Takes the first. */
export const takeFirst = ({ due, places }: DueHeap): number | undefined => {
  const first = places[0]
  const when = due.pop()
  const place = places.pop()
  if (when === undefined || place === undefined || due.length === 0) return first
  let i = 0
  for (;;) {
    let child = 2 * i + 1
    if (child >= due.length) break
    const right = child + 1
    if (
      right < due.length &&
      isSooner(due[right] as number, places[right] as number, due[child] as number, places[child] as number)
    )
      child = right
    if (!isSooner(due[child] as number, places[child] as number, when, place)) break
    due[i] = due[child] as number
    places[i] = places[child] as number
    i = child
  }
  due[i] = when
  places[i] = place
  return first
}

const isSooner = (due: number, place: number, thanDue: number, thanPlace: number): boolean =>
  due < thanDue || (due === thanDue && place < thanPlace)
