/*
 * The bytes of recordings, which nobody has: a WAV of a soft tone whose pitch follows from the recording's SID. 16-bit PCM at 8 kHz, as a
 * telephone sounds; whole numbers only, so that the bytes are the same on every machine. Any part of them is made for itself: a
 * recording of a day (1.4 GB) is sent without ever being in memory.
 *
 * Source  "Multimedia Programming Interface and Data Specifications 1.0", RIFF WAVE
 */

/** What is made. `ms` up to a day, the longest call there is; more counts as a day. */
export interface Sound {
  readonly sid: string
  readonly ms: number
  readonly channels: 1 | 2
  /** Samples a second; absent: those of a telephone. */
  readonly rate?: number
}

/** Samples a second of a telephone. */
export const telephoneRate = 8_000
const sampleBytes = 2
const headerBytes = 44
const msMax = 24 * 3_600_000

/** Bytes of the whole file. */
export const wavLength = (sound: Sound): number => headerBytes + dataLength(sound)

/**
 * A part of the file: its bytes from `from` up to, not including, `to`; by default all of them.
 *
 * Cost    linear in the part, wherever it lies
 */
export const wavBytes = (sound: Sound, from = 0, to: number = wavLength(sound)): Uint8Array => {
  const end = Math.min(to, wavLength(sound))
  const bytes = new Uint8Array(Math.max(0, end - from))
  bytes.set(header(sound).subarray(Math.min(from, headerBytes), Math.min(headerBytes, Math.max(from, end))))
  const wave = waveOf(sound)
  const begins = Math.max(from, headerBytes)
  for (let at = begins; at < end; ) {
    const inWave = (at - headerBytes) % wave.length
    const piece = wave.subarray(inWave, inWave + Math.min(wave.length - inWave, end - at))
    bytes.set(piece, at - from)
    at += piece.length
  }
  return bytes
}

const dataLength = ({ channels, ms, rate = telephoneRate }: Sound): number =>
  Math.ceil((Math.min(Math.max(0, ms), msMax) * rate) / 1_000) * channels * sampleBytes

const header = (sound: Sound): Uint8Array => {
  const { channels, rate = telephoneRate } = sound
  const bytes = new Uint8Array(headerBytes)
  const view = new DataView(bytes.buffer)
  const text = (at: number, letters: string) => {
    for (let i = 0; i < letters.length; i++) bytes[at + i] = letters.charCodeAt(i)
  }
  text(0, "RIFF")
  view.setUint32(4, wavLength(sound) - 8, true)
  text(8, "WAVEfmt ")
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true) // PCM.
  view.setUint16(22, channels, true)
  view.setUint32(24, rate, true)
  view.setUint32(28, rate * channels * sampleBytes, true)
  view.setUint16(32, channels * sampleBytes, true)
  view.setUint16(34, sampleBytes * 8, true)
  text(36, "data")
  view.setUint32(40, dataLength(sound), true)
  return bytes
}

/** How far the tone swings, of 32 767: about 30 dB below the loudest. */
const swing = 1_000

/** Some whole periods of the tone, about 8 KB: a triangle of 160 to 400 Hz. */
const waveOf = ({ channels, sid }: Sound): Uint8Array => {
  const half = 10 + ((Number.parseInt(sid.slice(-2), 16) || 0) % 16)
  const period = 2 * half
  const periods = Math.ceil(2_048 / period)
  const bytes = new Uint8Array(periods * period * channels * sampleBytes)
  const view = new DataView(bytes.buffer)
  for (let frame = 0; frame < periods * period; frame++) {
    const height = Math.abs((frame % period) - half)
    const sample = Math.trunc((swing * (2 * height - half)) / half)
    for (let channel = 0; channel < channels; channel++)
      view.setInt16((frame * channels + channel) * sampleBytes, sample, true)
  }
  return bytes
}
