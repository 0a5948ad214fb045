/**
 * How the simulated server and the people on it behave. A profile names a whole set of these; each can be changed alone,
 * so that a client can be tested against each answer. `profile/assumptions.ts` says where each value comes from.
 */
export interface Assumptions {
  /** What a client's `<ack error=…>` of a message does: the stanza is forgotten, or comes again after a reconnect, or comes again and holds up the rest of the queue. */
  readonly nack: "deletes" | "keeps" | "blocks";
  /** Whether a retry receipt settles the stanza it is about (the second copy is a delivery of its own). */
  readonly retrySettles: boolean;
  /** The value of the `offline` attribute on what waited; `mixed` is another number on each stanza, 0 among them. */
  readonly offlineMarker: "1" | "0" | "none" | "count" | "mixed";
  /** At or below this number of one-time pre-keys the server asks the client for more. */
  readonly preKeyLow: number;
  /** Whether a phone sends its newly linked companion keys, names and recent chats. */
  readonly historySync: boolean;
  /** How history comes: inside the notice, or as sealed files in chunks. */
  readonly history: "inline" | "files";
  /** How a collection of app state comes to a device that has nothing of it: as patches, or as a sealed snapshot. */
  readonly appState: "patches" | "snapshots";
  /** How the queue is handed out: whole on the first request, or a primer and then a batch for each request. */
  readonly queue: "whole" | "pulled";
  /** How long the server waits for a client to ask for its offline queue before it sends it unasked, in milliseconds. */
  readonly unaskedQueueMs: number;
  /** How long a stanza may stay unsettled while its device is online, in milliseconds, before the stream ends. */
  readonly ackDeadlineMs: number;
  /** The tag of a status post. */
  readonly statusTag: "message" | "status";
  /** How people are named in messages to one person and in status posts: by number, or by LID. */
  readonly addressing: "pn" | "lid";
  /** Whether messages name their addressing, and one-to-one messages the sender's other name. */
  readonly addressingMode: "always" | "absent";
  /** Whether edits, reactions, comments and more come sealed with the secret of the message they are for. */
  readonly additions: "plain" | "sealed";
  /** Whether receipts of several members of a group come in one stanza. */
  readonly receipts: "single" | "bundled";
  /** Whether stanzas carry what real ones have beside the message: `reporting`, `sts`, and the like. */
  readonly extras: boolean;
  /** Which accounts have moved to LIDs: those made from now on, or none; `unknown` is a server that takes either name. */
  readonly accounts: "migrated" | "not-migrated" | "unknown";
  /** Whether stanzas are refused that WhatsApp refuses, and answers matched by all that names a stanza. */
  readonly strict: boolean;
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
  /** The most of the offline queue that one request brings. */
  readonly largestBatch: number;
}

/** What no profile has a say in. */
export const GROUND = {
  port: 0,
  hostname: "127.0.0.1",
  refLifetimeMs: [60_000, 20_000],
  refCount: 6,
  largestBatch: 1_000,
} as const satisfies Partial<SimulatorOptions>;
