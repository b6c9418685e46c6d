import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { genesis, type Row } from "../core/Entry.ts"
import { checked, type Page } from "../log/pages.ts"
import { EditedVerifier, isEdited } from "./EditedVerifier.ts"
import { type Rules, type Unsound, type Verdict, Verifier } from "./Verifier.ts"

export type { Edit, Rules, Verdict } from "./Verifier.ts"

/** Verifies the pages of a log; `progress` is told how many entries have been found right. */
export const verifyPages = <E>(
  pages: Stream.Stream<Page, E>,
  rules: Rules,
  progress: (entries: number) => void = () => {},
): Effect.Effect<Verdict, E> =>
  Effect.suspend(() => {
    let verifier: Pick<Verifier, "take" | "end"> | undefined
    let taken = 0
    const take = ({ matching, rows }: Page): Unsound | undefined => {
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i] as Row
        verifier ??= isEdited(row) ? new EditedVerifier(rules) : new Verifier(rules)
        const verdict = verifier.take(row, i < matching)
        if (verdict !== undefined) return verdict
      }
      taken += rows.length
      progress(taken)
      return undefined
    }
    return pages.pipe(
      Stream.map(take),
      Stream.filter((verdict) => verdict !== undefined),
      Stream.runHead,
      Effect.map(Option.getOrElse(() => (verifier ?? new Verifier(rules)).end())),
    )
  })

/** Verifies rows as they come; their hashes are worked out here. */
export const verifyRows = <E>(rows: Stream.Stream<Row, E>, rules: Rules): Effect.Effect<Verdict, E> =>
  verifyPages(
    rows.pipe(
      Stream.chunks,
      Stream.mapAccum(genesis, (previous, some) => {
        const page = checked(Chunk.toReadonlyArray(some), previous)
        return [page.rows.at(-1)?.hash ?? previous, page]
      }),
    ),
    rules,
  )
