import * as vm from "node:vm"
import { limits } from "../core/limits.ts"

/*
 * Regular expressions of people, held against a text within a stated time: one such as `(a+)+$` tries more ways than there are
 * moments, and nothing else of this thread would ever have its turn.
 */

/** An expression that has taken too long with a text. */
export class SlowExpression extends Error {
  override readonly name = "SlowExpression"
}

/** Whether an expression is found in a text. Throws `SlowExpression` when `limits.expressionMsMax` of the host's time are over. */
export const isIn = (expression: RegExp, text: string): boolean => {
  // `search` begins at the beginning whatever was found before, and an expression of another realm has it too.
  if (isQuick(expression)) return text.search(expression) >= 0
  watch ??= watchOf()
  watch.held.expression = expression
  watch.held.text = text
  try {
    return watch.script.runInContext(watch.held, { timeout: limits.expressionMsMax }) as boolean
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error
    throw new SlowExpression(
      `the expression ${expression} takes more than ${limits.expressionMsMax / 1_000} s on a text of ${text.length} characters: repetitions within repetitions try every way to share the text out`,
    )
  }
}

/** With one choice at most an expression takes no more steps than a text has characters squared; watching costs more than that. */
const isQuick = ({ source }: RegExp): boolean => (source.match(choices)?.length ?? 0) <= 1
/** All that can make a choice, and some that only looks so: `*`, `+`, `?`, `|`, `{1,`, and a group that is repeated. */
const choices = /[*+?|]|\{\d+,|\)\{/g

interface Watch {
  readonly held: vm.Context
  readonly script: vm.Script
}

/** Where expressions are watched; it holds nothing between two of them that anybody reads. */
let watch: Watch | undefined

const watchOf = (): Watch => ({
  held: vm.createContext({ expression: undefined, text: "" }),
  script: new vm.Script("text.search(expression) >= 0", { filename: "expression" }),
})
