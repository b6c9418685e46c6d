import * as net from "node:net"
import { performance } from "node:perf_hooks"

/* A listener for callbacks over bare sockets: answers 200 and says when it has had as many as it was told to expect. */

const answer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n"
let expected = 0
let had = 0

const server = net.createServer({ noDelay: true }, (socket) => {
  let received: Buffer = Buffer.alloc(0)
  socket.on("data", (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
    for (;;) {
      const headEnd = received.indexOf("\r\n\r\n")
      if (headEnd < 0) return
      const length = /content-length: (\d+)/i.exec(received.toString("latin1", 0, headEnd))?.[1]
      const end = headEnd + 4 + Number(length ?? 0)
      if (received.length < end) return
      received = received.subarray(end)
      socket.write(answer)
      if (++had === expected) process.send?.({ at: performance.timeOrigin + performance.now() })
    }
  })
  socket.on("error", () => {})
})

process.on("message", (order: { readonly expect: number }) => {
  expected = order.expect
  had = 0
})
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as net.AddressInfo).port }))
