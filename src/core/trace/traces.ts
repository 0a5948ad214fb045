import type { Clock } from "../base/clock.ts";
import { Failure } from "../base/failure.ts";
import { Redaction, type ProtobufField, type PlainStanza, type RedactedStanza } from "./redaction.ts";

/** What a trace holds, in order. `at`: milliseconds since it began. */
export type TraceEntry =
  | { readonly at: number; readonly stanza: RedactedStanza }
  /** The fields of a message that was decrypted; `id` is the token of its stanza's id. */
  | { readonly at: number; readonly id: string; readonly fields: readonly ProtobufField[] }
  /** So many entries are missing here, since whoever records reads too slowly. */
  | { readonly at: number; readonly lost: number };

/** Without its time. */
type Entry = TraceEntry extends infer T ? (T extends TraceEntry ? Omit<T, "at"> : never) : never;

/** How many entries wait for whoever records. */
const mostWaiting = 5_000;
/** How many traces may be recorded at once, of all devices. */
const mostRecorders = 8;

/** Where the stanzas of a device can be recorded, redacted. While nobody records, `has` is all it costs. */
export class Traces {
  readonly #clock: Clock;
  readonly #recorders = new Map<string, Set<Recording>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether somebody records this device. */
  has(device: string): boolean {
    return this.#recorders.has(device);
  }

  /** `mine`: the account's own JIDs. */
  stanza(device: string, stanza: PlainStanza, mine: readonly string[]): void {
    for (const each of this.#recorders.get(device) ?? []) each.add({ stanza: each.redaction.stanza(stanza, mine) });
  }

  /** A decrypted message, by the id of its stanza. */
  message(device: string, id: string, fields: readonly ProtobufField[]): void {
    for (const each of this.#recorders.get(device) ?? []) each.add({ id: each.redaction.text(id), fields });
  }

  /** What comes to a device from now on, until `signal` is aborted. Throws `unavailable` when too many are at it. */
  record(device: string, signal: AbortSignal): AsyncGenerator<TraceEntry, void> {
    const open = [...this.#recorders.values()].reduce((sum, recorders) => sum + recorders.size, 0);
    if (open >= mostRecorders)
      throw new Failure("unavailable", `${mostRecorders} traces are being recorded; end one of them first.`);
    const began = this.#clock.monotonic();
    const recording = new Recording(() => Math.round(this.#clock.monotonic() - began));
    const close = this.#open(device, recording);
    const end = (): void => {
      close();
      recording.end();
    };
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
    return recording.entries();
  }

  #open(device: string, recorder: Recording): () => void {
    const recorders = this.#recorders.get(device) ?? new Set();
    this.#recorders.set(device, recorders.add(recorder));
    return () => {
      recorders.delete(recorder);
      if (recorders.size === 0) this.#recorders.delete(device);
    };
  }
}

/** One trace under way. */
class Recording {
  readonly redaction = new Redaction();
  readonly #at: () => number;
  readonly #waiting: TraceEntry[] = [];
  #bell = Promise.withResolvers<void>();
  #lost = 0;
  #over = false;

  constructor(at: () => number) {
    this.#at = at;
  }

  add(entry: Entry): void {
    if (this.#waiting.length < mostWaiting) this.#waiting.push({ at: this.#at(), ...entry });
    else this.#lost++;
    this.#bell.resolve();
  }

  end(): void {
    this.#over = true;
    this.#bell.resolve();
  }

  async *entries(): AsyncGenerator<TraceEntry, void> {
    while (!this.#over) {
      yield* this.#waiting.splice(0);
      if (this.#lost > 0) yield { at: this.#at(), lost: this.#lost };
      this.#lost = 0;
      if (this.#waiting.length > 0) continue;
      await this.#bell.promise;
      this.#bell = Promise.withResolvers();
    }
  }
}
