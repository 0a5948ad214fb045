import { type BinaryNode, proto } from "@whiskeysockets/baileys";
import { Failure } from "../../core/base/failure.ts";
import type { JournalEntry } from "../../core/ports/vault.ts";
import { SignalError } from "../signal/signal-error.ts";
import type { AuthState } from "./auth-state.ts";
import { assertOwnDevice } from "./own-device.ts";
import { type MakeRepository, signalRepository } from "./signal-repository.ts";
import { SenderKeyStore } from "./sender-key-store.ts";
import { type Opened, SignalStore } from "./signal-store.ts";
import type { DeviceCipherType } from "../signal/session-cipher.ts";
import { unpadded } from "../codec/unpadded.ts";
import { wireFields } from "../codec/fields/wire-fields.ts";
import { readStanza, writeStanza } from "../codec/written.ts";

/** What decryption gave, for whoever turns it into signals. `hash` names the journal entry. */
export interface Decrypted {
  stanza: BinaryNode;
  plaintext: Uint8Array;
  hash: string;
}

export interface JournalHooks {
  /** A message is worked on; what becomes of it is told by one of the others. */
  met(stanza: BinaryNode): void;
  decrypted(message: Decrypted): void;
  undecryptable(stanza: BinaryNode, error: unknown): void;
  /** The disk refused: nothing may be acknowledged any more. */
  broken(error: unknown): void;
}

/** Decrypts what came in the stanza. */
type Open = (stanza: BinaryNode) => Promise<Opened>;

/** A ciphertext in the stanza it came in. */
interface Sealed {
  hash: string;
  stanza: BinaryNode;
  ciphertext: Uint8Array;
}

/** Decodes to an empty message, so that Baileys receipts a stanza that was settled long ago. */
const emptyPlaintext = Buffer.from([1]);

/**
 * The plaintext journal. Baileys commits the advanced ratchet before it sends the receipt and before it emits
 * anything; a crash in between would lose the message for good, since the same ciphertext cannot be decrypted
 * twice. So a message's events are written in the very transaction that advances the ratchet, or its plaintext is.
 */
export class Journal {
  readonly signal: SignalStore;
  readonly senderKeys: SenderKeyStore;
  /** From a ciphertext, by identity, to the stanza it came in, and to its hash where that is known already. */
  readonly #stanzas = new WeakMap<object, { stanza: BinaryNode; hash?: string }>();

  readonly #auth: () => AuthState;
  readonly #hooks: JournalHooks;

  constructor(auth: () => AuthState, hooks: JournalHooks) {
    this.#auth = auth;
    this.#hooks = hooks;
    this.signal = new SignalStore(auth);
    this.senderKeys = new SenderKeyStore(auth, this.signal);
  }

  /** Every frame passes here before Baileys works on it. */
  observe(node: BinaryNode): void {
    if ((node.tag !== "message" && node.tag !== "status") || !Array.isArray(node.content)) return;
    for (const child of node.content) {
      if (child.tag === "enc" && child.content instanceof Uint8Array)
        this.#stanzas.set(child.content, { stanza: node });
    }
  }

  /** The stanza of an entry that was never settled, as it can be given to Baileys again. */
  revive({ stanza: written, hash }: JournalEntry): BinaryNode {
    const stanza = readStanza(written);
    for (const child of stanza.content as BinaryNode[]) {
      if (child.tag === "enc") this.#stanzas.set((child.content = new Uint8Array()), { stanza, hash });
    }
    return stanza;
  }

  readonly makeRepository: MakeRepository = (...args) => ({
    ...signalRepository(this.signal, this.senderKeys, this.#auth, ...args),
    decryptMessage: ({ jid, type, ciphertext }) =>
      this.#decrypt(ciphertext, jid, (stanza) => {
        if (type === "pkmsg") assertOwnDevice(this.#auth().creds, jid, stanza, ciphertext);
        return this.signal.open(jid, type, ciphertext);
      }),
    decryptGroupMessage: ({ group, authorJid, msg }) =>
      this.#decrypt(msg, authorJid, () => this.senderKeys.open(group, authorJid, msg)),
    // Done already, in the write of the message that brought the key.
    processSenderKeyDistributionMessage: async () => {},
  });

  /**
   * Opens messages that have one ciphertext each, in this order, and tells of each. Resolves with how many: the one behind them
   * does not open, or did before. Throws what the disk says.
   */
  async openAll(stanzas: readonly BinaryNode[]): Promise<number> {
    const authors = stanzas.map(({ attrs }) => attrs.participant ?? attrs.from ?? "");
    return this.signal.alone(authors, async () => {
      for (const [at, stanza] of stanzas.entries()) if (!(await this.#openOne(stanza, authors[at] ?? ""))) return at;
      return stanzas.length;
    });
  }

  async #openOne(stanza: BinaryNode, author: string): Promise<boolean> {
    const seal = (stanza.content as BinaryNode[]).find(({ tag }) => tag === "enc");
    const ciphertext = seal?.content as Uint8Array;
    const type = seal?.attrs.type as DeviceCipherType | "skmsg";
    const sealed = { hash: hashOf(ciphertext), stanza, ciphertext };
    const open = (): Promise<Opened> =>
      type === "skmsg"
        ? this.senderKeys.open(stanza.attrs.from ?? "", author, ciphertext)
        : this.signal.open(author, type, ciphertext);
    let plaintext: Uint8Array;
    try {
      plaintext = await this.#opened(sealed, open);
    } catch (error) {
      if (!(error instanceof Failure)) return false;
      this.#hooks.broken(error);
      throw error;
    }
    this.#hooks.met(stanza);
    this.#hooks.decrypted({ stanza, plaintext, hash: sealed.hash });
    return true;
  }

  async #decrypt(ciphertext: Uint8Array, author: string, open: Open): Promise<Uint8Array> {
    const found = this.#stanzas.get(ciphertext);
    if (!found) throw new Error("a ciphertext that came in no stanza");
    const { stanza, hash = hashOf(ciphertext) } = found;
    this.#hooks.met(stanza);
    // Of one from the journal the ciphertext is not at hand. Any other is tried: one that was opened before does not open again.
    const known = found.hash === undefined ? null : await this.#known(hash);
    if (known) return this.#again(stanza, hash, known);
    const sealed = { hash, stanza, ciphertext };
    let plaintext: Uint8Array;
    try {
      plaintext = await this.signal.alone([author], () => this.#opened(sealed, open));
    } catch (error) {
      return this.#orBefore(sealed, error);
    }
    this.#hooks.decrypted({ stanza, plaintext, hash });
    return plaintext;
  }

  /** What was opened before is told again, if it was not told yet; what cannot be opened is told as that. */
  async #orBefore({ stanza, hash }: Sealed, error: unknown): Promise<Uint8Array> {
    if (error instanceof Failure) {
      this.#hooks.broken(error);
      throw error;
    }
    const known = await this.#known(hash);
    if (known) return this.#again(stanza, hash, known);
    this.#hooks.undecryptable(stanza, error);
    throw error;
  }

  /** What cannot be looked up was not refused by anybody: it comes again. */
  async #known(hash: string): Promise<{ plaintext: Uint8Array | null } | null> {
    try {
      return await this.#auth().journalled(hash);
    } catch (error) {
      this.#hooks.broken(error);
      throw error;
    }
  }

  #again(stanza: BinaryNode, hash: string, known: { plaintext: Uint8Array | null }): Uint8Array {
    if (known.plaintext === null) return emptyPlaintext;
    this.#hooks.decrypted({ stanza, plaintext: known.plaintext, hash });
    return known.plaintext;
  }

  /** The new records, the sender key that came along and our entry are one write. */
  async #opened({ hash, stanza, ciphertext }: Sealed, open: Open): Promise<Uint8Array> {
    const { plaintext, keys } = await this.#withSenderKey(stanza, await open(stanza));
    this.#auth().write({ keys, message: { hash, plaintext, stanza: () => written(stanza, ciphertext) } });
    return plaintext;
  }

  /**
   * A sender key comes inside a message and is useless without it: taken in a write of its own, a crash between the two
   * would lose the key for good and leave the group unreadable. One that does not read costs the message nothing.
   */
  async #withSenderKey(stanza: BinaryNode, { plaintext, keys }: Opened): Promise<Opened> {
    const item = messageIn(plaintext)?.senderKeyDistributionMessage;
    const author = stanza.attrs.participant ?? stanza.attrs.from;
    const { groupId, axolotlSenderKeyDistributionMessage: distribution } = item ?? {};
    if (!groupId || !distribution || !author) return { plaintext, keys };
    try {
      return { plaintext, keys: await this.senderKeys.learn(groupId, author, distribution, keys) };
    } catch (error) {
      if (error instanceof SignalError) return { plaintext, keys };
      throw error;
    }
  }
}

/** 132 bits of SHA-256: enough to be the only one, and short, since two weeks of them are kept. */
function hashOf(ciphertext: Uint8Array): string {
  return Bun.SHA256.hash(ciphertext, "base64").slice(0, 22);
}

/** The stanza without what is sealed in it: the one plaintext beside it is what it says. */
function written(stanza: BinaryNode, ciphertext: Uint8Array): string {
  const children = Array.isArray(stanza.content) ? stanza.content : [];
  const content = children
    .filter(({ tag, content }) => tag !== "enc" || content === ciphertext)
    .map((child) => (child.tag === "enc" ? { tag: "enc", attrs: child.attrs } : child));
  return writeStanza({ ...stanza, content });
}

/** `Message.senderKeyDistributionMessage`, `Message.deviceSentMessage`. */
const keyFields: ReadonlySet<number> = new Set([2, 31]);

/** The message, where it may bring a sender key. */
function messageIn(plaintext: Uint8Array): proto.IMessage | null {
  try {
    if (!wireFields(unpadded(plaintext)).some(({ number }) => keyFields.has(number))) return null;
    const message = proto.Message.decode(unpadded(plaintext));
    return message.deviceSentMessage?.message ?? message;
  } catch {
    return null;
  }
}
