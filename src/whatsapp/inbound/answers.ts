import { type BinaryNode, getAllBinaryNodeChildren, proto, S_WHATSAPP_NET } from "@whiskeysockets/baileys";
import { dropOldest } from "../../core/base/drop-oldest.ts";

/** More than an absence brings. */
const mostOwed = 10_000;

/** Tags that Baileys answers, or that are no stanzas of a sender. */
const answered: ReadonlySet<string> = new Set([
  "message",
  "status",
  "notification",
  "call",
  "receipt",
  "ack",
  "iq",
  "ib",
  "presence",
  "chatstate",
]);

/** A stanza that nobody knows (WhatsApp Web's `UnrecognizedStanza`). */
const unrecognised = "488";

/** WhatsApp Web's `RetryReason.AdvFailure` (whatsapp-rust retry.rs, 2026-08). */
const notProven = "12";

interface Owed {
  readonly stanza: BinaryNode;
  /** Somebody was told of it. */
  isTold: boolean;
  /** Its device has not shown that the account linked it. */
  isUnproven?: true;
  /** Its sender was asked for it again. */
  isAsked?: true;
}

export interface AnswerHooks {
  /** The own device's JID. */
  readonly me: () => string;
  /** Tells of a message that is about to be acknowledged and that nobody was told of; resolves when that is on disk. */
  untold(stanza: BinaryNode): Promise<void>;
}

/** What the server is owed for what it sent: every stanza with an id has an answer that names it whole. */
export class StanzaAnswers {
  readonly #hooks: AnswerHooks;
  readonly #owed = new Map<string, Owed>();

  constructor(hooks: AnswerHooks) {
    this.#hooks = hooks;
  }

  /** Every stanza passes here before Baileys works on it. StanzaAnswers what Baileys leaves unanswered, if anything. */
  heard(stanza: BinaryNode): BinaryNode | null {
    const { tag, attrs } = stanza;
    if (tag === "message" || tag === "status") this.#came(stanza);
    if (tag === "iq") return isPing(stanza) ? pong(stanza) : null;
    if (answered.has(tag) || !attrs.id || !attrs.from) return null;
    return { tag: "ack", attrs: { id: attrs.id, to: attrs.from, class: tag, error: unrecognised } };
  }

  /** What is in it has been told, or will be. */
  told({ attrs }: BinaryNode): void {
    const owed = this.#owed.get(attrs.id ?? "");
    if (owed) owed.isTold = true;
  }

  /**
   * It came from a device of the account that proves nothing. Its sender is asked for one that does: a retry receipt holds up
   * nothing that waits behind it, while a nack alone may, and a bare ack does not settle a copy of the account's own.
   */
  unproven({ attrs }: BinaryNode): void {
    const owed = this.#owed.get(attrs.id ?? "");
    if (owed) owed.isUnproven = true;
  }

  /** An answer of Baileys', as it leaves; null is not sent. */
  outgoing(node: BinaryNode): BinaryNode | null | Promise<BinaryNode> {
    const { tag, attrs } = node;
    if (tag === "receipt" && attrs.type === "retry") return this.#asksAgain(node);
    const settles = tag === "receipt" || (tag === "ack" && isOfMessage(attrs.class));
    const owed = settles ? this.#owed.get(attrs.id ?? "") : undefined;
    if (!owed) return node;
    this.#owed.delete(attrs.id ?? "");
    // The retry receipt settled it, as only a receipt does.
    if (tag === "ack" && owed.isAsked && owed.stanza.attrs.recipient !== undefined) return null;
    const right = tag === "receipt" ? this.#receipt(node, owed.stanza) : this.#ack(owed.stanza, attrs);
    return owed.isTold ? right : this.#hooks.untold(owed.stanza).then(() => right);
  }

  #asksAgain(retry: BinaryNode): BinaryNode {
    const owed = this.#owed.get(retry.attrs.id ?? "");
    if (owed) owed.isAsked = true;
    return owed?.isUnproven ? because(retry, notProven) : retry;
  }

  #came(stanza: BinaryNode): void {
    if (stanza.attrs.id) this.#owed.set(stanza.attrs.id, { stanza, isTold: false });
    dropOldest(this.#owed, mostOwed);
    const { content } = stanza;
    if (!Array.isArray(content) || !content.some(({ tag }) => tag === "verified_name")) return;
    // Baileys reads it before the message, which a broken certificate must not cost its words.
    stanza.content = content.filter((part) => part.tag !== "verified_name" || isCertificate(part));
  }

  /** A `<status>` that nobody has seen is settled by an ack; the copy of what the owner sent to a bot by the bot's name. */
  #receipt(node: BinaryNode, stanza: BinaryNode): BinaryNode {
    const { from, recipient } = stanza.attrs;
    if (stanza.tag === "status") return this.#ack(stanza, {});
    if (node.attrs.type !== "sender" || recipient === undefined) return node;
    return { ...node, attrs: { ...node.attrs, recipient, to: from ?? "" } };
  }

  #ack({ tag, attrs }: BinaryNode, { error }: BinaryNode["attrs"]): BinaryNode {
    const { id = "", from = "", participant, recipient, type } = attrs;
    const named = { id, to: from, class: tag, from: this.#hooks.me() };
    // A status that was refused holds up all that waits behind it (Baileys#2779, 2026-08).
    const refused = error === undefined || tag === "status" ? {} : { error };
    const rest = Object.entries({ participant, recipient, type }).filter(([, value]) => value !== undefined);
    return { tag: "ack", attrs: { ...named, ...Object.fromEntries(rest), ...refused } };
  }
}

/** A retry receipt that says why. */
function because(node: BinaryNode, error: string): BinaryNode {
  const parts = getAllBinaryNodeChildren(node);
  const content = parts.map((part) => (part.tag === "retry" ? { ...part, attrs: { ...part.attrs, error } } : part));
  return { ...node, content };
}

const isOfMessage = (tag: string | undefined): boolean => tag === "message" || tag === "status";

const isPing = ({ attrs }: BinaryNode): boolean =>
  attrs.xmlns === "urn:xmpp:ping" && (attrs.type === undefined || attrs.type === "get");

const pong = ({ attrs }: BinaryNode): BinaryNode => ({
  tag: "iq",
  attrs: { type: "result", to: attrs.from ?? S_WHATSAPP_NET, ...(attrs.id ? { id: attrs.id } : {}) },
});

function isCertificate({ content }: BinaryNode): boolean {
  try {
    const { details } = proto.VerifiedNameCertificate.decode(content as Uint8Array);
    return proto.VerifiedNameCertificate.Details.decode(details ?? new Uint8Array()) !== null;
  } catch {
    return false;
  }
}
