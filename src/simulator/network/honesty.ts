import { sha256 } from "../crypto/cipher.ts";
import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { VirtualDevice } from "../accounts/virtual-device.ts";
import type { Problems } from "../base/problems.ts";
import { decodePreKeyMessage, decodeRatchetMessage } from "../signal/wire.ts";
import type { PairwiseType } from "../signal/session.ts";
import type { Stanza } from "../wire/stanza.ts";

/**
 * Watches that clients use their keys as the protocol demands: no message key twice. A client that rolled its store
 * back, or wrote it too late, is caught here.
 */
export class Honesty {
  readonly #problems: Problems;
  readonly #pairwise = new Map<string, string>();
  readonly #preKeys = new Map<string, string>();
  readonly #group = new Map<string, string>();

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  /** A pairwise ciphertext: a ratchet key and counter must always stand for the same text. */
  pairwise(sender: LinkedDevice, receiver: VirtualDevice, sealed: Buffer, type: PairwiseType): void {
    if (type === "pkmsg") this.#firstMessage(sender, receiver, sealed);
    const inner = type === "pkmsg" ? decodePreKeyMessage(sealed).message : sealed;
    const { ratchetKey, counter, ciphertext } = decodeRatchetMessage(inner);
    const key = `${sender.jid()} ${receiver.jid()} ${ratchetKey.toString("base64")} ${counter}`;
    const text = sha256(ciphertext).toString("base64");
    const before = this.#pairwise.get(key) ?? text;
    if (before !== text) {
      this.#problems.add(`${sender.jid()} used counter ${counter} of a ratchet twice towards ${receiver.jid()}`);
    }
    this.#pairwise.set(key, text);
  }

  // A one-time pre-key is for one session.
  #firstMessage(sender: LinkedDevice, receiver: VirtualDevice, sealed: Buffer): void {
    const { preKeyId, baseKey } = decodePreKeyMessage(sealed);
    // A phone set up anew has ids of its own; what was meant for the former one says nothing of them.
    if (preKeyId === undefined || !receiver.keys.hasGiven(preKeyId)) return;
    const key = `${receiver.keys.identity.public.toString("base64")} ${preKeyId}`;
    const base = baseKey.toString("base64");
    const before = this.#preKeys.get(key) ?? base;
    if (before !== base)
      this.#problems.add(`${sender.jid()} used the pre-key ${preKeyId} of ${receiver.jid()} for two sessions`);
    this.#preKeys.set(key, base);
  }

  /** A group ciphertext: each step of a sender key is for one message. */
  group(sender: LinkedDevice, stanza: Stanza, opened: { keyId: number; iteration: number }): void {
    const { id = "", to } = stanza.attrs;
    const key = `${sender.jid()} ${to} ${opened.keyId} ${opened.iteration}`;
    const before = this.#group.get(key) ?? id;
    if (before !== id) {
      this.#problems.add(
        `${sender.jid()} used step ${opened.iteration} of its sender key in ${to} for ${before} and ${id}`,
      );
    }
    this.#group.set(key, id);
  }
}
