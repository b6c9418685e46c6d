import { parentPort, workerData } from "node:worker_threads"
import { movable, packPage } from "./packedPage.ts"
import { openPages, type Source } from "./pages.ts"
import { type Told, toldOf } from "./threadedPages.ts"

/* Reads the pages of a log or a recording and works out their hashes, as many as are asked for. */

const pages = openPages(workerData as Source)

const tell = (told: Told, moving: Array<ArrayBuffer> = []) => parentPort?.postMessage(told, moving)

parentPort?.on("message", (asked: number) => {
  try {
    for (let i = 0; i < asked; i++) {
      const page = pages.next()
      if (page === undefined) return tell({ _tag: "End" })
      const packed = packPage(page)
      tell({ _tag: "Page", packed }, movable(packed))
    }
  } catch (error) {
    tell(toldOf(error))
  }
})
