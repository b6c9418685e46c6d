import { inflateSync } from "node:zlib"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type { Stage } from "../../../../test/support/given.ts"
import {
  account,
  answerOf,
  fine,
  get,
  messagePath,
  post,
  ranUntil,
  remove,
  twilio,
} from "../../../../test/support/twilio.ts"
import { sha256Bytes } from "../../../core/canonical.ts"
import { sid as sidOf } from "../../../core/chance.ts"
import { mediaDeleted } from "../../delivery/entries.ts"
import { picture } from "./picture.ts"

const urls = [0, 1, 2].map((n) => `https://a.test/${n}.png`)
const sid = sidOf("MM", 1, 0)
const media = [0, 1, 2].map((n) => sidOf("ME", 1, n))
const mediaPath = messagePath(sid).replace(".json", "/Media.json")
const mediumPath = (n: number) => `${mediaPath.slice(0, -".json".length)}/${media[n]}.json`
const bytesPath = (n: number) => mediumPath(n).slice(0, -".json".length)
const sent = () => twilio().when({ ...post([...fine, ...urls.map((url) => ["MediaUrl", url] as const)]), at: 1_000 })

const lastOf = ({ made }: Stage) => made.at(-1)!

describe("media of a message", () => {
  it("are there as soon as it is", () => {
    deepStrictEqual(answerOf(sent()).body.num_media, "3")
    const { body, status } = answerOf(sent().when(get(mediaPath)))
    strictEqual(status, 200)
    deepStrictEqual(
      body.media_list.map(({ sid }: { sid: string }) => sid),
      media,
    )
    deepStrictEqual(body.media_list[0], {
      sid: media[0],
      account_sid: account,
      parent_sid: sid,
      content_type: "image/png",
      date_created: "Thu, 01 Jan 1970 00:00:01 +0000",
      date_updated: "Thu, 01 Jan 1970 00:00:01 +0000",
      uri: mediumPath(0),
    })
    deepStrictEqual(answerOf(sent().when(get(mediumPath(1)))).body, body.media_list[1])
  })

  it("come page after page", () => {
    const first = answerOf(sent().when(get(mediaPath, [["PageSize", "2"]]))).body
    deepStrictEqual([first.media_list.length, first.start, first.end, first.previous_page_uri], [2, 0, 1, null])
    strictEqual(first.next_page_uri, `${mediaPath}?PageSize=2&Page=1&PageToken=PA${media[1]}`)
    const second = answerOf(
      sent().when(
        get(mediaPath, [
          ["PageSize", "2"],
          ["Page", "1"],
          ["PageToken", `PA${media[1]}`],
        ]),
      ),
    ).body
    deepStrictEqual([second.media_list[0].sid, second.start, second.end, second.next_page_uri], [media[2], 2, 2, null])
    strictEqual(second.previous_page_uri, `${mediaPath}?PageSize=2&Page=0&PageToken=PB${media[2]}`)
    const back = answerOf(
      sent().when(
        get(mediaPath, [
          ["PageSize", "2"],
          ["PageToken", `PB${media[2]}`],
        ]),
      ),
    ).body
    deepStrictEqual(back.media_list, first.media_list)
    strictEqual(answerOf(sent().when(get(mediaPath, [["PageToken", `PA${sid}`]]))).body.code, 20400)
  })

  it.each([
    ["DateCreated", "1970-01-01", 3],
    ["DateCreated", "1970-01-02", 0],
    ["DateCreated<", "1970-01-01T00:00:00Z", 0],
    ["DateCreated>", "1970-01-01T00:00:01Z", 3],
  ])("fit %s=%s, or do not", (name, value, count) =>
    strictEqual(answerOf(sent().when(get(mediaPath, [[name, value]]))).body.media_list.length, count),
  )

  it("are bytes, too: a picture that is the same whenever it is asked for", () => {
    const { aside, entry } = lastOf(sent().when(get(bytesPath(0))))
    const bytes = Buffer.from(aside ?? "", "latin1")
    deepStrictEqual(entry.data, {
      content_type: "image/png",
      rendered_at: 9,
      sha256: sha256Bytes(bytes),
      status: 200,
    })
    deepStrictEqual(bytes, Buffer.from(picture(media[0] ?? "")))
  })

  it("can be deleted, and are then gone", () => {
    const deleted = sent().when(remove(mediumPath(1)))
    deleted.then(mediaDeleted.draft(sid, { sid: media[1] ?? "" }), {
      type: "api.responded",
      subject: sid,
      data: { body: "", status: 204 },
    })
    for (const path of [mediumPath(1), bytesPath(1)]) strictEqual(answerOf(deleted.when(get(path))).status, 404)
    strictEqual(answerOf(deleted.when(get(mediaPath))).body.media_list.length, 2)
  })

  it("go with their message, and give no SID a second time", () => {
    const gone = ranUntil(sent()).when(remove(messagePath(sid)))
    strictEqual(answerOf(gone.when(get(mediaPath))).status, 404)
    const again = gone.when(post([...fine, ["MediaUrl", "https://a.test/x"]]))
    const path = messagePath(sidOf("MM", 1, 1)).replace(".json", "/Media.json")
    strictEqual(answerOf(again.when(get(path))).body.media_list[0].sid, sidOf("ME", 1, 3))
  })

  it("are none of a text message, of another message, and of another account", () => {
    const text = twilio().when(post(fine))
    deepStrictEqual(
      answerOf(text.when(get(messagePath(sidOf("SM", 1, 0)).replace(".json", "/Media.json")))).body.media_list,
      [],
    )
    const two = sent().when(post(fine))
    const other = bytesPath(0).replace(sid, sidOf("SM", 1, 1))
    strictEqual(answerOf(two.when(get(other))).status, 404)
  })
})

describe("a picture", () => {
  it("is a PNG whose data is what its header says", () => {
    const bytes = Buffer.from(picture(media[0] ?? ""))
    deepStrictEqual(bytes.subarray(0, 8), Buffer.from("89504e470d0a1a0a", "hex"))
    strictEqual(bytes.readUInt32BE(16), 128)
    const at = bytes.indexOf("IDAT")
    const data = inflateSync(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at - 4)))
    strictEqual(data.length, 128 * 17)
  })

  it("differs from SID to SID", () => strictEqual(new Set(media.map((sid) => sha256Bytes(picture(sid)))).size, 3))
})
