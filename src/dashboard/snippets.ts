import type { Shown } from "./Shown.ts"
import { quoted } from "./texts.ts"

export interface Snippet {
  readonly label: string
  readonly text: string
}

/**
 * How to connect, with this server's address and account. The token is never shown: `npm start` prints it, and settings may name it.
 *
 * Source  the official SDKs' sources, April to August 2026: node and python let the address of a domain be set
 */
export const snippets = (shown: Shown, origin: string): ReadonlyArray<Snippet> => {
  const account = shown.accountSid()
  const from = shown.numbers().find(({ accountSid }) => accountSid === account)?.number ?? "+15550000001"
  const to = "+15551234567"
  return [
    {
      label: "curl",
      text: [
        `curl ${origin}/2010-04-01/Accounts/${account}/Messages.json \\`,
        `  -u "${account}:$TWILIO_AUTH_TOKEN" \\`,
        `  --data-urlencode ${quoted(`To=${to}`)} --data-urlencode ${quoted(`From=${from}`)} \\`,
        `  --data-urlencode 'Body=Hello'`,
      ].join("\n"),
    },
    {
      label: "Node",
      text: [
        `import twilio from "twilio"`,
        "",
        `const client = twilio("${account}", process.env.TWILIO_AUTH_TOKEN)`,
        `client.api.baseUrl = "${origin}"`,
        `await client.messages.create({ to: "${to}", from: "${from}", body: "Hello" })`,
      ].join("\n"),
    },
    {
      label: "Python",
      text: [
        "import os",
        "from twilio.rest import Client",
        "",
        `client = Client("${account}", os.environ["TWILIO_AUTH_TOKEN"])`,
        `client.api.base_url = "${origin}"`,
        `client.messages.create(to="${to}", from_="${from}", body="Hello")`,
      ].join("\n"),
    },
    {
      label: "A phone",
      text: [
        `curl ${origin}/admin/inbound -H 'Content-Type: application/json' \\`,
        `  -d ${quoted(JSON.stringify({ from: to, to: from, body: "Hello" }))}`,
      ].join("\n"),
    },
  ]
}
