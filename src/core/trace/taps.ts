import type { Clock } from "../base/clock.ts";
import { Redaction, type FieldShape, type PlainStanza, type RedactedStanza } from "./redaction.ts";

/** What a trace holds, in order. `at`: milliseconds since it began. */
export type TraceEntry =
  | { readonly at: number; readonly stanza: RedactedStanza }
  /** The fields of a message that was decrypted; `id` is the token of its stanza's id. */
  | { readonly at: number; readonly id: string; readonly fields: readonly FieldShape[] }
  /** So many entries are missing here, since whoever records reads too slowly. */
  | { readonly at: number; readonly lost: number };

/** Without its time. */
type Entry = TraceEntry extends infer T ? (T extends TraceEntry ? Omit<T, "at"> : never) : never;

/** How many entries wait for whoever records. */
const mostWaiting = 5_000;

interface Recorder {
  readonly redaction: Redaction;
  readonly add: (entry: Entry) => void;
}

/** Where the stanzas of a device can be recorded, redacted. While nobody records, `has` is all it costs. */
export class Taps {
  readonly #clock: Clock;
  readonly #recorders = new Map<string, Set<Recorder>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether somebody records this device. */
  has(device: string): boolean {
    return this.#recorders.has(device);
  }

  /** `mine`: the account's own JIDs. */
  stanza(device: string, stanza: PlainStanza, mine: readonly string[]): void {
    for (const { redaction, add } of this.#recorders.get(device) ?? []) add({ stanza: redaction.stanza(stanza, mine) });
  }

  /** A decrypted message, by the id of its stanza. */
  message(device: string, id: string, fields: readonly FieldShape[]): void {
    for (const { redaction, add } of this.#recorders.get(device) ?? []) add({ id: redaction.text(id), fields });
  }

  /** What comes to a device from now on, until `signal` is aborted. */
  async *record(device: string, signal: AbortSignal): AsyncGenerator<TraceEntry, void> {
    const began = this.#clock.monotonic();
    const at = () => Math.round(this.#clock.monotonic() - began);
    const waiting: TraceEntry[] = [];
    let bell = Promise.withResolvers<void>();
    let lost = 0;
    const add = (entry: Entry): void => {
      if (waiting.length < mostWaiting) waiting.push({ at: at(), ...entry });
      else lost++;
      bell.resolve();
    };
    const close = this.#open(device, { redaction: new Redaction(), add });
    signal.addEventListener("abort", () => bell.resolve(), { once: true });
    try {
      while (!signal.aborted) {
        yield* waiting.splice(0);
        if (lost > 0) yield { at: at(), lost };
        lost = 0;
        if (waiting.length === 0) await bell.promise;
        bell = Promise.withResolvers();
      }
    } finally {
      close();
    }
  }

  #open(device: string, recorder: Recorder): () => void {
    const recorders = this.#recorders.get(device) ?? new Set();
    this.#recorders.set(device, recorders.add(recorder));
    return () => {
      recorders.delete(recorder);
      if (recorders.size === 0) this.#recorders.delete(device);
    };
  }
}
