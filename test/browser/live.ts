import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { endAll, serve } from "../support/program.ts"
import { openBrowser, openPage } from "./browser.ts"

/*
 * `node tools/run.mjs test/browser/live.ts [RATE]`: how smoothly a tab draws the list of messages while RATE new ones come in a
 * second (220 unless told), for ten seconds.
 */

const seconds = 10
const rate = Number(process.argv[2] ?? 220)
if (!(rate > 0)) throw new Error(`expected messages a second, found ${process.argv[2]}`)

/** Keeps the ms between the pictures that the page draws. */
const watchFrames = `
  window.gaps = []
  let last = performance.now()
  const drawn = (now) => { gaps.push(now - last); last = now; requestAnimationFrame(drawn) }
  requestAnimationFrame(drawn)`

const folder = mkdtempSync(join(tmpdir(), "ringback-live-"))
const server = await serve({ cwd: folder, db: join(folder, "log.db") })
const browser = await openBrowser()
try {
  const { complaints, page } = await openPage(browser)
  await page.goto(`${server.address}/ui/messages`)
  await page.evaluate(watchFrames)
  const sends: Array<Promise<unknown>> = []
  const began = performance.now()
  for (let passed = 0; passed < seconds * 1_000; passed = performance.now() - began) {
    while (sends.length < (passed / 1_000) * rate) sends.push(server.send({ Body: `number ${sends.length}` }))
    await page.waitForTimeout(5)
  }
  const gaps = (await page.evaluate<ReadonlyArray<number>>("gaps")).toSorted((a, b) => a - b)
  await Promise.all(sends)
  await page
    .getByText(`number ${sends.length - 1}`)
    .first()
    .waitFor()
  const gap = (share: number) => Math.round(gaps[Math.floor((gaps.length - 1) * share)] ?? 0)
  process.stdout.write(
    `${Math.round(sends.length / seconds)} messages a second: ${Math.round(gaps.length / seconds)} pictures a second, ` +
      `${gap(0.99)} ms between two of them at p99, ${gap(1)} at the most; ${complaints.length} complaints\n`,
  )
} finally {
  await browser.close()
  endAll()
  rmSync(folder, { recursive: true })
}
