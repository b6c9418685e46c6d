import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import { type Sound, wavBytes, wavLength } from "../src/carriers/twilio/voice/wav.ts"
import { seededRuns } from "./support/seeded.ts"

const sid = `RE${"0123456789abcdef".repeat(2)}`
const sound = { sid, ms: 1_000, channels: 1 } as const

/** Reads a RIFF WAVE file as a player would: chunk by chunk. */
const read = (bytes: Uint8Array) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const name = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4))
  strictEqual(name(0), "RIFF")
  strictEqual(view.getUint32(4, true), bytes.length - 8)
  strictEqual(name(8), "WAVE")
  const chunks = new Map<string, number>()
  let at = 12
  while (at < bytes.length) {
    chunks.set(name(at), at + 8)
    at += 8 + view.getUint32(at + 4, true)
  }
  strictEqual(at, bytes.length)
  const fmt = chunks.get("fmt ")!
  const data = chunks.get("data")!
  const shorts = [0, 2, 12, 14].map((offset) => view.getUint16(fmt + offset, true))
  const [format, channels, block, bits] = shorts
  const samples = Array.from({ length: (bytes.length - data) / 2 }, (_, i) => view.getInt16(data + 2 * i, true))
  return {
    format,
    channels,
    block,
    bits,
    rate: view.getUint32(fmt + 4, true),
    perSecond: view.getUint32(fmt + 8, true),
    samples,
  }
}

describe("A recording's WAV", () => {
  it.each([1, 2] as const)("with %i channels is 16-bit PCM at 8 kHz, as long as it should be", (channels) => {
    const { samples, ...format } = read(wavBytes({ ...sound, ms: 2_500, channels }))
    deepStrictEqual(format, {
      format: 1,
      channels,
      block: 2 * channels,
      bits: 16,
      rate: 8_000,
      perSecond: 16_000 * channels,
    })
    strictEqual(samples.length, 20_000 * channels)
  })

  it("is a soft tone, alike in both channels, without a jump", () => {
    const { samples } = read(wavBytes(sound))
    strictEqual(Math.max(...samples), 1_000)
    strictEqual(Math.min(...samples), -1_000)
    for (let i = 1; i < samples.length; i++) strictEqual(Math.abs(samples[i]! - samples[i - 1]!) <= 200, true)
    const both = read(wavBytes({ ...sound, channels: 2 })).samples
    deepStrictEqual(
      both,
      samples.flatMap((sample) => [sample, sample]),
    )
  })

  it("follows from SID and length alone; another SID sounds otherwise", () => {
    deepStrictEqual(wavBytes(sound), wavBytes({ ...sound }))
    strictEqual(Buffer.compare(wavBytes(sound), wavBytes({ ...sound, sid: `${sid.slice(0, -1)}0` })) === 0, false)
  })

  it("of nothing is a header, and of a SID that is none a tone all the same", () => {
    strictEqual(read(wavBytes({ ...sound, ms: 0 })).samples.length, 0)
    strictEqual(read(wavBytes({ ...sound, sid: "", ms: 1 })).samples.length, 8)
  })

  it.prop(
    "is the same in parts, wherever they are cut",
    [
      FastCheck.integer({ min: 0, max: 2_000 }),
      FastCheck.constantFrom(1, 2),
      FastCheck.nat(70_000),
      FastCheck.nat(70_000),
    ],
    ([ms, channels, a, b]) => {
      const some: Sound = { sid, ms, channels: channels === 1 ? 1 : 2 }
      const whole = wavBytes(some)
      const [from, to] = [Math.min(a, b), Math.max(a, b)]
      strictEqual(Buffer.compare(wavBytes(some, from, to), whole.subarray(from, to)), 0)
    },
    seededRuns(60),
  )

  it("of a day is made in parts", () => {
    const day: Sound = { sid, ms: 48 * 3_600_000, channels: 2 }
    strictEqual(wavLength(day), 44 + 24 * 3_600 * 8_000 * 4)
    const last = wavBytes(day, wavLength(day) - 10)
    strictEqual(last.length, 10)
    strictEqual(new DataView(wavBytes(day, 0, 44).buffer).getUint32(4, true), wavLength(day) - 8)
  })
})
