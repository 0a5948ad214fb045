import type { OpenedMessage } from "./pending-writes.ts";

type Value = string | Uint8Array | null;
type Keys = Record<string, Record<string, Value>>;

/**
 * What was given to the store and is not in it yet. The next step of a ratchet reads it here: it must not wait for the
 * store, which may answer late, and must not step twice from what the store still has.
 */
export class Unsettled {
  readonly #keys = new Map<string, { value: Value }>();
  readonly #plaintexts = new Map<string, Uint8Array>();

  /** Returns what forgets it again, once the store has it; what was written over meanwhile stays. */
  add(keys: Keys, message?: OpenedMessage): () => void {
    const added: [string, { value: Value }][] = [];
    for (const [type, values] of Object.entries(keys)) {
      for (const [id, value] of Object.entries(values)) added.push([`${type} ${id}`, { value }]);
    }
    for (const [name, entry] of added) this.#keys.set(name, entry);
    if (message) this.#plaintexts.set(message.hash, message.plaintext);
    return () => {
      for (const [name, entry] of added) if (this.#keys.get(name) === entry) this.#keys.delete(name);
      if (message) this.#plaintexts.delete(message.hash);
    };
  }

  /** Null of one that was deleted, undefined of one that is not here. */
  key(type: string, id: string): Value | undefined {
    return this.#keys.size === 0 ? undefined : this.#keys.get(`${type} ${id}`)?.value;
  }

  plaintext(hash: string): Uint8Array | null {
    return this.#plaintexts.get(hash) ?? null;
  }
}
