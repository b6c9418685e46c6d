import { api } from "./api.ts"
import { call, hangUp, pickUp, press, ring, speak } from "./calls.ts"
import { clear, fault, settings } from "./changing.ts"
import { client } from "./client.ts"
import { advance, advanceTo, settle } from "./clock.ts"
import { expect } from "./expect.ts"
import { inbound } from "./inbound.ts"
import { include } from "./include.ts"
import { each, repeat } from "./loops.ts"
import { number } from "./number.ts"
import type { StepKind } from "./StepKind.ts"
import { send } from "./send.ts"

/** Every kind of step there is, in the order in which they are told. */
export const stepKinds: ReadonlyArray<StepKind> = [
  send,
  client,
  inbound,
  call,
  ring,
  press,
  speak,
  pickUp,
  hangUp,
  api,
  number,
  advance,
  advanceTo,
  settle,
  expect,
  settings,
  fault,
  clear,
  repeat,
  each,
  include,
]

export const stepKind = (key: string): StepKind | undefined => stepKinds.find((kind) => kind.key === key)
