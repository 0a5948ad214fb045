import type { SignalDataSet } from "@whiskeysockets/baileys";
import { acceptSenderKey, decryptFromGroup, encryptForGroup, ownSenderKey } from "../signal/group-cipher.ts";
import { senderKeyName } from "./address.ts";
import type { AuthState } from "./auth-state.ts";
import type { Opened, SignalStore } from "./signal-store.ts";

/** Sender keys of groups, over a device's keys; who steps one is alone with its author. */
export class SenderKeyStore {
  readonly #auth: () => AuthState;
  readonly #signal: Pick<SignalStore, "alone">;

  constructor(auth: () => AuthState, signal: Pick<SignalStore, "alone">) {
    this.#auth = auth;
    this.#signal = signal;
  }

  /** Inside `alone` of the author. Writes nothing. Throws `SignalError`. */
  async open(group: string, author: string, ciphertext: Uint8Array): Promise<Opened> {
    const name = senderKeyName(group, author);
    const stored = await this.#senderKey(name);
    const { plaintext, senderKey } = decryptFromGroup(stored, ciphertext);
    return { plaintext, keys: { "sender-key": { [name]: senderKey } } };
  }

  /** Inside `alone` of the author, whose message brought the key: the change that goes into the same write. */
  async learn(group: string, author: string, distribution: Uint8Array, before: SignalDataSet): Promise<SignalDataSet> {
    const name = senderKeyName(group, author);
    const changed = before["sender-key"]?.[name];
    const stored = changed instanceof Uint8Array ? changed : await this.#senderKey(name);
    return { ...before, "sender-key": { ...before["sender-key"], [name]: acceptSenderKey(stored, distribution) } };
  }

  /** `me`: as the group's members know this device. */
  encrypt(group: string, me: string, plaintext: Uint8Array): Promise<{ ciphertext: Buffer; distribution: Buffer }> {
    return this.#signal.alone([me], async () => {
      const name = senderKeyName(group, me);
      const own = ownSenderKey(await this.#senderKey(name));
      const { ciphertext, senderKey } = encryptForGroup(own.senderKey, plaintext);
      this.#auth().write({ keys: { "sender-key": { [name]: senderKey } } });
      return { ciphertext, distribution: own.distribution };
    });
  }

  /** The next message begins a new chain, which nobody has been given yet. */
  async renew(group: string, me: string): Promise<void> {
    await this.#signal.alone([me], async () => {
      this.#auth().write({ keys: { "sender-key": { [senderKeyName(group, me)]: null } } });
    });
  }

  distribution(group: string, me: string): Promise<Buffer> {
    return this.#signal.alone([me], async () => {
      const name = senderKeyName(group, me);
      const { senderKey, distribution } = ownSenderKey(await this.#senderKey(name));
      this.#auth().write({ keys: { "sender-key": { [name]: senderKey } } });
      return distribution;
    });
  }

  async has(group: string, me: string): Promise<boolean> {
    return (await this.#senderKey(senderKeyName(group, me))) !== null;
  }

  #senderKey(name: string): Promise<string | Uint8Array | null> {
    return this.#auth().record("sender-key", name);
  }
}
