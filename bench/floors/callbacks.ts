import * as http from "node:http"
import type { AddressInfo } from "node:net"

/* The least for a message with two callbacks: answer it, then send two requests of the same bytes. Nothing is stored. */

const [sample = ""] = process.argv.slice(2)
const { answer, url, headers, bodies } = JSON.parse(sample) as {
  readonly answer: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly bodies: ReadonlyArray<string>
}
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 })
const answerHeaders = { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(answer) }
const { hostname, port, pathname } = new URL(url)

const callBack = (body: string) => {
  const request = http.request({
    agent,
    hostname,
    port,
    path: pathname,
    method: "POST",
    headers: { ...headers, "Content-Length": Buffer.byteLength(body) },
  })
  request.on("response", (response) => response.resume())
  request.end(body)
}

const server = http.createServer((request, response) => {
  const chunks: Array<Buffer> = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () => {
    response.writeHead(201, answerHeaders)
    response.end(answer)
    for (const body of bodies) callBack(body)
  })
})
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
process.on("SIGTERM", () => process.exit(0))
