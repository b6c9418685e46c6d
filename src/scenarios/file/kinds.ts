import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type { JsonObject } from "../../core/canonical.ts"
import { digestSchema, expectationSchema, valueSchema } from "../expectations/ExpectationKind.ts"
import { expectationKinds } from "../expectations/table.ts"
import { placesToFill } from "../references.ts"
import { stepKinds } from "../steps/table.ts"
import { takesAnyText } from "./anyText.ts"
import { at, check, type Problem } from "./problems.ts"

/* The schemas of single steps and expectations, each by its key. */

/** What lies within a step is checked by itself, so that a problem is told where it is. */
const unchecked = {
  steps: Schema.Array(Schema.Unknown) as Schema.Schema<ReadonlyArray<unknown>>,
  expectation: Schema.Unknown,
}

const steps: ReadonlyMap<string, (written: JsonObject) => Schema.Schema.AnyNoContext> = new Map(
  stepKinds.map((kind) => {
    const whole = kind.schema(unchecked)
    return [kind.key, kind.narrow?.(unchecked) ?? (() => whole)]
  }),
)

const expectations = (inStep: boolean): ReadonlyMap<string, Schema.Schema.AnyNoContext> =>
  new Map([
    ...expectationKinds.map((kind) => [kind.key, expectationSchema(kind, inStep)] as const),
    ["value", valueSchema(inStep)] as const,
    ["digest", digestSchema(inStep)] as const,
  ])
const inSteps = expectations(true)
const atEnd = expectations(false)

/** Every key that names an expectation. */
export const expectationKeys: ReadonlyArray<string> = [...atEnd.keys()]

/** Checks a step of a kind. */
export const checkStep = (key: string, written: JsonObject): Either.Either<unknown, ReadonlyArray<Problem>> =>
  check(steps.get(key)?.(written) as Schema.Schema<unknown>, written)

/** Where a step that was checked as it is written is filled in; undefined where what comes there has to be checked. */
const placesOfTexts = new WeakMap<JsonObject, ReadonlyArray<ReadonlyArray<string | number>> | undefined>()

/** Checks a step of a kind that was good as it is `written`, with the names in it filled in. In most that is one text for another. */
export const checkFilledStep = (
  key: string,
  written: JsonObject,
  made: JsonObject,
): Either.Either<unknown, ReadonlyArray<Problem>> => {
  if (!placesOfTexts.has(written)) {
    const schema = steps.get(key)?.(written)
    const places = placesToFill(written)
    const anyText = schema !== undefined && places.every((keys) => takesAnyText(schema.ast, keys))
    placesOfTexts.set(written, anyText ? places : undefined)
  }
  const places = placesOfTexts.get(written)
  return places?.every((keys) => typeof at(made, keys) === "string") === true ? Either.void : checkStep(key, made)
}

/** Checks an expectation of a kind, in a step or at the end. */
export const checkExpectation = (
  key: string,
  written: unknown,
  inStep: boolean,
): Either.Either<unknown, ReadonlyArray<Problem>> =>
  check((inStep ? inSteps : atEnd).get(key) as Schema.Schema<unknown>, written)
