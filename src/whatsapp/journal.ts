import { AsyncLocalStorage } from "node:async_hooks";
import { createHash } from "node:crypto";
import {
  type BinaryNode,
  DEFAULT_CONNECTION_CONFIG,
  proto,
  type SignalKeyStoreWithTransaction,
  type SocketConfig,
  unpadRandomMax16,
} from "@whiskeysockets/baileys";
import { Failure } from "../core/failure.ts";
import type { JournalEntry, VaultBatch } from "../core/vault.ts";
import type { AuthState } from "./auth-state.ts";
import { readStanza, writeStanza } from "./written.ts";

type MakeRepository = SocketConfig["makeSignalRepository"];
type Repository = ReturnType<MakeRepository>;
type Auth = Parameters<MakeRepository>[0];

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

/** Decodes to an empty message, so that Baileys receipts a stanza that was settled long ago. */
const emptyPlaintext = Buffer.from([1]);

/**
 * The plaintext journal. Baileys commits the advanced ratchet before it sends the receipt and before it emits
 * anything; a crash in between would lose the message for good, since the same ciphertext cannot be decrypted
 * twice. So every plaintext is written in the very transaction that advances the ratchet.
 */
export class Journal {
  private readonly staged = new AsyncLocalStorage<{ entries: JournalEntry[] }>();
  /** From a ciphertext, by identity, to the stanza it came in, and to its hash where that is known already. */
  private readonly stanzas = new WeakMap<object, { stanza: BinaryNode; hash?: string }>();

  constructor(
    private readonly auth: () => AuthState,
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

  /** What the next write of keys must carry. */
  alongside(): VaultBatch {
    const staged = this.staged.getStore();
    if (!staged || staged.entries.length === 0) return {};
    const journal = staged.entries;
    staged.entries = [];
    return { journal };
  }

  readonly makeRepository: MakeRepository = (auth, logger, findLids) => {
    const stock = DEFAULT_CONNECTION_CONFIG.makeSignalRepository(auth, logger, findLids);
    return {
      ...stock,
      decryptMessage: (o) => this.decrypt(auth, stock, o.ciphertext, o.jid, () => stock.decryptMessage(o)),
      decryptGroupMessage: (o) => this.decrypt(auth, stock, o.msg, o.group, () => stock.decryptGroupMessage(o)),
      // Done already, inside the transaction of the message that brought the key.
      processSenderKeyDistributionMessage: async () => {},
    };
  };

  private async decrypt(
    auth: Auth,
    stock: Repository,
    ciphertext: Uint8Array,
    lock: string,
    decrypt: () => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    const found = this.stanzas.get(ciphertext);
    if (!found) throw new Error("a ciphertext that came in no stanza");
    const { stanza, hash = hashOf(ciphertext) } = found;
    const known = await this.lookUp(hash);
    if (known) return this.again(stanza, hash, known);
    const plaintext = await this.commit(auth, lock, { hash, stanza, ciphertext }, async () => {
      const plain = await decrypt();
      await learnSenderKey(stock, stanza, plain);
      return plain;
    });
    this.hooks.decrypted({ stanza, plaintext, hash });
    return plaintext;
  }

  private again(stanza: BinaryNode, hash: string, known: { plaintext: Uint8Array | null }): Uint8Array {
    if (known.plaintext === null) return emptyPlaintext;
    this.hooks.decrypted({ stanza, plaintext: known.plaintext, hash });
    return known.plaintext;
  }

  private async commit(
    auth: Auth,
    lock: string,
    entry: { hash: string; stanza: BinaryNode; ciphertext: Uint8Array },
    work: () => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    const staged: { entries: JournalEntry[] } = { entries: [] };
    let decrypted = false;
    try {
      return await this.staged.run(staged, async () => {
        // Baileys' own transaction nests into this one, so its commit carries our row.
        const plaintext = await (auth.keys as SignalKeyStoreWithTransaction).transaction(async () => {
          const plain = await work();
          decrypted = true;
          staged.entries.push({ hash: entry.hash, stanza: written(entry), plaintext: plain });
          return plain;
        }, lock);
        // No key changed, so nothing was written that could have carried the row.
        if (staged.entries.length > 0) this.auth().write(this.alongside());
        return plaintext;
      });
    } catch (error) {
      if (decrypted || error instanceof Failure) this.hooks.broken(error);
      else this.hooks.undecryptable(entry.stanza);
      throw error;
    }
  }
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
