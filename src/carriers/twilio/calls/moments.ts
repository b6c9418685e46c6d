import type { CallStatus } from "./entries.ts"

/* When the other end of a call can do something. */

type Do = "answer" | "hang up" | "press" | "speak"

const moments: { readonly [Act in Do]: ReadonlyArray<CallStatus> } = {
  answer: ["ringing"],
  "hang up": ["ringing", "in-progress"],
  press: ["in-progress"],
  speak: ["in-progress"],
}

/** Why the other end of a call can do nothing of the kind where the call stands, in words; undefined when it can. */
export const untimely = (
  { asks, inbound, status }: { readonly asks: boolean; readonly inbound: boolean; readonly status: string },
  act: Do,
): string | undefined => {
  if (act === "answer" && inbound) return "a call that comes in is answered by its instructions"
  if (act === "answer" && asks) return "a number of the exchange that is called answers by its instructions"
  const fit: ReadonlyArray<string> = moments[act]
  return fit.includes(status) ? undefined : `the call is ${status}; to ${act} it has to be ${fit.join(" or ")}`
}
