import * as Effect from "effect/Effect"
import { limits } from "../../core/limits.ts"
import { storyOf } from "../../timetravel/story.ts"
import { timelineOf } from "../../timetravel/timeline.ts"
import { rowPx, timelineHtml, type Zoom } from "../../timetravel/timelineHtml.ts"
import { lookedAt } from "../lookedAt.ts"
import { grouped, link } from "../texts.ts"
import type { MakePage } from "./Page.ts"
import { placeOfSubject } from "./subjectDrawer.ts"

const zooms = Object.keys(rowPx) as ReadonlyArray<Zoom>

/** What happened to one subject, in swim lanes: `/ui/timeline/SM…?zoom=small`; with `at` as far as an entry. */
export const timelinePage: MakePage = ({ fill, shown }, asked, subject) =>
  Effect.gen(function* () {
    if (subject === "") return undefined
    const { query } = asked
    const { upTo } = yield* lookedAt(shown, asked)
    const story = yield* storyOf(shown.run.log, subject, upTo)
    yield* shown.run.engine.written
    if (story === undefined && upTo === undefined) return undefined
    const zoom = zooms.find((each) => each === query.get("zoom")) ?? "usual"
    const path = `/ui/timeline/${encodeURIComponent(subject)}`
    const at = upTo === undefined ? undefined : String(upTo)
    const timeline = fill("timelinePart", {
      self: link(path, { zoom, at }),
      drawing: story && timelineHtml(timelineOf(story.entries, subject), { href: (seq) => `/ui/log/${seq}`, zoom }),
      cut: story?.cut ? grouped(limits.timelineEntriesMax) : undefined,
    })
    const main = fill("timeline", {
      subject,
      place: placeOfSubject(subject),
      zooms: zooms.map((each) => ({ label: each, url: link(path, { zoom: each, at }), on: each === zoom })),
      timeline,
      past: upTo,
      present: link(path, { zoom }),
    })
    return { status: 200, title: `Timeline of ${subject}`, menu: "timetravel", main, drawer: "", parts: { timeline } }
  })
