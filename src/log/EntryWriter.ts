import { canonical, refuseInexact, refuseInstance } from "../core/canonical.ts"
import { type Entry, refuseTooLarge } from "../core/Entry.ts"

/*
 * Of what two entries of one type say, most is the same: their keys, and the same account, number, URL and method. An entry is written by
 * walking it beside what the last one of its type said at each place. What has not changed is not looked at: it is copied as bytes, and
 * what lies together is copied together.
 */

/** A place in entries of one type, with what was written there last. */
class Place {
  /** Its key in an object; empty in a list. */
  readonly key: string
  /** What stands before its value: how the object or list begins or goes on, and the key. */
  readonly lead: string
  /** The memory it was written to, where its lead begins, where its value does, and where that ends. */
  memory = 0
  from = 0
  value = 0
  to = 0
  /** Where the object or list that stood here was closed. */
  closed = nowhere
  /** The value, where it was one of these. */
  text: string | undefined
  integer: number | undefined
  word: boolean | null | undefined
  /** The first place in the object here, and in the list here. */
  member: Place | undefined
  item: Place | undefined
  /** The place behind it, and one for another key that stands there instead. */
  next: Place | undefined
  instead: Place | undefined
  /** What stands here is so different from time to time, or so out of order, that nothing in it is remembered. */
  unlike = false

  constructor(key: string, lead: string) {
    this.key = key
    this.lead = lead
  }
}

const nowhere = -1

/** Places of all types; what comes after them is written without. */
const placesMax = 4_000

/** How deep there are places, for how many items of a list, and for how many keys that stand in one place. */
const depthMax = 8
const itemsMax = 32
const keysMax = 16

/** What is longer is copied, and written, by the host. */
const looped = 24
const textLooped = 256

/** Longer texts are not remembered: they would be kept alive until another stands in their place. */
const rememberedMax = 2_000

/** The places of an entry itself. */
class Outline {
  readonly at = new Place("at", '{"at":')
  readonly cause = new Place("cause", ',"cause":')
  readonly data = new Place("data", ',"data":')
  readonly kind = new Place("kind", ',"kind":')
  readonly seq = new Place("seq", ',"seq":')
  readonly subject = new Place("subject", ',"subject":')
  readonly type = new Place("type", ',"type":')
}

/**
 * Writes entries as what they are hashed over (`hashedText`), as UTF-8 and straight into the memory they are kept in: making the text
 * first takes twice as long. What was written has to stay as it is for as long as the same memory is written to.
 */
export class EntryWriter {
  readonly #outlines = new Map<string, Outline>()
  #places = 0
  #bytes: Buffer<SharedArrayBuffer> = Buffer.from(new SharedArrayBuffer(0))
  /** Changes with the memory, and when something in it is not what it was: nothing from before is copied. */
  #memory = 1
  #at = 0
  /** What is to be copied to the bytes before `#at`; it is, once something else comes. */
  #copied = nowhere
  #copiedTo = nowhere

  /** Memory to write to from now on. */
  use(bytes: Buffer<SharedArrayBuffer>): void {
    this.#bytes = bytes
    this.#forget()
  }

  /**
   * Writes an entry from a place on and gives its bytes. When these are more than there is room for, it is not written. Throws
   * `NotCanonical` and `EntryTooLarge`, as `encodeUnhashed` does.
   */
  write(entry: Entry<unknown>, from: number): number {
    this.#at = from
    this.#copiedTo = nowhere
    try {
      this.#entry(entry)
      const bytes = this.#at - from
      refuseTooLarge(entry.type, bytes)
      if (this.#at > this.#bytes.length) this.#forget()
      return bytes
    } catch (error) {
      this.#forget()
      throw error
    }
  }

  #entry({ seq, at, cause, kind, type, subject, data }: Entry<unknown>): void {
    let outline = this.#outlines.get(type)
    if (outline === undefined) {
      outline = new Outline()
      this.#outlines.set(type, outline)
    }
    this.#integerAt(outline.at, at)
    this.#integerAt(outline.cause, cause)
    this.#valueAt(outline.data, data, 0)
    this.#textAt(outline.kind, kind)
    this.#integerAt(outline.seq, seq)
    this.#textAt(outline.subject, subject)
    this.#textAt(outline.type, type)
    this.#close(outline.type, braceEnd)
    this.#copy()
  }

  /** Writes a value and its lead. `depth`: how deep in others it stands. */
  #valueAt(place: Place, value: unknown, depth: number): void {
    if (typeof value === "string") this.#textAt(place, value)
    else if (typeof value === "number") this.#integerAt(place, value)
    else if (typeof value === "boolean" || value === null) this.#wordAt(place, value)
    else {
      this.#leadOf(place)
      if (place.unlike || depth === depthMax || typeof value !== "object") this.#write(canonical(value, depth))
      else if (Array.isArray(value)) this.#list(place, value, depth)
      else this.#object(place, value, depth)
    }
  }

  #textAt(place: Place, text: string): void {
    if (text === place.text && place.memory === this.#memory) this.#again(place)
    else {
      this.#leadOf(place)
      if (text.length <= rememberedMax) place.text = text
      this.#text(text)
      place.to = this.#at
    }
  }

  #integerAt(place: Place, integer: number): void {
    refuseInexact(integer)
    if (integer === place.integer && place.memory === this.#memory) this.#again(place)
    else {
      this.#leadOf(place)
      place.integer = integer
      this.#integer(integer)
      place.to = this.#at
    }
  }

  #wordAt(place: Place, word: boolean | null): void {
    if (word === place.word && place.memory === this.#memory) this.#again(place)
    else {
      this.#leadOf(place)
      place.word = word
      this.#ascii(String(word))
      place.to = this.#at
    }
  }

  #object(place: Place, object: object, depth: number): void {
    refuseInstance(object)
    let before: Place | undefined
    // biome-ignore lint/suspicious/useGuardForIn: nothing is inherited here, and walking the keys where they are makes no list of them
    for (const key in object) {
      let found: Place | undefined = before === undefined ? place.member : before.next
      while (found !== undefined && found.key !== key) found = found.instead
      found ??= this.#newMember(place, before, key)
      if (found === undefined) {
        this.#giveUp(place, object, depth)
        return
      }
      this.#valueAt(found, (object as Record<string, unknown>)[key], depth + 1)
      before = found
    }
    if (before === undefined) this.#ascii("{}")
    else this.#close(place, braceEnd)
  }

  #list(place: Place, list: ReadonlyArray<unknown>, depth: number): void {
    let before: Place | undefined
    for (let i = 0; i < list.length && i < itemsMax; i++) {
      const found: Place | undefined = (before === undefined ? place.item : before.next) ?? this.#newItem(place, before)
      if (found === undefined) {
        this.#giveUp(place, list, depth)
        return
      }
      this.#valueAt(found, list[i], depth + 1)
      before = found
    }
    for (let i = itemsMax; i < list.length; i++) this.#write(`,${canonical(list[i], depth + 1)}`)
    if (before === undefined) this.#ascii("[]")
    else this.#close(place, bracketEnd)
  }

  /** What stands here is written as it would be by itself, now and from now on. */
  #giveUp(place: Place, value: unknown, depth: number): void {
    place.unlike = true
    this.#copy()
    this.#at = place.value
    this.#forget()
    this.#write(canonical(value, depth))
  }

  /** A place for a key that has none behind that of another; undefined if there can be none. */
  #newMember(place: Place, before: Place | undefined, key: string): Place | undefined {
    if (before !== undefined && before.key >= key) return undefined
    if (this.#places === placesMax) return undefined
    const made = new Place(key, `${before === undefined ? "{" : ","}${JSON.stringify(key)}:`)
    this.#places++
    if (before === undefined) {
      made.instead = place.member
      place.member = made
    } else {
      made.instead = before.next
      before.next = made
    }
    let keys = 0
    for (let other = made.instead; other !== undefined; other = other.instead) keys++
    return keys < keysMax ? made : undefined
  }

  #newItem(place: Place, before: Place | undefined): Place | undefined {
    if (this.#places === placesMax) return undefined
    const made = new Place("", before === undefined ? "[" : ",")
    this.#places++
    if (before === undefined) place.item = made
    else before.next = made
    return made
  }

  /** Writes what stands before the value at a place. The value that was there before is not known from then on. */
  #leadOf(place: Place): void {
    const from = this.#at
    if (place.memory === this.#memory) this.#copyLater(place.from, place.value)
    else {
      place.memory = this.#memory
      place.closed = nowhere
      this.#write(place.lead)
    }
    place.from = from
    place.value = this.#at
    place.text = undefined
    place.integer = undefined
    place.word = undefined
  }

  /** Writes what stands at a place as it was. */
  #again(place: Place): void {
    const { from, to, value } = place
    place.from = this.#at
    place.value = this.#at + (value - from)
    this.#copyLater(from, to)
    place.to = this.#at
  }

  /** Writes again what was written from here to there, when something else comes: what lies behind it may be wanted, too. */
  #copyLater(from: number, to: number): void {
    if (from !== this.#copiedTo) {
      this.#copy()
      this.#copied = from
    }
    this.#copiedTo = to
    this.#at += to - from
  }

  /** Closes what stands at a place. Where what is copied ends at what closed it before, that was the last in it, and is copied as well. */
  #close(place: Place, by: number): void {
    const { closed } = place
    place.closed = this.#at
    if (closed === this.#copiedTo && closed !== nowhere) {
      this.#copiedTo++
      this.#at++
    } else {
      this.#copy()
      this.#bytes[this.#at++] = by
    }
  }

  /** Copies what was left for later. */
  #copy(): void {
    const to = this.#copiedTo
    if (to === nowhere) return
    const bytes = this.#bytes
    const from = this.#copied
    this.#copiedTo = nowhere
    if (to - from > looped) bytes.copyWithin(this.#at - (to - from), from, to)
    else for (let i = from, at = this.#at - (to - from); i < to; i++, at++) bytes[at] = bytes[i] as number
  }

  #forget(): void {
    this.#memory++
    this.#copiedTo = nowhere
  }

  /** Writes a text as JSON. */
  #text(text: string): void {
    this.#copy()
    if (text.length > textLooped || !this.#plain(text)) this.#write(JSON.stringify(text))
  }

  /**
   * Writes a text in quotation marks if none of it needs an escape or more than a byte. Bytes behind the memory's end are counted, here
   * as everywhere; an array of bytes leaves them alone.
   */
  #plain(text: string): boolean {
    const bytes = this.#bytes
    let at = this.#at
    bytes[at++] = quote
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      if (unit < space || unit > tilde || unit === quote || unit === backslash) return false
      bytes[at++] = unit
    }
    bytes[at++] = quote
    this.#at = at
    return true
  }

  #integer(integer: number): void {
    this.#copy()
    if (integer < 0) this.#ascii(String(integer))
    else if (integer < billion) this.#digits(integer, 1)
    else {
      const high = Math.floor(integer / billion)
      this.#integer(high)
      this.#digits(integer - high * billion, billionDigits)
    }
  }

  /** Writes an integer below a billion, with leading zeros where it has fewer digits. */
  #digits(integer: number, digitsMin: number): void {
    let digits = digitsMin
    if (digits === 1) for (let power = 10; power <= integer; power *= 10) digits++
    const bytes = this.#bytes
    const from = this.#at
    this.#at = from + digits
    for (let at = this.#at - 1, left = integer; at >= from; at--) {
      const rest = (left / 10) | 0
      bytes[at] = zero + left - rest * 10
      left = rest
    }
  }

  #ascii(text: string): void {
    this.#copy()
    const bytes = this.#bytes
    for (let i = 0; i < text.length; i++) bytes[this.#at++] = text.charCodeAt(i)
  }

  /** Writes a text as it is. */
  #write(text: string): void {
    this.#copy()
    const room = this.#bytes.length - this.#at
    this.#at += text.length * 3 <= room ? this.#bytes.write(text, this.#at) : this.#written(text, room)
  }

  #written(text: string, room: number): number {
    const bytes = Buffer.byteLength(text)
    if (bytes <= room) this.#bytes.write(text, this.#at)
    return bytes
  }
}

const billion = 1_000_000_000
const billionDigits = 9
const space = 0x20
const quote = 0x22
const zero = 0x30
const backslash = 0x5c
const bracketEnd = 0x5d
const braceEnd = 0x7d
const tilde = 0x7e
