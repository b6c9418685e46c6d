import * as http from "node:http"
import type { AddressInfo } from "node:net"

/* The least that can be started and asked. */

const server = http.createServer((request, response) => {
  request.resume()
  request.on("end", () => {
    response.writeHead(201, { "Content-Type": "application/json", "Content-Length": 2 })
    response.end("{}")
  })
})
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
process.on("SIGTERM", () => process.exit(0))
