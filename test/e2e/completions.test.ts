import { execFileSync, spawnSync } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, describe, it } from "@effect/vitest"
import { assertFalse, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { verbs } from "../../src/cli/commandLine.ts"
import { newFolder } from "../support/folder.ts"
import { program } from "../support/program.ts"
import { ringback } from "../support/ringback.ts"

/** Command lines up to the cursor, some of what is offered there, and what is not. */
const lines: ReadonlyArray<readonly [line: string, offered: ReadonlyArray<string>, not: ReadonlyArray<string>]> = [
  ["ringback ", Object.keys(verbs), ["alog.db"]],
  ["ringback ver", ["verify"], ["serve"]],
  ["ringback serve --p", ["--port", "--pace"], ["--db"]],
  ["ringback traffic t", ["to-scenario"], ["trust", "import"]],
  ["ringback traffic import --ke", ["--keep-numbers"], ["--keep"]],
  ["ringback import --", ["--db"], ["--keep-numbers"]],
  ["ringback traffic to-scenario --o", ["--out"], []],
  ["ringback gateway what-if --p", ["--policy"], ["--pace"]],
  ["ringback traffic import --from v", ["vcr", "vcrpy"], ["har"]],
  ["ringback playback --mode re", ["repeat-last"], ["order"]],
  ["ringback completions ", ["bash", "fish", "zsh"], ["alog.db"]],
  ["ringback verify a", ["alog.db"], []],
  ["ringback verify --json a", ["alog.db"], []],
  ["ringback serve --config a", ["alog.db"], []],
  ["ringback run --keep a", ["afolder"], ["alog.db"]],
  ["ringback serve --pace ", [], ["alog.db", "--port"]],
  ["ringback exec -- a", ["alog.db"], ["--pace"]],
]

const folder = newFolder()
const script = (shell: string) => join(folder, `ringback.${shell}`)

beforeAll(() => {
  writeFileSync(join(folder, "alog.db"), "")
  mkdirSync(join(folder, "afolder"))
  for (const shell of ["bash", "fish", "zsh"])
    writeFileSync(script(shell), execFileSync(process.execPath, [program, "completions", shell]))
})

const run = (shell: string, args: ReadonlyArray<string>): string => {
  const { status, stderr, stdout } = spawnSync(shell, args, { cwd: folder, encoding: "utf8", timeout: 60_000 })
  strictEqual(status, 0, stderr)
  return stdout
}

/** What bash offers: what the function answers, and where that is nothing the files that bash itself would. */
const inBash = (line: string): ReadonlyArray<string> => {
  const words = line.split(" ")
  const said = run("bash", [
    "-c",
    [
      `source ${script("bash")}`,
      "compopt() { [[ $* == '+o default' ]] && byDefault=no; }",
      `COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}`,
      `_ringback ringback '${words.at(-1)}' '${words.at(-2)}'`,
      `[[ \${#COMPREPLY[@]} -eq 0 && $byDefault != no ]] && COMPREPLY=($(compgen -f -- '${words.at(-1)}'))`,
      'printf "%s\\n" "${COMPREPLY[@]}"',
    ].join("\n"),
  ])
  return said.trim().split("\n")
}

const inFish = (line: string): ReadonlyArray<string> =>
  run("fish", ["--no-config", "-c", `source ${script("fish")}; complete -C ${JSON.stringify(line)}`])
    .split("\n")
    .map((offered) => offered.split("\t")[0]?.replace(/\/$/, "") ?? "")

/** What zsh offers: a shell in a terminal of its own, whose `compadd` also writes down what it is given. */
const inZsh = (line: string): ReadonlyArray<string> =>
  run("zsh", [
    "-f",
    "-c",
    [
      "zmodload zsh/zpty; zpty z zsh -f -i",
      `zpty -w z "PROMPT=; autoload -U compinit; compinit -u -D; source ${script("zsh")}; cd ${folder}"`,
      `zpty -w z 'compadd() { if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi; local -a hits; builtin compadd -A hits "$@"; print -rl -- $hits >> hits; builtin compadd "$@"; }'`,
      "rm -f hits ready; zpty -w z 'touch ready'",
      "repeat 100; do [[ -e ready ]] && break; sleep 0.1; done",
      // A widget behind the completion says that it is over.
      `zpty -w z "ended() { touch ended }; zle -N ended; bindkey '^E' ended; rm -f ended"`,
      `sleep 0.3; zpty -w -n z $'${line}\\t\\x05'`,
      "repeat 100; do [[ -e ended ]] && break; sleep 0.1; done",
      "[[ -e hits ]] && cat hits; zpty -d z; rm -f hits ready; [[ -e ended ]]",
    ].join("\n"),
  ]).split("\n")

const installed = (shell: string): boolean => spawnSync(shell, ["--version"]).status === 0

describe("ringback completions", () => {
  for (const [shell, offeredIn] of [
    ["bash", inBash],
    ["fish", inFish],
    ["zsh", inZsh],
  ] as const)
    describe.skipIf(!installed(shell))(`in ${shell}, where it is installed`, () => {
      for (const [line, offered, not] of lines)
        it(`offer what may follow on: ${line}`, () => {
          const found = offeredIn(line)
          deepStrictEqual(
            offered.filter((each) => !found.includes(each)),
            [],
          )
          for (const each of not) assertFalse(found.includes(each), `${each} is offered: ${found.join(" ")}`)
        })
    })

  it("are for three shells, and for nothing else", async () => {
    const { code, stderr } = await ringback(["completions", "tcsh"])
    strictEqual(code, 2)
    assertTrue(stderr.includes("bash") && stderr.includes("zsh"), stderr)
  })
})
