import type { BinaryNode } from "@whiskeysockets/baileys";
import { breathe } from "../../core/base/breathe.ts";
import type { Me } from "../codec/incoming.ts";
import type { AuthState } from "../session/auth-state.ts";
import { deviceName } from "../session/address.ts";
import { bare, isGroup, isLid } from "../wire/jid.ts";

/** Messages that are opened in one go, and for how long it goes on without a turn for others, milliseconds. */
const mostAtOnce = 64;
/** And how many sealed bytes of them, unless one alone has more: a million take tens of milliseconds to open and to write. */
const mostBytes = 2 ** 17;
const sliceMs = 2;

export interface MessageQueuePorts {
  readonly auth: () => Pick<AuthState, "otherName">;
  readonly me: () => Me;
  /** Opens and reports them in this order. Resolves with how many: the one behind them cannot be opened in this way. */
  open(stanzas: readonly BinaryNode[]): Promise<number>;
  /** Resolves when all that was opened so far is told, or never will be. */
  reported(): Promise<void>;
  /** Gives Baileys a stanza; `done` is to be called when it is through with it. */
  pass(stanza: BinaryNode): void;
  answer(receipt: BinaryNode): Promise<void>;
  isOpen(): boolean;
  /** The owner sees what comes: so the account has said. */
  isOnline(): boolean;
  /** Baileys has more to do with each message than to open and to acknowledge it. */
  isBusy(): boolean;
}

/**
 * Messages in the order they came. Plain ones, sealed once by somebody else for this device or for a group, are opened and
 * acknowledged here, many at once; whatever is unusual is Baileys'. Nothing of the one way begins before all of the other has ended, so the
 * two never hold the same contact.
 *
 *     idle ─ add → running ─┬ plain ones in front → opened, reported, acknowledged ─┬─ more → running
 *                           └ an unusual one, or one that does not open → Baileys ──┴─ none → idle
 *
 * An end of the connection ends it wherever it is: what has no answer comes again.
 */
export class MessageQueue {
  #waiting: BinaryNode[] = [];
  #isRunning = false;
  #passed: { stanza: BinaryNode; done: () => void } | null = null;

  readonly #ports: MessageQueuePorts;

  constructor(ports: MessageQueuePorts) {
    this.#ports = ports;
  }

  add(stanza: BinaryNode): void {
    this.#waiting.push(stanza);
    if (this.#isRunning) return;
    this.#isRunning = true;
    // Whoever was asked to open or to answer has told of what failed.
    this.#run().catch(() => {});
  }

  /** Baileys is through with it. */
  done(stanza: BinaryNode): void {
    if (this.#passed?.stanza === stanza) this.#passed.done();
  }

  async #run(): Promise<void> {
    let since = performance.now();
    let [last, before] = [this.#ports.reported(), Promise.resolve()];
    try {
      while (this.#waiting.length > 0 && this.#ports.isOpen()) {
        const plain = await this.#plain();
        // No further ahead of what is told than by one batch: what is opened and not told soon goes into the journal.
        if (plain.length > 0) await before;
        if (!this.#ports.isOpen()) return;
        const opened = plain.length > 0 ? await this.#ports.open(plain) : 0;
        [before, last] = [last, this.#ports.reported()];
        for (const stanza of this.#waiting.splice(0, opened)) this.#acknowledge(stanza);
        if (opened === plain.length && opened > 0) {
          if (performance.now() - since < sliceMs) continue;
          await breathe();
          since = performance.now();
        } else await this.#pass(this.#waiting.shift());
      }
    } finally {
      // In the same breath: what is added a moment later would wait for a run that is over.
      this.#isRunning = false;
    }
  }

  /** Those in front that are opened here. */
  async #plain(): Promise<BinaryNode[]> {
    if (this.#ports.isBusy()) return [];
    const plain: BinaryNode[] = [];
    const me = this.#ports.me();
    let bytes = 0;
    for (const stanza of this.#waiting.slice(0, mostAtOnce)) {
      bytes += sealedSize(stanza);
      if (plain.length > 0 && bytes > mostBytes) break;
      if (!isPlain(stanza, me) || !(await this.#isMet(stanza))) break;
      plain.push(stanza);
    }
    return plain;
  }

  /** Whatever second name its sender goes by is known for theirs. */
  async #isMet({ attrs }: BinaryNode): Promise<boolean> {
    const author = attrs.participant ?? attrs.from ?? "";
    const byLid = isLid(author);
    const other = byLid ? (attrs.participant_pn ?? attrs.sender_pn) : (attrs.participant_lid ?? attrs.sender_lid);
    if (other === undefined) return true;
    const { user } = deviceName(author);
    return (await this.#ports.auth().otherName(byLid ? `${user}_reverse` : user)) === deviceName(other).user;
  }

  #acknowledge({ attrs: { id = "", from = "", participant } }: BinaryNode): void {
    const whose = participant === undefined ? {} : { participant };
    const type = this.#ports.isOnline() ? {} : { type: "inactive" };
    // Closed: it comes again.
    this.#ports.answer({ tag: "receipt", attrs: { id, to: from, ...whose, ...type } }).catch(() => {});
  }

  async #pass(stanza: BinaryNode | undefined): Promise<void> {
    if (!stanza) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#passed = { stanza, done: resolve };
    this.#ports.pass(stanza);
    await promise;
    this.#passed = null;
  }
}

const sealedSize = ({ content }: BinaryNode): number =>
  Array.isArray(content)
    ? content.reduce((sum, part) => sum + (part.content instanceof Uint8Array ? part.content.length : 0), 0)
    : 0;

/** What says that a message is not simply somebody's to this account: a copy, an errand. */
const unusual = ["recipient", "category", "peer_recipient_pn", "peer_recipient_lid", "recipient_pn", "recipient_lid"];
const unusualParts: ReadonlySet<string> = new Set(["unavailable", "plaintext", "bot"]);
const ciphers: ReadonlySet<string> = new Set(["pkmsg", "msg", "skmsg"]);

/** Something sealed, once, by somebody else, for this device or a group. */
function isPlain({ tag, attrs, content }: BinaryNode, { id: own, lid }: Me): boolean {
  const { id, from, participant } = attrs;
  if (tag !== "message" || !id || !from || !Array.isArray(content)) return false;
  if (unusual.some((name) => attrs[name] !== undefined)) return false;
  const inGroup = isGroup(from);
  if (inGroup !== (participant !== undefined)) return false;
  const author = participant ?? from;
  if (!author.endsWith("@s.whatsapp.net") && !author.endsWith("@lid")) return false;
  const name = bare(author);
  if (own === "" || name === bare(own) || (lid !== null && name === bare(lid))) return false;
  const seals = content.filter((part) => part.tag === "enc");
  const [seal] = seals;
  if (!seal || seals.length > 1 || content.some((part) => unusualParts.has(part.tag))) return false;
  if (!(seal.content instanceof Uint8Array) || seal.content.length === 0 || seal.attrs.count !== undefined)
    return false;
  return ciphers.has(seal.attrs.type ?? "") && (inGroup || seal.attrs.type !== "skmsg");
}
