import type { Handler } from "../../src/scenarios/Scenario.ts"

/*
 * An application with a bug: it keeps the status of each message as it is told, and falls over when one that is delivered is told
 * to be sent. Callbacks may come in any order.
 */

export const statusUrl = "https://bookings.example/status"

/** A new application that remembers nothing. */
export const bookings = (): ReadonlyMap<string, Handler> => {
  const statuses = new Map<string, string>()
  return new Map([
    [
      statusUrl,
      async ({ body }) => {
        const params = new URLSearchParams(body)
        const [sid, status] = [params.get("MessageSid") ?? "", params.get("MessageStatus") ?? ""]
        if (status === "sent" && statuses.get(sid) === "delivered")
          return { status: 500, body: "was delivered already" }
        statuses.set(sid, status)
        return { status: 204 }
      },
    ],
  ])
}

/** Six bookings are confirmed, each a second after the one before. */
export const bookingsScenario = `# Every callback is taken.
name: bookings
endpoints:
  - url: ${statusUrl}
    forward: http://127.0.0.1:3000/status
explore:
  callbacks: { latency: 1s, lost_percent: 10, duplicated_percent: 20, out_of_order_percent: 10, unanswered_percent: 10 }
  messages: { undelivered_percent: 10, lost_percent: 10 }
steps:
  - repeat: 6
    steps:
      - send:
          to: "+1555123456\${index}"
          from: "+15550000001"
          body: Booking \${index} is confirmed
          status_callback: ${statusUrl}
      - advance: 1s
expect:
  - request: { answer: 500 }
    never: true
`
