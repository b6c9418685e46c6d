import type { Column, Figures } from "./figures.ts"
import { span } from "./texts.ts"

/* Figures as the numbers of small pictures: what stands where in an SVG of these sizes. */

export const pictureWidth = 480
export const pictureHeight = 96

interface Bar {
  readonly x: number
  readonly width: number
  readonly parts: ReadonlyArray<{ readonly tone: "bad" | "good" | "open"; readonly y: number; readonly height: number }>
  readonly column: Column
}

/** What became of messages over virtual time: a bar for each stretch, what arrived below, what failed on top. */
export const fateBars = ({ columns }: Figures): ReadonlyArray<Bar> => {
  const most = Math.max(1, ...columns.map(({ delivered, failed, open }) => delivered + failed + open))
  const width = pictureWidth / Math.max(1, columns.length)
  return columns.map((column, i) => {
    let top = pictureHeight
    const parts = (["delivered", "open", "failed"] as const).flatMap((fate) => {
      if (column[fate] === 0) return []
      const height = Math.max(2, (column[fate] / most) * (pictureHeight - 4))
      top -= height
      return [{ tone: tones[fate], y: rounded(Math.max(0, top)), height: rounded(height) }]
    })
    return { x: rounded(i * width + 0.5), width: rounded(Math.max(1, Math.min(width, 40) - 1)), parts, column }
  })
}

const tones = { delivered: "good", failed: "bad", open: "open" } as const

/** Latency over virtual time: where half of the messages, and 95 of a hundred, had arrived. */
export const latencyLines = ({ columns }: Figures) => {
  const most = Math.max(1, ...columns.map(({ p95 }) => p95 ?? 0))
  const width = pictureWidth / Math.max(1, columns.length)
  const points = (of: (column: Column) => number | undefined) =>
    columns.flatMap((column, i) => {
      const value = of(column)
      return value === undefined
        ? []
        : [
            {
              x: rounded((i + 0.5) * width),
              y: rounded(pictureHeight - 3 - (value / most) * (pictureHeight - 8)),
              column,
            },
          ]
    })
  const p50 = points((column) => column.p50)
  const p95 = points((column) => column.p95)
  const line = (those: typeof p50) => those.map(({ x, y }) => `${x},${y}`).join(" ")
  return { p50: line(p50), p95: line(p95), dots: p95, dots50: p50, most: span(most) }
}

/** Failures by error code, most first. */
export const failureBars = ({ failures }: Figures) => {
  const most = Math.max(1, ...failures.map(([, count]) => count))
  return failures.slice(0, 6).map(([code, count]) => ({ code, count, width: rounded((count / most) * 100) }))
}

const rounded = (n: number): number => Math.round(n * 10) / 10
