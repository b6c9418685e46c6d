import { nextTimer, timersMachine } from "../clock/timers.machine.ts"
import type { Stage } from "./Stage.ts"

/** When the next timer of a stage is due, virtual ms. */
export const dueOn = ({ run }: Pick<Stage, "run">): number | undefined =>
  nextTimer(run.engine.world.slice(timersMachine))?.due
