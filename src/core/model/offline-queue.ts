/**
 * How far the queue of what WhatsApp kept during an absence has come. `none`: nothing was announced; `pulling`: more is
 * asked for; `stalled`: nothing has come for a minute and some of what was announced is missing; `complete`: all of it is here.
 */
export const queueStates = ["none", "pulling", "stalled", "complete"] as const;

/** The offline queue of the present connection. Figures are stanzas: messages, receipts, notices and calls. */
export interface OfflineQueueFigures {
  state: (typeof queueStates)[number];
  announced: number;
  received: number;
}

/** Stanzas that were announced and have not come. */
export const missingOf = ({ announced, received }: OfflineQueueFigures): number => Math.max(0, announced - received);

/** The offline queues of all connections together. `pulling` and `stalled` count queues, the others stanzas. */
export interface OfflineQueueTotals {
  pulling: number;
  stalled: number;
  announced: number;
  received: number;
  missing: number;
}

export function totalOf(queues: readonly OfflineQueueFigures[]): OfflineQueueTotals {
  const sum = (of: (queue: OfflineQueueFigures) => number) => queues.reduce((total, queue) => total + of(queue), 0);
  return {
    pulling: sum(({ state }) => (state === "pulling" ? 1 : 0)),
    stalled: sum(({ state }) => (state === "stalled" ? 1 : 0)),
    announced: sum(({ announced }) => announced),
    received: sum(({ received }) => received),
    missing: sum(missingOf),
  };
}
