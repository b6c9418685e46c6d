import * as net from "node:net"

const loopback = new net.BlockList()
loopback.addSubnet("127.0.0.0", 8, "ipv4")
loopback.addAddress("::1", "ipv6")

/** Whether an address is the machine's own; IPv4 inside IPv6 counts as IPv4. */
export const isLoopback = (address: string | undefined): boolean => {
  if (address === undefined) return false
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "")
  const family = net.isIP(plain)
  return family !== 0 && loopback.check(plain, family === 4 ? "ipv4" : "ipv6")
}
