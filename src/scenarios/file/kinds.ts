import type * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type { JsonObject } from "../../core/canonical.ts"
import { digestSchema, expectationSchema, valueSchema } from "../expectations/ExpectationKind.ts"
import { expectationKinds } from "../expectations/table.ts"
import { stepKinds } from "../steps/table.ts"
import { check, type Problem } from "./problems.ts"

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

/** Checks an expectation of a kind, in a step or at the end. */
export const checkExpectation = (
  key: string,
  written: unknown,
  inStep: boolean,
): Either.Either<unknown, ReadonlyArray<Problem>> =>
  check((inStep ? inSteps : atEnd).get(key) as Schema.Schema<unknown>, written)
