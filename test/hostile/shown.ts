import { assertTrue } from "@effect/vitest/utils"
import type { Server } from "../support/program.ts"

/** Everything that a server shows of its run: control, pages, and the log. */
export const pages = async (server: Server): Promise<ReadonlyArray<readonly [string, string]>> => {
  const given: Array<readonly [string, string]> = []
  const shown =
    "/ /health /openapi.json /docs /admin/clock /admin/alerts /admin/opt-outs /admin/callback-test /admin/messages"
  for (const path of shown.split(" ")) given.push([path, (await server.ask(path)).text])
  const asBrowser = { headers: { accept: "text/html" } }
  const { entries } = (await server.ask("/admin/clock")).json
  const pagesShown = [
    "/ /ui/messages /ui/callbacks /ui/log /ui/phone /ui/settings /ui/timetravel /ui/forks /ui/live".split(" "),
    ...((await server.ask("/admin/messages?limit=1000")).json.messages as ReadonlyArray<{ sid: string }>).map(
      ({ sid }) => [`/ui/messages/${sid}`, `/ui/timeline/${sid}`],
    ),
    ...Array.from({ length: entries }, (_, i) => [
      `/ui/log/${i + 1}`,
      ...(i % 9 === 0 ? [`/ui/timetravel?at=${i + 1}&list=callbacks`] : []),
    ]),
  ].flat()
  for (const path of pagesShown) {
    const { status, text } = await server.ask(path, asBrowser)
    assertTrue(status === 200, `${path} is answered ${status}`)
    given.push([path, text])
  }
  for (let after = 0, more = true; more; ) {
    const { json, text } = await server.ask(`/admin/log?limit=1000&after=${after}`)
    given.push([`/admin/log after ${after}`, text])
    after = json.last
    more = json.more
  }
  return given
}
