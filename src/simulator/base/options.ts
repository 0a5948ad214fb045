/**
 * How the simulated server behaves where nobody outside WhatsApp can know how the real one does. Every assumption is an
 * option, so that a client can be tested against each answer.
 */
export interface Assumptions {
  /** What a client's `<ack error=…>` of a message does: the stanza is forgotten, or comes again after a reconnect, or comes again and holds up the rest of the queue. */
  readonly nack: "deletes" | "keeps" | "blocks";
  /** Whether a retry receipt settles the stanza it is about (the second copy is a delivery of its own). */
  readonly retrySettles: boolean;
  /** The value of the `offline` attribute on what waited; "0" and a missing one have been seen too. */
  readonly offlineMarker: "1" | "0" | "none" | "count";
  /** How long the server waits for a client to ask for its offline queue before it sends it unasked, in milliseconds. */
  readonly unaskedQueueMs: number;
  /** At or below this number of one-time pre-keys the server asks the client for more. */
  readonly preKeyLow: number;
  /** Whether a phone sends its newly linked companion keys, names and recent chats. */
  readonly historySync: boolean;
}

export interface SimulatorOptions extends Assumptions {
  /** TCP port on `hostname`; 0 takes a free one. */
  readonly port: number;
  readonly hostname: string;
  /** Makes keys, ids and faults the same in every run. Without it they are random. */
  readonly seed?: number | string;
  /** How long the first QR reference lives, and each later one, in milliseconds. */
  readonly refLifetimeMs: readonly [first: number, later: number];
  readonly refCount: number;
}

export const DEFAULTS: SimulatorOptions = {
  port: 0,
  hostname: "127.0.0.1",
  refLifetimeMs: [60_000, 20_000],
  refCount: 6,
  nack: "deletes",
  retrySettles: true,
  offlineMarker: "1",
  unaskedQueueMs: 1_000,
  preKeyLow: 4,
  historySync: true,
};
