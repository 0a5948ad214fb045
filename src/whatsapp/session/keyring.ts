import { AsyncLocalStorage } from "node:async_hooks";
import {
  jidDecode,
  type SignalDataSet,
  type SignalDataTypeMap,
  type SignalKeyStoreWithTransaction,
} from "@whiskeysockets/baileys";
import type { JournalEntry } from "../../core/ports/vault.ts";
import type { AuthState } from "./auth-state.ts";
import { Locks } from "./locks.ts";

type Type = keyof SignalDataTypeMap;

/** What one transaction has read and changed so far, and will write. */
interface Changes {
  known: Partial<Record<Type, Record<string, unknown>>>;
  keys: SignalDataSet;
  journal: JournalEntry[];
  /** What runs on after the transaction is not part of it. */
  over: boolean;
}

/**
 * The keys of libsignal's adapter. Baileys' own transactions will not do for them: sending holds one for as long as it
 * asks the server about devices, with a copy of the contact's session that it writes back at its end, over what was
 * received meanwhile; and a person has a lock by number and another by LID for the one session. Then neither side can read the
 * other any more. Here each step of a ratchet is a transaction of its own, and a person has one lock.
 */
export class Keyring implements SignalKeyStoreWithTransaction {
  private readonly storage = new AsyncLocalStorage<Changes>();
  private readonly locks = new Locks();

  constructor(private readonly auth: () => AuthState) {}

  async get<T extends Type>(type: T, ids: string[]): Promise<Record<string, SignalDataTypeMap[T]>> {
    const known = (this.current?.known[type] ?? {}) as Record<string, SignalDataTypeMap[T] | null>;
    const missing = ids.filter((id) => !(id in known));
    const found = missing.length > 0 ? await this.auth().read(type, missing) : {};
    const all = { ...found, ...known };
    return Object.fromEntries(
      ids.flatMap((id) => {
        const value = all[id];
        return value == null ? [] : [[id, value]];
      }),
    );
  }

  async set(keys: SignalDataSet): Promise<void> {
    const changes = this.current;
    if (!changes) return this.auth().write({ keys });
    for (const type of Object.keys(keys) as Type[]) {
      Object.assign((changes.known[type] ??= {}), keys[type]);
      Object.assign((changes.keys[type] ??= {}), keys[type]);
    }
  }

  isInTransaction(): boolean {
    return this.current !== undefined;
  }

  /** `jid`: whose ratchet it moves, a person, a group or a name of the adapter's own. One inside another is part of it. */
  async transaction<T>(work: () => Promise<T>, jid: string): Promise<T> {
    return this.isInTransaction() ? work() : this.locked([jid], () => this.written(work));
  }

  /** With nobody else at the sessions of these people. */
  async locked<T>(jids: readonly string[], work: () => Promise<T>): Promise<T> {
    const names = await Promise.all(jids.map((jid) => this.namesOf(jid)));
    return this.locks.hold([...new Set(names.flat())], work);
  }

  /** Written with the transaction under way, and not without it. */
  note(entry: JournalEntry): void {
    this.current?.journal.push(entry);
  }

  private get current(): Changes | undefined {
    const changes = this.storage.getStore();
    return changes?.over ? undefined : changes;
  }

  private async written<T>(work: () => Promise<T>): Promise<T> {
    const changes: Changes = { known: {}, keys: {}, journal: [], over: false };
    const result = await this.storage.run(changes, work).finally(() => (changes.over = true));
    const { keys, journal } = changes;
    if (journal.length > 0 || Object.keys(keys).length > 0) this.auth().write({ keys, journal });
    return result;
  }

  /** Number and LID of a person, as far as they are known to be one's; whoever knows either name holds the other's lock. */
  private async namesOf(jid: string): Promise<string[]> {
    const { user, server } = jidDecode(jid) ?? {};
    if (!user || server === "g.us") return [jid];
    const byLid = server === "lid" || server === "hosted.lid";
    const id = byLid ? `${user}_reverse` : user;
    const { [id]: other } = await this.auth().read("lid-mapping", [id]);
    const name = (one: string, isLid: boolean) => `${one}@${isLid ? "lid" : "pn"}`;
    return [name(user, byLid), ...(other ? [name(other, !byLid)] : [])];
  }
}
