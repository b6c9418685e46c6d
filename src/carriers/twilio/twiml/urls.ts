/** Characters of a URL. Source: error 21609. */
const urlLengthMax = 4000

/** A URL of a document, read against the document's own; `undefined` when it is none that can be asked. */
export const urlIn = (text: string, base: string): string | undefined => {
  const written = text.trim()
  if (written.length > urlLengthMax) return undefined
  // An absolute one stays as it is written: that is what is signed.
  if (/^https?:\/\//i.test(written)) return URL.canParse(written) ? written : undefined
  if (!URL.canParse(written, base)) return undefined
  const url = new URL(written, base)
  return (url.protocol === "https:" || url.protocol === "http:") && url.href.length <= urlLengthMax
    ? url.href
    : undefined
}
