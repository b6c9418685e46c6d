import { spawn } from "node:child_process"
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { newFolder } from "../support/folder.ts"
import { freePort } from "../support/freePort.ts"
import { until } from "../support/until.ts"
import { root } from "./blocks.ts"
import { writeShims } from "./shims.ts"

/* Where a page is played: a folder, a shell, a place for an exchange and one for an application. */

export interface Place {
  readonly folder: string
  /** A text of the page with the ports of this place for those that it names. */
  readonly here: (text: string) => string
  readonly write: (name: string, text: string) => void
  /** Runs a script; what goes on is left running. */
  readonly shell: (script: string) => Promise<Done>
  /** What a process that goes on has said so far. */
  readonly says: (name: string) => string
  /** Ends what goes on. */
  readonly leave: () => Promise<void>
}

export interface Done {
  readonly code: number | null
  /** Both streams, with the ports of the page. */
  readonly output: string
  /** The processes that it left running. */
  readonly wentOn: ReadonlyArray<string>
}

/** The ports a page takes for the exchange, the application, and the first simulated provider. */
const told = { exchange: 8080, application: 3000, provider: 8071 }

/** The credentials of every page's exchange; the SID is the default one. */
export const credentials = {
  TWILIO_ACCOUNT_SID: "AC62474ed8b1e18cc2bef98099f5cb9616",
  TWILIO_AUTH_TOKEN: "0123456789abcdef0123456789abcdef",
}

/** What a page's folder has of a clone, where the page names it. */
const ofClone = ["recordings", "scenarios", "test/traffic/samples"]

/** Makes a place for a page. Without an exchange of the page's own there is one where it names its address. */
export const placeFor = async (page: string): Promise<Place> => {
  const folder = newFolder()
  const state = newFolder()
  const application = await listenForCallbacks()
  // A page may have an application of its own.
  if (page.includes(`.listen(${told.application}`)) await application.close()
  const ports = { exchange: await freePort(), application: application.port, provider: await freePort() }
  const names = Object.keys(told) as ReadonlyArray<keyof typeof told>
  const here = (text: string) =>
    names.reduce((said, name) => said.replaceAll(new RegExp(`\\b${told[name]}\\b`, "g"), `${ports[name]}`), text)
  const there = (text: string) =>
    names.reduce((said, name) => said.replaceAll(new RegExp(`\\b${ports[name]}\\b`, "g"), `${told[name]}`), text)

  writeShims(join(state, "bin"), state, ports)
  for (const path of ofClone)
    if (page.includes(`${path}`)) cpSync(join(root, path), join(folder, path), { recursive: true })
  furnish(folder)
  const place: Place = {
    folder,
    here,
    write: (name, text) => writeFileSync(join(folder, name), here(text)),
    shell: async (script) => {
      const log = join(state, "went-on")
      rmSync(log, { force: true })
      const { code, output } = await bash(here(script), { folder, state })
      const wentOn = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []
      return { code, output: there(output), wentOn }
    },
    says: (name) => there(readFileSync(join(state, `${name}.log`), "utf8")),
    leave: async () => {
      await application.close()
      await endProcesses(state)
    },
  }
  if (needsExchange(page)) {
    const { code, output } = await place.shell("ringback serve")
    if (code !== 0) {
      await place.leave()
      throw new Error(`no exchange: ${output}`)
    }
  }
  return place
}

/** A page that says so, or that starts none of its own and yet talks to one. */
const needsExchange = (page: string): boolean =>
  page.includes("<!-- exchange: runs -->") ||
  (!/^(?:\$ )?(?:npx )?(?:npm start|ringback (?:serve|record|playback)\b)/m.test(page) &&
    /127\.0\.0\.1:8080|localhost:8080|ringback (?:inbound|call) /.test(page))

/** A folder of a project that has installed what documents import. */
const furnish = (folder: string): void => {
  const modules = join(folder, "node_modules")
  mkdirSync(join(modules, "@effect"), { recursive: true })
  symlinkSync(root, join(modules, "ringback"))
  for (const name of ["twilio", "vitest", "effect", "@effect/platform", "@effect/platform-node", "libphonenumber-js"])
    symlinkSync(join(root, "node_modules", name), join(modules, name))
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }))
}

/** A script under bash, which begins where the one before ended: its folder, its variables. */
const bash = (script: string, { folder, state }: { folder: string; state: string }) => {
  const environment = join(state, "environment")
  const whole = [
    "set -eo pipefail",
    `[ -f ${environment} ] && . ${environment}`,
    `trap 'declare -px >${environment}; printf "cd %q\\n" "$PWD" >>${environment}' EXIT`,
    script,
  ].join("\n")
  const { PATH = "", TMPDIR } = process.env
  return new Promise<{ readonly code: number | null; readonly output: string }>((resolve, reject) => {
    const child = spawn("bash", ["-c", whole], {
      cwd: folder,
      env: {
        HOME: folder,
        NO_COLOR: "1",
        PATH: `${join(state, "bin")}:${PATH}`,
        ...(TMPDIR === undefined ? {} : { TMPDIR }),
        ...credentials,
      },
      stdio: ["ignore", "pipe", "pipe"],
      // Sooner than the test itself ends, so that what hangs is told with its line.
      timeout: 90_000,
    })
    let output = ""
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text
      })
    child.once("error", reject)
    child.once("close", (code) => resolve({ code, output }))
  })
}

/** An application that takes every callback, and answers messages. */
const listenForCallbacks = async (): Promise<{ readonly port: number; readonly close: () => Promise<void> }> => {
  const server: Server = createServer((request, response) => {
    request.resume()
    if (request.url?.startsWith("/sms"))
      response
        .setHeader("Content-Type", "text/xml")
        .end('<?xml version="1.0" encoding="UTF-8"?><Response><Message>Hi</Message></Response>')
    else response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const endProcesses = async (state: string): Promise<void> => {
  for (const file of readdirSync(state).filter((name) => name.endsWith(".pid"))) {
    const pid = Number(readFileSync(join(state, file), "utf8"))
    const signal = (kind: NodeJS.Signals | 0) => {
      try {
        return process.kill(pid, kind)
      } catch {
        return false // It has ended.
      }
    }
    signal("SIGTERM")
    await until(`${file} has ended`, () => !signal(0) || isZombie(pid))
  }
}

/** It has ended, and nobody has asked how. */
const isZombie = (pid: number): boolean => {
  const status = `/proc/${pid}/status`
  return existsSync(status) && /^State:.*Z/m.test(readFileSync(status, "utf8"))
}
