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
