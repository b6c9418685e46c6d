import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type { Stage } from "../../../../test/support/given.ts"
import { answerOf, fine, get, messagePath, post, ranUntil, twilio } from "../../../../test/support/twilio.ts"
import { timersMachine } from "../../../clock/timers.machine.ts"
import { sid as sidOf } from "../../../core/chance.ts"
import { type OutboundAnswered, outboundAnswered, outboundFailed, outboundRequested } from "../../../core/entries.ts"
import { mediaStored } from "../../delivery/entries.ts"

const sid = sidOf("MM", 1, 0)
const url = "https://a.test/1.png"
const sha256 = "5".repeat(64)
const picture: OutboundAnswered = { body: { length: 7, sha256 }, content_type: "image/jpeg", status: 200 }

const sent = (...urls: ReadonlyArray<string>) =>
  twilio({ media: "fetch" }).when(post([...fine, ...urls.map((each) => ["MediaUrl", each] as const)]))
/** The seqs of the last turn's requests. */
const asked = ({ made }: Stage) => made.map(({ entry }) => entry).filter(outboundRequested.is)
const answered = (stage: Stage, seq: number, data: OutboundAnswered) =>
  stage.when({ ...outboundAnswered.draft(sid, data, seq), at: 500 })
const statusOf = (stage: Stage) => {
  const { error_code, status } = answerOf(stage.when(get(messagePath(sid)))).body
  return [status, error_code]
}

describe("a medium that is fetched", () => {
  it("is asked for where its URL says, and its message waits", () => {
    const stage = sent(url)
    deepStrictEqual(
      asked(stage).map(({ data: { method, purpose, sign, url, via } }) => ({ method, purpose, sign, url, via })),
      [{ method: "GET", purpose: "media", sign: "twilio", url, via: "wire" }],
    )
    strictEqual(stage.world.slice(timersMachine).byKey.size, 0)
  })

  it("is known by its hash once it is there, and its message goes on", () => {
    const stage = sent(url)
    const [request] = asked(stage)
    const there = answered(stage, request?.seq ?? 0, picture)
    deepStrictEqual(there.made[1]?.entry.data, {
      content_type: "image/jpeg",
      length: 7,
      sha256,
      sid: sidOf("ME", 1, 0),
      source: "fetched",
      url,
    })
    strictEqual(there.made[1]?.entry.cause, request?.seq)
    deepStrictEqual(there.made[2]?.entry.data, { due: 2_500, key: `message ${sid}` })
    const bytes = there.when(get(messagePath(sid).replace(".json", `/Media/${sidOf("ME", 1, 0)}`))).made.at(-1)
    deepStrictEqual(bytes?.entry.data, { content_type: "image/jpeg", rendered_at: 9, sha256, status: 200 })
    strictEqual(bytes?.aside, "")
    deepStrictEqual(statusOf(ranUntil(there)), ["delivered", null])
  })

  it("lets its message wait for the others, also for one of the same address", () => {
    const stage = sent(url, url)
    const [first, second] = asked(stage)
    const one = answered(stage, second?.seq ?? 0, picture)
    strictEqual(one.world.slice(timersMachine).byKey.size, 0)
    const two = answered(one, first?.seq ?? 0, picture)
    strictEqual(two.world.slice(timersMachine).byKey.size, 1)
    // The same answer a second time is nobody's.
    answered(two, first?.seq ?? 0, picture).then()
  })

  it("is a picture made here when nobody answers", () => {
    const stage = sent(url)
    const [request] = asked(stage)
    const there = stage.when(outboundFailed.draft(sid, { detail: "ENOTFOUND", reason: "connect" }, request?.seq))
    const stored = there.made.map(({ entry }) => entry).find(mediaStored.is)?.data
    deepStrictEqual([stored?.source, stored?.content_type], ["generated", "image/png"])
    deepStrictEqual(statusOf(ranUntil(there)), ["delivered", null])
  })

  it("is one, too, when an endpoint inside the run answers", () => {
    const stage = sent(url)
    const there = answered(stage, asked(stage)[0]?.seq ?? 0, { body: "OK", status: 200 })
    strictEqual(there.made.map(({ entry }) => entry).find(mediaStored.is)?.data.source, "generated")
  })

  it.each([
    ["that is not found", { ...picture, status: 404 }, 11200],
    ["that is moved", { ...picture, status: 302 }, 11200],
    ["that is too large", { ...picture, body: { cut: true, length: 5 } }, 11751],
    ["that is a page", { ...picture, content_type: "text/html" }, 12300],
    ["of no type", { ...picture, content_type: "" }, 12300],
  ] as const)("%s makes its message fail", (_, data, code) => {
    const stage = sent(url, url)
    const [first, second] = asked(stage)
    const failed = answered(stage, first?.seq ?? 0, data)
    deepStrictEqual(statusOf(failed), ["failed", code])
    const later = answered(failed, second?.seq ?? 0, picture)
    strictEqual(later.world.slice(timersMachine).byKey.size, 0)
    deepStrictEqual(statusOf(later), ["failed", code])
  })

  it.each(["image/gif", "audio/mpeg", "video/mp4", "application/pdf", "text/vcard"])("may be %s", (content_type) => {
    const stage = sent(url)
    const there = answered(stage, asked(stage)[0]?.seq ?? 0, { ...picture, content_type })
    strictEqual(there.made.map(({ entry }) => entry).find(mediaStored.is)?.data.content_type, content_type)
  })
})
