import { chmodSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { program } from "../support/program.ts"
import { root } from "./blocks.ts"

/*
 * Commands as a reader's shell has them: `ringback`, `npx`, `npm` and `node`. What goes on until it is stopped (a server, an
 * application) is left running, with its pid and what it says in files of the state folder.
 */

/** What every shim begins with: `$STATE`, and `goes_on`, which waits until what it starts says a text, or listens itself. */
const common = (state: string) => `#!/bin/bash
STATE=${state}
NODE=${process.execPath}
alive() { kill -0 "$1" 2>/dev/null && ! grep -q '^State:.*Z' "/proc/$1/status" 2>/dev/null; } # A zombie has ended.
goes_on() { # NAME WHAT-IT-SAYS|listens COMMAND...
  local name="$1" ready="$2" nth=1; shift 2
  while [ -f "$STATE/$name.$nth.log" ]; do nth=$((nth + 1)); done
  local log="$STATE/$name.$nth.log" # What one that ran before has said is not what this one says.
  if [ -f "$STATE/$name.pid" ]; then
    kill "$(cat "$STATE/$name.pid")" 2>/dev/null
    while alive "$(cat "$STATE/$name.pid")"; do sleep 0.05; done
  fi
  : >"$log"
  export LISTENS="$STATE/$name.$nth.listens"
  "$@" >"$log" 2>&1 </dev/null &
  local pid=$!
  echo $pid >"$STATE/$name.pid"
  for i in $(seq 600); do
    if [ "$ready" = listens ]; then [ -f "$LISTENS" ] && break
    else grep -q "$ready" "$log" && break; fi
    alive $pid || { cat "$log"; wait $pid; exit $?; }
    sleep 0.05
    [ "$i" = 600 ] && { echo "$name never said that it is ready"; cat "$log"; exit 1; }
  done
  echo "$name.$nth" >>"$STATE/went-on"
  exit 0
}
has() { local word="$1"; shift; for each in "$@"; do [ "$each" = "$word" ] && return 0; done; return 1; }
`

const ringback = (port: number, provider: number) => `
if has --providers "$@"; then has --providers-port "$@" || set -- "$@" --providers-port ${provider}; fi
case "$1" in
  serve|record|playback)
    [ -n "$INSIDE" ] || has --help "$@" || { has --port "$@" || set -- "$@" --port ${port}; goes_on exchange 'Ctrl-C stops' "$NODE" ${program} "$@"; } ;;
  inbound|call) has --url "$@" || set -- "$@" --url http://127.0.0.1:${port} ;;
esac
export INSIDE=1 # What the program itself starts is its own.
exec "$NODE" ${program} "$@"
`

const npx = `
command="$1"; shift
case "$command" in
  ringback) exec ringback "$@" ;;
  vitest) exec "$NODE" ${root}/node_modules/vitest/vitest.mjs "$@" ;;
  tsc) exec "$NODE" ${root}/node_modules/typescript/bin/tsc "$@" ;;
  *) echo "npx $command: not here" >&2; exit 1 ;;
esac
`

/** Of what npm is asked for only a start is done: tests run no tests. A script has to be there. */
const npm = `
case "$1" in
  start) shift; [ "$1" = -- ] && shift; exec ringback serve "$@" ;;
  test|run|run-script)
    [ "$1" = test ] && script=test || script="$2"
    exec "$NODE" -e 'if (!(process.argv[2] in require(process.argv[1]).scripts)) throw new Error("no script " + process.argv[2])' ${root}/package.json "$script" ;;
  install|ci|init) exit 0 ;;
  *) echo "npm $1: not here" >&2; exit 1 ;;
esac
`

/** Containers are not made here: the files that a command names have to be there. */
const docker = `
while [ $# -gt 0 ]; do
  if [ "$1" = -f ]; then [ -f "${root}/$2" ] || { echo "docker: no file $2" >&2; exit 1; }; fi
  shift
done
`

/** An application that listens goes on. */
const node = `
if [ -z "$INSIDE" ] && [ -f "$1" ] && grep -q '\\.listen(' "$1"; then goes_on "$(basename "$1")" listens "$NODE" --require "$STATE/listens.cjs" "$@"; fi
exec "$NODE" "$@"
`

/** An application's own word that it listens: that somebody answers at its port says nothing about who. */
const listens = `
const { writeFileSync } = require("node:fs")
const { Server } = require("node:net")
const { listen } = Server.prototype
Server.prototype.listen = function (...options) {
  return listen.apply(this.once("listening", () => writeFileSync(process.env.LISTENS, "")), options)
}
`

/** Ends what goes on, as a reader does in its terminal. */
const ctrlC = `
pid="$(cat "$STATE/$1.pid")"
kill "$pid" || exit 1
while alive "$pid"; do sleep 0.05; done
`

/** Writes the commands of a page into a folder for its PATH. */
export const writeShims = (
  folder: string,
  state: string,
  ports: { readonly exchange: number; readonly provider: number },
): void => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(state, "listens.cjs"), listens)
  const scripts = {
    docker,
    ringback: ringback(ports.exchange, ports.provider),
    npx,
    npm,
    node,
    "ctrl-c": ctrlC,
  }
  for (const [name, script] of Object.entries(scripts)) {
    const file = join(folder, name)
    writeFileSync(file, `${common(state)}${script}`)
    chmodSync(file, 0o755)
  }
}
