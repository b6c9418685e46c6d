import * as net from "node:net"
import { onceAsked } from "../core/onceAsked.ts"

const loopback = onceAsked(() => {
  const list = new net.BlockList()
  list.addSubnet("127.0.0.0", 8, "ipv4")
  list.addAddress("::1", "ipv6")
  return list
})

/** Whether an address is the machine's own; IPv4 inside IPv6 counts as IPv4. */
export const isLoopback = (address: string | undefined): boolean => {
  if (address === undefined) return false
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "")
  const family = net.isIP(plain)
  // What there is on most machines needs no list, which node loads when one is made.
  if (family === 4) return plain.startsWith("127.")
  return plain === "::1" || (family === 6 && loopback().check(plain, "ipv6"))
}
