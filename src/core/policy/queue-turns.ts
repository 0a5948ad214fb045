import { type QueueClass, queueClasses } from "../model/queue-class.ts";

/** Of so many messages that leave, one is chosen of the class that would else wait longest. */
const singleShare = 4;
const bulkShare = 10;

/**
 * The classes in the order in which they may have the `turn`th message that leaves. Answers go first, and a bulk last;
 * every fourth is a single message and every tenth one of a bulk, where there is one, so that no class starves.
 */
export function classOrder(turn: number): readonly QueueClass[] {
  if (turn % bulkShare === bulkShare - 1) return ["bulk", "reply", "single"];
  if (turn % singleShare === singleShare - 1) return ["single", "reply", "bulk"];
  return queueClasses;
}
