// Sends a message, hears what becomes of it, and ends: 0 when it was delivered.
import { createServer } from "node:http"
import { hostname } from "node:os"
import twilio from "twilio"

const { PORT = "3000", TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN } = process.env
const statusUrl = `http://${hostname()}:${PORT}/status`

const server = createServer((request, response) => {
  let body = ""
  request.setEncoding("utf8").on("data", (text) => {
    body += text
  })
  request.on("end", () => {
    const params = Object.fromEntries(new URLSearchParams(body))
    const signature = request.headers["x-twilio-signature"]
    const genuine = twilio.validateRequest(TWILIO_AUTH_TOKEN, signature, statusUrl, params)
    response.writeHead(genuine ? 204 : 403).end()
    process.stdout.write(`${params.MessageSid} ${params.MessageStatus} ${genuine ? "signed" : "forged"}\n`)
    if (!genuine || ["delivered", "failed", "undelivered"].includes(params.MessageStatus))
      process.exit(genuine && params.MessageStatus === "delivered" ? 0 : 1)
  })
})
server.listen(Number(PORT))

const client = twilio(TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN)
const { sid, status } = await client.messages.create({
  to: "+15551234567",
  from: "+15550000001",
  body: "Hello from a container",
  statusCallback: statusUrl,
})
process.stdout.write(`${sid} ${status}\n`)
