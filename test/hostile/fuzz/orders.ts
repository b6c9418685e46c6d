import { pageOrders } from "./pages.ts"
import { expectations } from "./reading.ts"

/* What the control API is ordered. */

const orders = [
  '{"pace":"fast"}',
  '{"pace":"paused"}',
  '{"pace":"1e999x"}',
  '{"advance":"1h"}',
  '{"advance":"-1s"}',
  '{"advance":"99999999999999999d"}',
  '{"step":1}',
  '{"step":1e999}',
  '{"step":0.5}',
  '{"settle":true}',
  '{"from":"+15551234567","to":"+15550000001","body":"Hello"}',
  '{"from":"+15551234567","to":"+15550000001","body":"STOP"}',
  '{"from":"+15551234567","to":"+15550000001","media":["https://u:p@a.example/1.png"]}',
  '{"from":"whatsapp:+1","to":"","media":[null]}',
  '{"recipient":"+15551234567","sender":"+15550000001"}',
  '{"recipient":"__proto__","sender":"MG"}',
  '{"settle":true,"__proto__":{"step":1}}',
  '{"__proto__":null}',
  "[]",
  "null",
  "",
  "{",
  '"'.padEnd(5_000, "x"),
  "[".repeat(5_000),
]

/** What stands in bodies for a path of the control API that takes orders. */
export const ordersAt = (path: string): ReadonlyArray<string> | undefined =>
  path.startsWith("/admin/expect")
    ? expectations
    : /^\/admin\/(breakpoints|forks|numbers|settings)/.test(path)
      ? pageOrders
      : /^\/admin\/(clock|inbound|opt-outs)/.test(path)
        ? orders
        : undefined
