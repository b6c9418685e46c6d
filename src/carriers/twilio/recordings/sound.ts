/*
 * The bytes of recordings, made from SID and length: the same ones for ever. What is heard is a soft tone whose pitch follows from the SID.
 */

/** Samples a second: those of a telephone, and fewer in long recordings, so that none takes more than some megabytes. */
const rateOf = (ms: number): number => (ms <= 120_000 ? 8_000 : ms <= 4 * 3_600_000 ? 1_000 : 200)

/** Virtual ms of sound that are made at most: the longest call there is. */
const lengthMaxMs = 24 * 3_600_000

/** Bytes of a WAV file before its samples: RIFF, one `fmt ` and one `data` chunk. */
const headerBytes = 44

/**
 * A recording as WAV: PCM, 8 bits, one or two channels.
 *
 * Source  "Multimedia Programming Interface and Data Specifications 1.0", RIFF WAVE
 */
export const wav = (sid: string, ms: number, channels: number): Uint8Array => {
  const rate = rateOf(ms)
  const frames = Math.ceil((Math.min(ms, lengthMaxMs) * rate) / 1000)
  const length = frames * channels
  const bytes = Buffer.alloc(headerBytes + length + (length % 2))
  bytes.write("RIFF", 0, "latin1")
  bytes.writeUInt32LE(bytes.length - 8, 4)
  bytes.write("WAVEfmt ", 8, "latin1")
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20) // PCM.
  bytes.writeUInt16LE(channels, 22)
  bytes.writeUInt32LE(rate, 24)
  bytes.writeUInt32LE(rate * channels, 28)
  bytes.writeUInt16LE(channels, 32)
  bytes.writeUInt16LE(8, 34)
  bytes.write("data", 36, "latin1")
  bytes.writeUInt32LE(length, 40)
  bytes.fill(wave(sid, rate, channels), headerBytes, headerBytes + length)
  return bytes
}

/** One period of the tone: a triangle, so that it is whole numbers on every machine. */
const wave = (sid: string, rate: number, channels: number): Buffer => {
  const period = Math.max(4, Math.floor(rate / (200 + (Number.parseInt(sid.slice(-2), 16) || 0))) & ~1)
  const one = Buffer.alloc(period * channels)
  for (let i = 0; i < period; i++) {
    const height = Math.abs(((i * 4) % (4 * period)) - 2 * period) - period
    one.fill(silence + Math.trunc((height * 8) / period), i * channels, (i + 1) * channels)
  }
  return one
}

/** Of 8-bit samples, which have no sign. */
const silence = 128

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
