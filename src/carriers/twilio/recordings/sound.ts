import { limits } from "../../../core/limits.ts"
import { type Sound, telephoneRate, wavBytes, wavLength } from "../voice/wav.ts"

/*
 * The bytes of recordings, made from SID and length: the same ones for ever.
 */

/** A recording as WAV. A long one has fewer samples a second, so that an answer stays within `limits.soundBytesMax`. */
export const wav = (sid: string, ms: number, channels: 1 | 2): Uint8Array => {
  let sound: Sound = { sid, ms, channels, rate: telephoneRate }
  while (wavLength(sound) > limits.soundBytesMax) sound = { ...sound, rate: Math.floor((sound.rate ?? 2) / 2) }
  return wavBytes(sound)
}

/** Virtual ms of sound that are made at most: the longest call there is. */
const lengthMaxMs = 24 * 3_600_000

/** Samples in a frame of MPEG 2.5 layer III, its bytes at 8 kbit/s and 8 kHz, and its head: no CRC, no padding, mono. */
const frameSamples = 576
const frameBytes = 72
const frameHead = [0xff, 0xe3, 0x18, 0xc4]

/** A recording as MP3: frames without any sound in them, as many as its length takes. Source: ISO/IEC 11172-3, 13818-3. */
export const mp3 = (ms: number): Uint8Array => {
  const frames = Math.ceil((Math.min(ms, lengthMaxMs) * 8) / frameSamples)
  const frame = Buffer.alloc(frameBytes)
  frame.set(frameHead)
  return Buffer.alloc(frames * frameBytes, frame)
}
