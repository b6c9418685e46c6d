// Preloaded into a server (`node --require`): tells its memory and handles to whoever asks on a socket of its own, after
// collecting garbage. The product knows nothing of it.
const { isMainThread } = require("node:worker_threads")

if (isMainThread && process.env.RINGBACK_WATCH !== undefined) {
  require("node:v8").setFlagsFromString("--expose-gc")
  const collect = require("node:vm").runInNewContext("gc")
  const server = require("node:net").createServer((socket) => {
    socket.on("error", () => {})
    socket.on("data", () => {
      collect()
      const { heapUsed, external } = process.memoryUsage()
      socket.end(JSON.stringify({ heap: heapUsed, external, handles: process.getActiveResourcesInfo().length }))
    })
  })
  server.listen(process.env.RINGBACK_WATCH)
  server.unref()
}
