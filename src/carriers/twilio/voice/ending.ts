import { recordHungUp } from "./record.ts"
import type { Doing } from "./state.ts"
import type { Work } from "./work.ts"

/* What goes on comes to its end before its time. */

/** The call is over. What was dialled, recorded or queued is still told to its action, once its end is known. */
export const ends = (work: Work): void => {
  stopsWaiting(work)
  const frame = work.top
  if (frame !== undefined) {
    frame.rest = []
    const { doing } = frame
    if (doing.what === "recording") recordHungUp(work, frame, doing)
    else if (doing.what !== "naming") {
      const told = (doing.what === "dialing" || doing.what === "queued") && doing.action !== null
      breakOffDoing(work, doing, told)
      if (!told) frame.doing = { what: "nothing" }
    }
  }
  work.over()
}

/** The document of waiting is no longer heard. False when none was. */
export const stopsWaiting = (work: Work): boolean => {
  const waiting = work.frames.length > 1 ? work.frames.pop() : undefined
  if (waiting !== undefined) breakOffDoing(work, waiting.doing, false)
  return waiting !== undefined
}

/** Says that the answers of what is waited for are no longer wanted; with `answer` that of a dial, conference or queue still is. */
export const breakOffDoing = (work: Work, doing: Doing, answer: boolean): void => {
  if ("wait" in doing && doing.wait !== null) {
    work.stopWait(doing.wait)
    const heard = doing.what === "talking" || (doing.what === "gathering" && doing.phase === "prompts")
    if (heard) work.line({ what: "broken-off" })
  }
  switch (doing.what) {
    case "fetching":
      work.stop(doing.id, "fetch")
      return
    case "recording":
      work.stop(doing.id, "record")
      return
    case "dialing":
      work.stop(doing.id, doing.kind, answer)
      return
    case "queued":
      work.stop(doing.id, "queue", answer)
      return
    case "talking":
    case "gathering":
    case "naming":
    case "sending":
    case "nothing":
  }
}
