type Value = string | Uint8Array | null;
type Keys = Record<string, Record<string, Value>>;

/** Types that each message asks for again: ratchets, spent pre-keys, tokens. None of their values is large. */
const kept: ReadonlySet<string> = new Set(["session", "sender-key", "pre-key", "tctoken"]);
/** Bytes of all values together, each counted with its name. */
const mostBytes = 512 * 1_024;
const perEntry = 100;

/**
 * The values that were read or written last, null of what is not there. They are true as long as nobody else writes the
 * device's keys, which its hold says; they end with the connection.
 */
export class RecentRecords {
  readonly #values = new Map<string, Value>();
  #bytes = 0;
  /** A read that began before a write must not bring the former value back. */
  #writes = 0;

  /** Counts writes: what was read is given back with the count of when the read began. */
  get writes(): number {
    return this.#writes;
  }

  /** Undefined of what is not known here. */
  get(type: string, id: string): Value | undefined {
    return this.#values.get(`${type} ${id}`);
  }

  wrote(keys: Keys): void {
    this.#writes++;
    for (const type in keys) {
      if (!kept.has(type)) continue;
      const values = keys[type] ?? {};
      for (const id in values) this.#keep(`${type} ${id}`, values[id] ?? null);
    }
  }

  found(type: string, id: string, value: Value, since: number): void {
    if (since === this.#writes && kept.has(type)) this.#keep(`${type} ${id}`, value);
  }

  #keep(name: string, value: Value): void {
    this.#drop(name);
    this.#values.set(name, value);
    this.#bytes += sizeOf(value);
    for (const oldest of this.#values.keys()) {
      if (this.#bytes <= mostBytes) return;
      this.#drop(oldest);
    }
  }

  #drop(name: string): void {
    const value = this.#values.get(name);
    if (value === undefined) return;
    this.#values.delete(name);
    this.#bytes -= sizeOf(value);
  }
}

const sizeOf = (value: Value): number => perEntry + (value?.length ?? 0);
