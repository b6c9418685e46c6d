import { parentPort, workerData } from "node:worker_threads"
import { packPage } from "./packedPage.ts"
import { openPages, type Stand } from "./pages.ts"
import { type Commission, Telling, toldOf } from "./threadedPages.ts"

/* Reads the pages of a log or a recording and works out their hashes, as far ahead of whoever takes them as it may be. */

const commission = workerData as Commission
const telling = new Telling(commission, () => parentPort?.postMessage(undefined))

commission.port.once("message", (stand: Stand | undefined) => {
  try {
    const pages = openPages(commission.source, stand)
    for (let page = pages.next(); page !== undefined; page = pages.next())
      telling.tell({ _tag: "Page", packed: packPage(page) })
    pages.close()
    telling.tell({ _tag: "End" })
  } catch (error) {
    telling.tell(toldOf(error))
  }
})
telling.tell({ _tag: "Ready" })
