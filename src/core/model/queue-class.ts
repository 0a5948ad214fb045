import { priorities } from "./waiting.ts";

/** What may leave first: an answer, a message of its own, a message of a bulk. */
export const queueClasses = ["reply", "single", "bulk"] as const;
export type QueueClass = (typeof queueClasses)[number];

/** A bulk's messages rank behind all others by this much. */
export const bulkRank = 10;

/** The ranks of a class, from and to; within one, the more welcome message leaves first. */
export const ranksOf: Record<QueueClass, readonly [from: number, to: number]> = {
  reply: [0, 0],
  single: [1, bulkRank - 1],
  bulk: [bulkRank, bulkRank + priorities.length - 1],
};
