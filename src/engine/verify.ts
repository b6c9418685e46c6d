import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { genesis, type Row } from "../core/Entry.ts"
import { makeCheck, type NextPage, type Page } from "../log/pages.ts"
import { EditedVerifier, isEdited } from "./EditedVerifier.ts"
import { type Rules, type Unsound, type Verdict, Verifier } from "./Verifier.ts"

export type { Edit, Rules, Verdict } from "./Verifier.ts"

/** Entries after which progress is told: to write on a terminal takes as long as some of them. */
const progressEntries = 1_000

/** Verifies the pages of a log, taken one by one; `progress` is told how many entries have been found right. */
export const verifyPages = <E>(
  nextPage: NextPage<E>,
  rules: Rules,
  progress: (entries: number) => void = () => {},
): Effect.Effect<Verdict, E> =>
  Effect.gen(function* () {
    let verifier: Pick<Verifier, "take" | "end"> | undefined
    let taken = 0
    let told = 0
    const take = ({ matching, rows }: Page): Unsound | undefined => {
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i] as Row
        verifier ??= isEdited(row) ? new EditedVerifier(rules) : new Verifier(rules)
        const verdict = verifier.take(row, i < matching)
        if (verdict !== undefined) return verdict
      }
      taken += rows.length
      if (taken - told >= progressEntries) {
        told = taken
        progress(taken)
      }
      return undefined
    }
    for (let page = yield* nextPage; page !== undefined; page = yield* nextPage) {
      const verdict = take(page)
      if (verdict !== undefined) return verdict
    }
    return (verifier ?? new Verifier(rules)).end()
  })

/** Verifies rows as they come; their hashes are worked out here. */
export const verifyRows = <E>(rows: Stream.Stream<Row, E>, rules: Rules): Effect.Effect<Verdict, E> =>
  Effect.flatMap(Stream.toPull(rows), (pull) => {
    const check = makeCheck(genesis)
    const nextPage = pull.pipe(
      Effect.map((some): Page | undefined => check(Chunk.toReadonlyArray(some))),
      Effect.catchAll(Option.match({ onNone: () => Effect.succeed(undefined), onSome: (error) => Effect.fail(error) })),
    )
    return verifyPages(nextPage, rules)
  }).pipe(Effect.scoped)
