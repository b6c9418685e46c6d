import { onceAsked } from "../core/onceAsked.ts"

/*
 * Which hosts and addresses the wire may connect to. Pure: names are resolved elsewhere (guard.ts), and every address that a
 * connection could be made to is asked about here.
 *
 * 1. Link-local addresses and those of clouds' metadata services are refused, whatever name leads there, unless an address
 *    or network of the list lies within the refused range. A name or a wide network (0.0.0.0/0) never opens them.
 * 2. With a list, a target is permitted by its name or by its address. Without one, everything else is.
 * 3. IPv4 inside IPv6 (mapped, compatible, translated, NAT64, 6to4, Teredo, ISATAP) is refused as that IPv4 is. Only a mapped
 *    address is permitted as its IPv4: the others are other ways through the network.
 */

/** The `detail` of a failure (`outbound.failed`, reason `refused`) whose target is not permitted. */
export const notAllowed = "not-allowed"

/** Link-local, and where clouds hand out credentials: AWS, GCP, Azure, Alibaba, Oracle, Scaleway. */
const refusedRanges = [
  "169.254.0.0/16",
  "fe80::/10",
  "fd00:ec2::/32",
  "fd20:ce::254/128",
  "fd00:42::42/128",
  "100.100.100.200/32",
  "168.63.129.16/32",
  "192.0.0.192/32",
]

/** An address as a number, with how many bits it has. */
interface Address {
  readonly bits: 32 | 128
  readonly value: bigint
}

interface Network extends Address {
  readonly prefix: number
}

/** One entry of `callbacks.allow`: a host name, `*.` and a host name for all below it, or a network. */
type Allowed = { readonly host: string } | { readonly below: string } | { readonly network: Network }

export interface Allow {
  /** Whether a connection to `address`, to which `host` led, may be made. `host` is a name or the address itself. */
  readonly permits: (host: string, address: string) => boolean
}

/** Makes the matcher of a list that was checked before; without a list only what is never wanted is refused. */
export const allowOf = (list: ReadonlyArray<string> | undefined): Allow => {
  const entries = list?.flatMap((entry) => parseAllowed(entry) ?? [])
  const networks = entries?.flatMap((entry) => ("network" in entry ? [entry.network] : [])) ?? []
  const opening = networks.filter((network) => refused().some((range) => holds(range, network)))
  return {
    permits: (host, text) => {
      const address = parseAddress(text)
      if (address === undefined) return false
      const plain = unmapped(address)
      const meant = [address, ...embedded(address)]
      if (meant.some((each) => refused().some((range) => contains(range, each))))
        return opening.some((network) => contains(network, plain))
      if (entries === undefined) return true
      return networks.some((network) => contains(network, plain)) || named(entries, hostOf(host))
    },
  }
}

/** Whether a text can stand in the list. */
export const isAllowed = (text: string): boolean => parseAllowed(text) !== undefined

const named = (entries: ReadonlyArray<Allowed>, host: string): boolean =>
  entries.some((entry) => ("host" in entry ? host === entry.host : "below" in entry && host.endsWith(entry.below)))

const parseAllowed = (text: string): Allowed | undefined => {
  const cut = text.indexOf("/")
  if (cut >= 0) {
    const network = parseNetwork(text.slice(0, cut), text.slice(cut + 1))
    return network === undefined ? undefined : { network }
  }
  const literal = parseAddress(text)
  if (literal !== undefined) return { network: single(literal) }
  const below = text.startsWith("*.")
  const name = below ? text.slice(2) : text
  if (!/^[^\s/?#@:\\*%[\]]+$/.test(name) || !URL.canParse(`http://${name}/`)) return undefined
  const host = hostOf(new URL(`http://${name}/`).hostname)
  const address = parseAddress(host)
  if (address !== undefined) return below ? undefined : { network: single(address) }
  return below ? { below: `.${host}` } : { host }
}

const single = (address: Address): Network => {
  const plain = unmapped(address)
  return { ...plain, prefix: plain.bits }
}

const parseNetwork = (text: string, length: string): Network | undefined => {
  const address = parseAddress(text)
  if (address === undefined || !/^\d{1,3}$/.test(length)) return undefined
  const mapped = unmapped(address)
  const prefix = Number(length) - (address.bits - mapped.bits)
  if (Number(length) > address.bits) return undefined
  // A network wider than the mapped range is one of IPv6.
  return prefix < 0 ? { ...address, prefix: Number(length) } : { ...mapped, prefix }
}

/** A host name as it is compared: lower case, without the dot of the root. */
const hostOf = (host: string): string => host.toLowerCase().replace(/\.$/, "")

const contains = (network: Network, { bits, value }: Address): boolean =>
  network.bits === bits && (network.value ^ value) >> BigInt(bits - network.prefix) === 0n

const holds = (outer: Network, inner: Network): boolean => inner.prefix >= outer.prefix && contains(outer, inner)

/** An address in its usual spelling, in brackets or with a zone if it is IPv6; undefined for anything else. */
const parseAddress = (text: string): Address | undefined => {
  const four = parseIpv4(text)
  if (four !== undefined) return { bits: 32, value: four }
  const bare = /^\[(.*)\]$/.exec(text)?.[1] ?? text
  const six = parseIpv6(bare.replace(/%.*$/s, ""))
  return six === undefined ? undefined : { bits: 128, value: six }
}

const parseIpv4 = (text: string): bigint | undefined => {
  if (!/^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/.test(text)) return undefined
  const bytes = text.split(".").map(Number)
  return bytes.some((byte) => byte > 255) ? undefined : bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
}

const parseIpv6 = (text: string): bigint | undefined => {
  const dotted = /^(.*:)([^:]*\..*)$/s.exec(text)
  const tail = dotted === null ? undefined : parseIpv4(dotted[2] ?? "")
  if (dotted !== null && tail === undefined) return undefined
  const hex = tail === undefined ? text : `${dotted?.[1]}${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}`
  const halves = hex.split("::")
  if (halves.length > 2) return undefined
  const [head = [], rest] = halves.map((half) => (half === "" ? [] : half.split(":")))
  const missing = 8 - head.length - (rest?.length ?? 0)
  if (rest === undefined ? missing !== 0 : missing < 1) return undefined
  const groups = [...head, ...Array.from({ length: missing }, () => "0"), ...(rest ?? [])]
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))
    ? groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n)
    : undefined
}

const network = (text: string): Network => {
  const parsed = parseNetwork(text.split("/")[0] ?? "", text.split("/")[1] ?? "")
  if (parsed === undefined) throw new Error(`${text} is no network`)
  return parsed
}

const mappedRange: Network = { bits: 128, value: 0xffffn << 32n, prefix: 96 }
const low32 = (value: bigint): bigint => value & 0xffff_ffffn

/** The IPv4 address of a mapped one; any other as it is. */
const unmapped = (address: Address): Address =>
  contains(mappedRange, address) ? { bits: 32, value: low32(address.value) } : address

const refused = onceAsked((): ReadonlyArray<Network> => refusedRanges.map(network))

/** How IPv4 stands inside IPv6, and where in it. */
const embeddings = onceAsked(
  (): ReadonlyArray<readonly [range: Network, ipv4: (value: bigint) => bigint]> => [
    [mappedRange, low32],
    [network("::/96"), low32],
    [network("::ffff:0:0:0/96"), low32],
    [network("64:ff9b::/96"), low32],
    // RFC 6052: two bytes, an empty one, two bytes; others of this range have it at the end.
    [network("64:ff9b:1::/48"), (value) => ((value >> 48n) & 0xffff_0000n) | ((value >> 40n) & 0xffffn)],
    [network("64:ff9b:1::/48"), low32],
    [network("2002::/16"), (value) => (value >> 80n) & 0xffff_ffffn],
    [network("2001::/32"), (value) => low32(value) ^ 0xffff_ffffn],
  ],
)

const embedded = (address: Address): ReadonlyArray<Address> => {
  if (address.bits === 32) return []
  const { value } = address
  const found = embeddings().flatMap(([range, ipv4]) => (contains(range, address) ? [ipv4(value)] : []))
  if (((value >> 32n) & 0xfdff_ffffn) === 0x5efen) found.push(low32(value)) // ISATAP, in any network
  return found.map((four) => ({ bits: 32, value: four }))
}
