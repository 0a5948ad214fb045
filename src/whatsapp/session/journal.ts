import { createHash } from "node:crypto";
import {
  type BinaryNode,
  DEFAULT_CONNECTION_CONFIG,
  proto,
  type SocketConfig,
  unpadRandomMax16,
} from "@whiskeysockets/baileys";
import { Failure } from "../../core/base/failure.ts";
import type { JournalEntry } from "../../core/ports/vault.ts";
import type { Keyring } from "./keyring.ts";
import { readStanza, writeStanza } from "../codec/written.ts";

type MakeRepository = SocketConfig["makeSignalRepository"];
type Repository = ReturnType<MakeRepository>;

/** What decryption gave, for whoever turns it into signals. `hash` names the journal entry. */
export interface Decrypted {
  stanza: BinaryNode;
  plaintext: Uint8Array;
  hash: string;
}

export interface JournalHooks {
  decrypted(message: Decrypted): void;
  undecryptable(stanza: BinaryNode): void;
  /** The disk refused: nothing may be acknowledged any more. */
  broken(error: unknown): void;
}

const usedKey = "Key used already or never filled";

/** Decodes to an empty message, so that Baileys receipts a stanza that was settled long ago. */
const emptyPlaintext = Buffer.from([1]);

/**
 * The plaintext journal. Baileys commits the advanced ratchet before it sends the receipt and before it emits
 * anything; a crash in between would lose the message for good, since the same ciphertext cannot be decrypted
 * twice. So every plaintext is written in the very transaction that advances the ratchet.
 */
export class Journal {
  /** From a ciphertext, by identity, to the stanza it came in, and to its hash where that is known already. */
  private readonly stanzas = new WeakMap<object, { stanza: BinaryNode; hash?: string }>();

  constructor(
    private readonly keyring: Keyring,
    private readonly lookUp: (hash: string) => Promise<{ plaintext: Uint8Array | null } | null>,
    private readonly hooks: JournalHooks,
  ) {}

  /** Every frame passes here before Baileys works on it. */
  observe(node: BinaryNode): void {
    if (node.tag !== "message" || !Array.isArray(node.content)) return;
    for (const child of node.content) {
      if (child.tag === "enc" && child.content instanceof Uint8Array) this.stanzas.set(child.content, { stanza: node });
    }
  }

  /** The stanza of an entry that was never settled, as it can be given to Baileys again. */
  revive({ stanza: written, hash }: JournalEntry): BinaryNode {
    const stanza = readStanza(written);
    for (const child of stanza.content as BinaryNode[]) {
      if (child.tag === "enc") this.stanzas.set((child.content = new Uint8Array()), { stanza, hash });
    }
    return stanza;
  }

  readonly makeRepository: MakeRepository = ({ creds }, logger, findLids) => {
    const { keyring } = this;
    const stock = DEFAULT_CONNECTION_CONFIG.makeSignalRepository({ creds, keys: keyring }, logger, findLids);
    return {
      ...stock,
      decryptMessage: (o) => this.decrypt(stock, o.ciphertext, o.jid, () => stock.decryptMessage(o)),
      decryptGroupMessage: (o) => this.decrypt(stock, o.msg, o.group, () => stock.decryptGroupMessage(o)),
      // These two name no person in the lock they take.
      deleteSession: (jids) => keyring.locked(jids, () => stock.deleteSession(jids)),
      migrateSession: (from, to) => keyring.locked([from, to], () => stock.migrateSession(from, to)),
      // Done already, inside the transaction of the message that brought the key.
      processSenderKeyDistributionMessage: async () => {},
    };
  };

  private async decrypt(
    stock: Repository,
    ciphertext: Uint8Array,
    lock: string,
    decrypt: () => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    const found = this.stanzas.get(ciphertext);
    if (!found) throw new Error("a ciphertext that came in no stanza");
    const { stanza, hash = hashOf(ciphertext) } = found;
    const known = await this.known(hash);
    if (known) return this.again(stanza, hash, known);
    const plaintext = await this.commit(lock, { hash, stanza, ciphertext }, async () => {
      const plain = await decrypt();
      await learnSenderKey(stock, stanza, plain);
      return plain;
    });
    this.hooks.decrypted({ stanza, plaintext, hash });
    return plaintext;
  }

  /** What cannot be looked up was not refused by anybody: it comes again. */
  private async known(hash: string): Promise<{ plaintext: Uint8Array | null } | null> {
    try {
      return await this.lookUp(hash);
    } catch (error) {
      this.hooks.broken(error);
      throw error;
    }
  }

  private again(stanza: BinaryNode, hash: string, known: { plaintext: Uint8Array | null }): Uint8Array {
    if (known.plaintext === null) return emptyPlaintext;
    this.hooks.decrypted({ stanza, plaintext: known.plaintext, hash });
    return known.plaintext;
  }

  private async commit(
    lock: string,
    entry: { hash: string; stanza: BinaryNode; ciphertext: Uint8Array },
    work: () => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    let decrypted = false;
    try {
      // The adapter's own transaction is part of this one, so that the ratchet is written with our entry.
      return await this.keyring.transaction(async () => {
        const plaintext = await work();
        decrypted = true;
        this.keyring.note({ hash: entry.hash, stanza: written(entry), plaintext });
        return plaintext;
      }, lock);
    } catch (error) {
      if (decrypted || error instanceof Failure) {
        this.hooks.broken(error);
        throw error;
      }
      this.hooks.undecryptable(entry.stanza);
      throw unread(error);
    }
  }
}

/**
 * Baileys takes this one error for a message that came before and forgets it. One that came before is in the journal, so
 * this is another: it has to be asked for again.
 */
function unread(error: unknown): unknown {
  const isUsed = error instanceof Error && error.message === usedKey;
  return isUsed ? new Error("a key that was used for something else", { cause: error }) : error;
}

/** 132 bits of SHA-256: enough to be the only one, and short, since two weeks of them are kept. */
function hashOf(ciphertext: Uint8Array): string {
  return createHash("sha256").update(ciphertext).digest("base64").slice(0, 22);
}

/** The stanza without what is sealed in it: the one plaintext beside it is what it says. */
function written({ stanza, ciphertext }: { stanza: BinaryNode; ciphertext: Uint8Array }): string {
  const children = Array.isArray(stanza.content) ? stanza.content : [];
  const content = children
    .filter(({ tag, content }) => tag !== "enc" || content === ciphertext)
    .map((child) => (child.tag === "enc" ? { tag: "enc", attrs: child.attrs } : child));
  return writeStanza({ ...stanza, content });
}

/**
 * A sender key comes inside a message and is useless without it: taken in a transaction of its own, a crash
 * between the two would lose the key for good and leave the group unreadable.
 */
async function learnSenderKey(stock: Repository, stanza: BinaryNode, plaintext: Uint8Array): Promise<void> {
  const item = messageIn(plaintext)?.senderKeyDistributionMessage;
  const authorJid = stanza.attrs.participant ?? stanza.attrs.from;
  if (!item?.groupId || !authorJid) return;
  await stock.processSenderKeyDistributionMessage({ item, authorJid });
}

function messageIn(plaintext: Uint8Array): proto.IMessage | null {
  try {
    const message = proto.Message.decode(unpadRandomMax16(plaintext));
    return message.deviceSentMessage?.message ?? message;
  } catch {
    return null;
  }
}
