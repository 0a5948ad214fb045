import type { AuthState } from "./auth-state.ts";

/** In the vault, by the id of the message that additions are for. */
const type = "addition";
/** Which ids there are, oldest first. */
const index = "index";
/** Messages of which something is kept. What is beyond goes, oldest first. */
const mostMessages = 2_000;
const mostEach = 50;
const mostSecrets = 8;
/** Bytes of one addition. */
const largest = 64 * 1_024;

/** What is kept of one message that is not known yet, or was edited. Bytes are in base64. */
interface Kept {
  /** Additions that could not be opened: what their stanza said, and the message. */
  waiting: { from: string; wire: string }[];
  /** Those that edits brought. */
  secrets: string[];
}

/** Additions that wait for the message they are for, and secrets that edits brought. Two messages may have one id: who asks, tries. */
export class AdditionStore {
  readonly #auth: () => AuthState;
  /** The ids of which something is kept; read once, since nearly no message is among them. */
  #ids: Promise<Set<string>> | null = null;
  #writes = 0;

  constructor(auth: () => AuthState) {
    this.#auth = auth;
  }

  /** How often something was written. */
  get writes(): number {
    return this.#writes;
  }

  /** Of which messages something is kept. */
  ids(): Promise<ReadonlySet<string>> {
    return (this.#ids ??= this.#get(index).then((ids) => new Set(ids as string[] | null)));
  }

  async secrets(id: string): Promise<Uint8Array[]> {
    return ((await this.#read(id))?.secrets ?? []).map((secret) => Buffer.from(secret, "base64"));
  }

  async addSecret(id: string, secret: Uint8Array): Promise<void> {
    const kept = (await this.#read(id)) ?? { waiting: [], secrets: [] };
    const added = Buffer.from(secret).toString("base64");
    if (kept.secrets.includes(added)) return;
    await this.#write(id, { ...kept, secrets: [...kept.secrets, added].slice(-mostSecrets) });
  }

  /** Keeps an addition until its message comes. */
  async wait(id: string, from: string, wire: Uint8Array): Promise<void> {
    if (wire.length > largest) return;
    const kept = (await this.#read(id)) ?? { waiting: [], secrets: [] };
    const added = { from, wire: Buffer.from(wire).toString("base64") };
    if (kept.waiting.some((one) => one.wire === added.wire)) return;
    await this.#write(id, { ...kept, waiting: [...kept.waiting, added].slice(-mostEach) });
  }

  /** Additions that wait for a message of this id, in the order they came. */
  async waiting(id: string): Promise<{ from: string; wire: Uint8Array }[]> {
    return ((await this.#read(id))?.waiting ?? []).map(({ from, wire }) => ({
      from,
      wire: Buffer.from(wire, "base64"),
    }));
  }

  /** These have been told, or need not be any more. */
  async settle(id: string, wires: readonly Uint8Array[]): Promise<void> {
    const kept = await this.#read(id);
    const told = new Set(wires.map((wire) => Buffer.from(wire).toString("base64")));
    const waiting = kept?.waiting.filter(({ wire }) => !told.has(wire)) ?? [];
    if (kept && waiting.length < kept.waiting.length) await this.#write(id, { ...kept, waiting });
  }

  async #read(id: string): Promise<Kept | null> {
    return (await this.#get(id)) as Kept | null;
  }

  async #write(id: string, kept: Kept): Promise<void> {
    const known = (await this.ids()) as Set<string>;
    const isEmpty = kept.waiting.length === 0 && kept.secrets.length === 0;
    known.delete(id);
    if (!isEmpty) known.add(id);
    const gone = [...known].slice(0, Math.max(0, known.size - mostMessages));
    for (const one of gone) known.delete(one);
    const dropped = Object.fromEntries(gone.map((one) => [keyOf(one), null]));
    const values = { ...dropped, [keyOf(id)]: isEmpty ? null : bytes(kept), [index]: bytes([...known]) };
    this.#auth().write({ raw: { [type]: values } });
    this.#writes++;
  }

  #get(id: string): Promise<unknown> {
    return this.#auth()
      .record(type, id === index ? index : keyOf(id))
      .then((found) => (found === null ? null : JSON.parse(Buffer.from(found).toString())));
  }
}

/** No id is `index`. */
const keyOf = (id: string): string => (id === index ? index : `of ${id}`);
const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
