import type * as Effect from "effect/Effect"
import type { Asked } from "../answering.ts"
import type { Shown } from "../Shown.ts"
import type { Fill } from "../views.ts"

/** What a page is made with. */
export interface Making {
  readonly shown: Shown
  readonly fill: Fill
}

/** A page, or what a browser needs of one. */
export interface Made {
  readonly status: number
  readonly title: string
  /** Which of the entries of the menu it belongs to. */
  readonly menu: string
  /** The page between its head and its drawer. */
  readonly main: string
  /** What is open beside it; empty: nothing. */
  readonly drawer: string
  /** Parts that can be fetched alone, by their id. */
  readonly parts: { readonly [id: string]: string }
}

/** Makes a page; undefined: there is none here. A failure says why in one line. `rest` is what stands behind its path: `SM…` of `/ui/messages/SM…`. */
export type MakePage = (making: Making, asked: Asked, rest: string) => Effect.Effect<Made | undefined, Error>
