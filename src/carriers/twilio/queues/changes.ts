import { dataCleared } from "../../../core/entries.ts"
import { evolves, type Machine } from "../../../core/Machine.ts"
import { callBridged } from "../calls/entries.ts"
import type { Twilio } from "../state.ts"
import { memberEntered, memberLeft, memberReleased, queueCreated, queueDeleted, queueUpdated } from "./entries.ts"
import {
  clearQueues,
  connectMember,
  createQueue,
  deleteQueue,
  enterQueue,
  leaveQueue,
  releaseMember,
  updateQueue,
} from "./queues.ts"

/** How entries change queues. */
export const changesOfQueues: Machine<Twilio>["evolve"] = [
  evolves(queueCreated, ({ queues }, entry) => createQueue(queues, entry)),
  evolves(queueUpdated, ({ queues }, entry) => updateQueue(queues, entry)),
  evolves(queueDeleted, ({ queues }, entry) => deleteQueue(queues, entry)),
  evolves(memberEntered, ({ queues }, entry) => enterQueue(queues, entry)),
  evolves(memberLeft, ({ queues }, entry) => leaveQueue(queues, entry)),
  evolves(memberReleased, ({ queues }, entry) => releaseMember(queues, entry)),
  evolves(callBridged, ({ queues }, entry) => connectMember(queues, entry)),
  evolves(dataCleared, ({ queues }, { data: { what } }) => {
    if (what === "calls" || what === "all") clearQueues(queues)
  }),
]
