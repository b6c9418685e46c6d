/** How a body travels: its encoding and the number of messages it takes. */
export interface Segments {
  readonly encoding: "GSM-7" | "UCS-2"
  readonly count: number
}

/**
 * The encoding of a body and how many parts it is sent in.
 *
 * Units   GSM-7: 160 septets in one part, else 153 a part; extension characters cost two and are not split over parts.
 *         UCS-2: 70 UTF-16 code units in one part, else 67 a part; surrogate pairs are not split.
 * Why     one character outside the GSM alphabet turns the whole body to UCS-2; an empty body is one part
 * Source  3GPP TS 23.038 (alphabet), TS 23.040 (6-byte header of a concatenated part)
 */
export const segments = (body: string): Segments => {
  let septets = 0
  for (let i = 0; i < body.length; i++) {
    const cost = septetsOf(body.charCodeAt(i))
    if (cost === 0) return { encoding: "UCS-2", count: partsOfUnits(body) }
    septets += cost
  }
  return { encoding: "GSM-7", count: septets <= septetsInOne ? 1 : partsOfSeptets(body) }
}

const septetsInOne = 160
const septetsInEach = 153
const unitsInOne = 70
const unitsInEach = 67

const basic =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
  "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
const extension = "\f^{}\\[~]|€"

/** Septets by code unit; 0 for what the alphabet does not have. The euro sign has the highest code unit. */
const septetTable = new Uint8Array("€".charCodeAt(0) + 1)
for (const character of basic) septetTable[character.charCodeAt(0)] = 1
for (const character of extension) septetTable[character.charCodeAt(0)] = 2

const septetsOf = (unit: number): number => septetTable[unit] ?? 0

const partsOfSeptets = (body: string): number => {
  let parts = 1
  let used = 0
  for (let i = 0; i < body.length; i++) {
    const cost = septetsOf(body.charCodeAt(i))
    if (used + cost > septetsInEach) {
      parts++
      used = 0
    }
    used += cost
  }
  return parts
}

const partsOfUnits = (body: string): number => {
  if (body.length <= unitsInOne) return 1
  let parts = 1
  let end = unitsInEach
  while (end < body.length) {
    const splitsPair = isHigh(body.charCodeAt(end - 1)) && isLow(body.charCodeAt(end))
    parts++
    end += splitsPair ? unitsInEach - 1 : unitsInEach
  }
  return parts
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff
