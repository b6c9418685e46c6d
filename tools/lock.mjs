import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { hostname } from "node:os"
import { dirname, join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"

const pollMs = 200
const beatMs = 2_000
/** A holder that gave no sign of life for this long is gone. */
const silentMsMax = 60_000
/** A lock without its holder's name: it died between two steps. */
const namelessMsMax = 5_000

/**
 * Takes a lock that is a folder, waiting for whoever holds it; `onWait` is called once if there is a wait.
 *
 * A holder that died is noticed: at once on the same host, elsewhere when its heartbeat stops. Returns the release.
 */
export const takeLock = async (folder, onWait = () => {}) => {
  const me = `${process.pid} ${hostname()}`
  let told = false
  for (;;) {
    mkdirSync(dirname(folder), { recursive: true })
    try {
      mkdirSync(folder)
      writeFileSync(join(folder, "holder"), me)
      return holding(folder, me)
    } catch (error) {
      if (error.code === "ENOENT") continue
      if (error.code !== "EEXIST") throw error
    }
    if (isStale(folder)) discard(folder)
    else {
      if (!told) onWait()
      told = true
      await wait(pollMs)
    }
  }
}

const holding = (folder, me) => {
  const beat = setInterval(() => {
    try {
      const now = new Date()
      utimesSync(folder, now, now)
    } catch {
      // The folder was removed by hand; the release copes with that too.
    }
  }, beatMs)
  beat.unref()
  return () => {
    clearInterval(beat)
    if (holderOf(folder) === me) rmSync(folder, { recursive: true, force: true })
  }
}

const isStale = (folder) => {
  let silentMs
  try {
    silentMs = Date.now() - statSync(folder).mtimeMs
  } catch {
    return false
  }
  const holder = holderOf(folder)
  if (holder === undefined || holder === "") return existsSync(folder) && silentMs > namelessMsMax
  const [pid, host] = holder.split(" ")
  return silentMs > silentMsMax || (host === hostname() && !isAlive(Number(pid)))
}

const holderOf = (folder) => {
  try {
    return readFileSync(join(folder, "holder"), "utf8")
  } catch {
    return undefined
  }
}

const isAlive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === "EPERM"
  }
}

/** Renaming first means that of several who see a stale lock one removes it. */
const discard = (folder) => {
  const aside = `${folder}.${process.pid}`
  try {
    renameSync(folder, aside)
    rmSync(aside, { recursive: true, force: true })
  } catch {
    // Someone else was faster.
  }
}
