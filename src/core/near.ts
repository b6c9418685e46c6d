/** Of some words the one that is most likely meant by another: it differs in two letters at most. */
export const near = (word: string, words: ReadonlyArray<string>): string | undefined => {
  let nearest: string | undefined
  let least = Math.min(3, word.length)
  for (const each of words) {
    const far = Math.abs(each.length - word.length) > 2 ? least : distance(word, each)
    if (far >= least) continue
    least = far
    nearest = each
  }
  return nearest
}

/** How many letters have to be put in, taken out or replaced to make one word the other. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)),
      )
    row = next
  }
  return row[b.length] ?? 0
}
