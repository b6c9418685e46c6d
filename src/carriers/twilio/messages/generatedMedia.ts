import { sha256Bytes } from "../../../core/canonical.ts"
import { sid as makeSid } from "../../../core/chance.ts"
import type { Draft } from "../../../core/Entry.ts"
import type { World } from "../../../core/Machine.ts"
import { mediaStored } from "../../delivery/entries.ts"
import type { Message, Messages } from "../messages.ts"
import { picture } from "./picture.ts"

/** The media of a message as pictures that are made here, one for each URL. */
export const generatedMedia = (
  { seed }: World,
  { media }: Messages,
  { rare, sid: messageSid }: Message,
): ReadonlyArray<Draft> =>
  (rare?.mediaUrls ?? []).map((url, i) => {
    const sid = makeSid("ME", seed, media + i)
    const bytes = picture(sid)
    return mediaStored.draft(messageSid, {
      content_type: "image/png",
      length: bytes.length,
      sha256: sha256Bytes(bytes),
      sid,
      source: "generated",
      url,
    })
  })
