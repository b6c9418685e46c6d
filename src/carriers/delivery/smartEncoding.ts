/**
 * Replaces characters that look like one of GSM-7 by it, so that a text stays in 160-character segments.
 *
 * Source  Twilio's segment calculator (TwilioDevEd/message-segment-calculator, "SmartEncodingMap"); its doubled spaces included
 */
export const smartEncoded = (body: string): string => {
  let made: string | undefined
  for (let i = 0; i < body.length; i++) {
    const alike = lookAlikes.get(body.charCodeAt(i))
    if (alike !== undefined) made = (made ?? body.slice(0, i)) + alike
    else if (made !== undefined) made += body[i]
  }
  return made ?? body
}

/** What stands for which code points, in hex. */
const replacements: ReadonlyArray<readonly [string, string]> = [
  ['"', "ab bb 201c 201d 2ba 2ee 201f 275d 275e 301d 301e 201e"],
  ["'", "2018 2019 2bb 2c8 2bc 2bd 2b9 201b b4 2ca 60 2cb 275b 275c 313 314 fe10 fe11 2017"],
  ["/", "f7 29f8 337 338 2044 2215"],
  ["1/4", "bc"],
  ["1/2", "bd"],
  ["3/4", "be"],
  ["\\", "29f9 29f5 20e5 fe68"],
  ["_", "332"],
  ["|", "20d2 20d3 2223 23b8 23b9 23d0 239c 239f"],
  ["-", "23bc 23bd 2015 fe63 2010 2043 2014 2013 2022"],
  ["@", "fe6b"],
  ["$", "fe69"],
  ["!", "1c3 fe15 fe57"],
  ["!!", "203c"],
  ["#", "fe5f"],
  ["%", "fe6a"],
  ["&", "fe60"],
  [",", "201a 326 fe50 fe51 ff64 3001"],
  ["(", "2768 276a fe59 27ee 2985"],
  [")", "2769 276b fe5a 27ef 2986"],
  ["*", "204e 2217 229b 2722 2723 2724 2725 2731 2732 2733 273a 273b 273c 273d 2743 2749 274a 274b 29c6 fe61"],
  ["+", "2d6 fe62"],
  [".", "3002 fe52 ff61"],
  ["...", "2026"],
  [":", "2d0 2f8 2982 a789 fe13"],
  [";", "204f fe14 fe54"],
  ["<", "fe64 203a"],
  ["=", "347 a78a fe66"],
  [">", "fe65 2039"],
  ["?", "fe16 fe56"],
  ["A", "1d00"],
  ["B", "299"],
  ["C", "1d04"],
  ["D", "1d05"],
  ["E", "1d07"],
  ["F", "a730"],
  ["G", "262"],
  ["H", "29c"],
  ["I", "26a"],
  ["J", "1d0a"],
  ["K", "1d0b"],
  ["L", "29f"],
  ["M", "1d0d"],
  ["N", "274"],
  ["O", "1d0f"],
  ["P", "1d18"],
  ["R", "280"],
  ["S", "a731"],
  ["T", "1d1b"],
  ["U", "1d1c"],
  ["V", "1d20"],
  ["W", "1d21"],
  ["Y", "28f"],
  ["Z", "1d22"],
  ["^", "2c6 302 1dcd"],
  ["{", "2774 fe5b"],
  ["}", "2775 fe5c"],
  ["~", "2dc 2f7 303 330 334 223c"],
  ["  ", "a0 2000 2002 2003 2004 2005 2006 2007 2008 2009 200a 202f 205f 3000 8d 9f 80 90 9b"],
  [" ", "2001 2028 2029"],
  ["       ", "9"],
  ["", "10 0 3 4 17 19 11 12 13 14 2060 200b feff"],
]

/** Full-width forms stand at a fixed distance from ASCII; those of small letters and the grave accent are left as they are. */
const fullWidth = Array.from({ length: 0x5e }, (_, i): readonly [number, string] => [
  0xff01 + i,
  String.fromCharCode(0x21 + i),
]).filter(([, ascii]) => !/[a-z`]/.test(ascii))

/** By code unit. No half of a surrogate pair is among them, so pairs stay whole. */
const lookAlikes: ReadonlyMap<number, string> = new Map([
  ...fullWidth,
  ...replacements.flatMap(([alike, points]) =>
    points.split(" ").map((point) => [Number.parseInt(point, 16), alike] as const),
  ),
])
