/** Host ms after which what was waited for will not come. Generous: it only ends what hangs. */
const hopelessMs = 60_000

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Asks again and again until there is an answer; an error in an answer counts as none, and is told at the end. */
export const until = async <A>(
  what: string,
  look: () => A | undefined | false | Promise<A | undefined | false>,
  msMax = hopelessMs,
): Promise<A> => {
  const end = performance.now() + msMax
  let last: unknown = "nothing"
  while (performance.now() < end) {
    try {
      const found = await look()
      if (found !== undefined && found !== false) return found
    } catch (error) {
      last = error
    }
    await pause(10)
  }
  throw new Error(`waited in vain until ${what}; last: ${String(last)}`)
}
