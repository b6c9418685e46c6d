import { describe, it } from "@effect/vitest"
import { assertFalse, assertTrue, strictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import { seeded, seededRuns } from "../../test/support/seeded.ts"
import { allowOf, isAllowed } from "./allow.ts"

/** Whether an address, or a URL's host that is one, is permitted. */
const permits = (list: ReadonlyArray<string> | undefined, address: string, host = address): boolean =>
  allowOf(list).permits(host, address)

/** Addresses nobody wants a callback at, in every spelling a socket or a URL has for them. */
const never = [
  "169.254.169.254",
  "169.254.170.2",
  "169.254.0.0",
  "169.254.255.255",
  "100.100.100.200",
  "168.63.129.16",
  "192.0.0.192",
  "fe80::1",
  "fe80::1%eth0",
  "FEBF:ffff::",
  "fd00:ec2::254",
  "fd00:0ec2:0:0:0:0:0:254",
  "fd00:ec2::23",
  "fd20:ce::254",
  "fd00:42::42",
  "::ffff:169.254.169.254",
  "::ffff:a9fe:a9fe",
  "0:0:0:0:0:ffff:a9fe:a9fe",
  "::169.254.169.254",
  "::ffff:0:169.254.169.254",
  "64:ff9b::169.254.169.254",
  "64:ff9b::a9fe:a9fe",
  "64:ff9b:1:a9fe:a9:fe00::",
  "64:ff9b:1::a9fe:a9fe",
  "2002:a9fe:a9fe::1",
  "2001:0:1234::5601:5601",
  "2001:db8::5efe:169.254.169.254",
  "2001:db8::200:5efe:a9fe:a9fe",
]

const desk = ["127.0.0.1", "127.9.9.9", "::1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "fd12::1", "0.0.0.0", "8.8.8.8"]
const near = ["169.253.255.255", "169.255.0.0", "fec0::1", "fe7f::1", "100.100.100.199", "fd00:ec3::254", "2001:db8::1"]

/** Lists, an address with the name that led to it, and whether it is permitted. */
const lists: ReadonlyArray<readonly [list: ReadonlyArray<string>, host: string, address: string, does: boolean]> = [
  [[], "app.example", "203.0.113.1", false],
  [[], "127.0.0.1", "127.0.0.1", false],
  [["app.example"], "app.example", "203.0.113.1", true],
  [["App.Example."], "app.example", "203.0.113.1", true],
  [["app.example"], "APP.example.", "203.0.113.1", true],
  [["app.example"], "x.app.example", "203.0.113.1", false],
  [["app.example"], "app.example.org", "203.0.113.1", false],
  [["app.example"], "203.0.113.1", "203.0.113.1", false],
  [["*.app.example"], "x.app.example", "203.0.113.1", true],
  [["*.app.example"], "x.y.app.example", "203.0.113.1", true],
  [["*.app.example"], "app.example", "203.0.113.1", false],
  [["*.app.example"], "xapp.example", "203.0.113.1", false],
  [["bücher.example"], "xn--bcher-kva.example", "203.0.113.1", true],
  [["203.0.113.0/24"], "app.example", "203.0.113.200", true],
  [["203.0.113.0/24"], "app.example", "203.0.114.1", false],
  [["203.0.113.77/24"], "app.example", "203.0.113.1", true],
  [["203.0.113.1"], "app.example", "203.0.113.1", true],
  [["203.0.113.1"], "app.example", "203.0.113.2", false],
  [["0xcb007101"], "app.example", "203.0.113.1", true],
  [["0.0.0.0/0"], "app.example", "203.0.113.1", true],
  [["0.0.0.0/0"], "app.example", "2001:db8::1", false],
  [["::/0"], "app.example", "2001:db8::1", true],
  [["::/0"], "app.example", "203.0.113.1", false],
  [["2001:db8::/32"], "app.example", "2001:db8:1::", true],
  [["2001:db8::/32"], "app.example", "2001:db9::", false],
  [["[2001:db8::1]"], "app.example", "2001:db8::1", true],
  [["127.0.0.0/8"], "app.example", "::ffff:127.0.0.1", true],
  [["::ffff:127.0.0.0/104"], "app.example", "127.0.0.1", true],
  [["127.0.0.0/8"], "app.example", "64:ff9b::7f00:1", false],
  [["127.0.0.0/8"], "app.example", "2002:7f00:1::", false],
  // What is never wanted is opened by its own address or network alone.
  [["0.0.0.0/0", "::/0"], "app.example", "169.254.169.254", false],
  [["0.0.0.0/0", "::/0"], "app.example", "fe80::1", false],
  [["169.0.0.0/8"], "app.example", "169.254.169.254", false],
  [["metadata.google.internal"], "metadata.google.internal", "169.254.169.254", false],
  [["169.254.169.254"], "metadata.google.internal", "169.254.169.254", true],
  [["169.254.169.254"], "169.254.169.254", "::ffff:169.254.169.254", true],
  [["169.254.169.254"], "169.254.169.253", "169.254.169.253", false],
  [["169.254.169.254"], "64:ff9b::a9fe:a9fe", "64:ff9b::a9fe:a9fe", false],
  [["169.254.0.0/16"], "app.example", "169.254.1.1", true],
  [["fe80::/10"], "app.example", "fe80::1%eth0", true],
  [["fe80::/9"], "app.example", "fe80::1", false],
]

describe("what the wire may connect to", () => {
  it.each(never)("%s is refused unless it is allowed by itself", (address) => {
    assertFalse(permits(undefined, address))
    assertFalse(permits(["0.0.0.0/0", "::/0", "app.example"], address, "app.example"))
  })
  it.each([...desk, ...near])("%s is permitted where nothing is said", (address) =>
    assertTrue(permits(undefined, address)),
  )
  it.each(lists)("%j and %s at %s: %s", (list, host, address, does) => strictEqual(permits(list, address, host), does))
  it.each(["", "app.example", "1.2.3", "1.2.3.4.5", "1.2.3.256", ":::", "1::2::3", "1:2:3:4:5:6:7", "12345::"])(
    "%j is no address, so it is refused",
    (text) => assertFalse(permits(undefined, text)),
  )

  it.each([
    "app.example",
    "*.app.example",
    "localhost",
    "10.0.0.0/8",
    "::1",
    "[::1]",
    "::1/128",
    "2130706433",
    "a_b.c",
  ])("%j can stand in the list", (text) => assertTrue(isAllowed(text)))
  it.each([
    "",
    "*",
    "*.",
    "https://app.example",
    "app.example/x",
    "app.example:8080",
    "user@app.example",
    "10.0.0.0/33",
    "10.0.0/8",
    "::/129",
    "10.0.0.0/-1",
    "10.0.0.0/",
    "/8",
    "a b",
    "a*.example",
    "*.10.0.0.1",
    "256.256.256.256",
    "%41.example",
    "[::1",
  ])("%j cannot", (text) => assertFalse(isAllowed(text)))

  const byte = FastCheck.nat(255)
  const four = FastCheck.tuple(byte, byte, byte, byte)
  const linkLocal = FastCheck.tuple(byte, byte).map(([c, d]) => [169, 254, c, d] as const)
  type Four = readonly [number, number, number, number]
  const dotted = (bytes: Four) => bytes.join(".")
  const hex = ([a, b, c, d]: Four) => `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`

  it.prop(
    "an IPv4 address inside IPv6 is refused whenever it is refused by itself",
    [FastCheck.oneof(four, linkLocal)],
    ([bytes]) => {
      const alone = permits(undefined, dotted(bytes))
      for (const inside of ["::ffff:", "64:ff9b::", "::ffff:0:", "64:ff9b:1::"])
        for (const text of [`${inside}${dotted(bytes)}`, `${inside}${hex(bytes)}`])
          strictEqual(permits(undefined, text), alone)
      strictEqual(permits(undefined, `2002:${hex(bytes)}::1`), alone)
    },
    seededRuns(1_000),
  )

  it.prop(
    "every spelling of an address a URL may have is the address that is checked",
    [linkLocal],
    ([[a, b, c, d]]) => {
      const whole = ((a * 256 + b) * 256 + c) * 256 + d
      const spellings = [
        `${whole}`,
        `0x${whole.toString(16)}`,
        `0${whole.toString(8)}`,
        `0${a.toString(8)}.0x${b.toString(16)}.${c * 256 + d}`,
        `${a}.${(b * 256 + c) * 256 + d}`,
        `${a}.${b}.${c}.${d}.`,
        `%31${String(a).slice(1)}.${b}.${c}.${d}`,
        `[::ffff:${a}.${b}.${c}.${d}]`,
      ]
      for (const spelling of spellings) assertFalse(permits(undefined, new URL(`http://${spelling}/`).hostname))
    },
    seeded,
  )

  it.prop(
    "a network permits what shares its prefix and nothing else",
    [four, FastCheck.nat(32), four],
    ([network, prefix, bytes]) => {
      const bits = (all: Four) => all.map((each) => each.toString(2).padStart(8, "0")).join("")
      const shares = bits(network).slice(0, prefix) === bits(bytes).slice(0, prefix)
      if (permits(undefined, dotted(bytes)))
        strictEqual(permits([`${dotted(network)}/${prefix}`], dotted(bytes)), shares)
    },
    seededRuns(1_000),
  )

  it.prop(
    "no list and no text makes it throw",
    [FastCheck.array(FastCheck.string({ unit: FastCheck.constantFrom(..."ab1.:/*[]%@ 0xf") })), FastCheck.string()],
    ([list, text]) => {
      const allow = allowOf(list.filter(isAllowed))
      strictEqual(typeof allow.permits(text, text), "boolean")
    },
    seededRuns(1_000),
  )
})
