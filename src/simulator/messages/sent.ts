import type { ReceiptType } from "../base/events.ts";
import type { User } from "../accounts/user.ts";
import type { Network } from "../network/network.ts";
import { addressingOf } from "../wire/address.ts";
import type { MessageContent } from "../content/content.ts";

const SEEN: ReadonlySet<ReceiptType> = new Set<ReceiptType>(["read", "read-self", "played", "played-self"]);
const NOT_RECEIVED: ReadonlySet<ReceiptType> = new Set<ReceiptType>(["retry", "server-error"]);

/** A message a simulated person said. */
export class SentMessages {
  readonly id: string;
  readonly content: MessageContent;
  readonly sender: User;
  /** The JID it was sent to: a person's, addressed as on the wire, or a group's. */
  readonly chat: string;
  /** Unix milliseconds. */
  readonly at = Date.now();
  readonly #network: Network;

  constructor(network: Network, parts: { id: string; content: MessageContent; sender: User; chat: string }) {
    this.#network = network;
    this.id = parts.id;
    this.content = parts.content;
    this.sender = parts.sender;
    this.chat = parts.chat;
  }

  /** Who said it, as they are called in the chat. */
  get author(): string {
    return this.sender.jid(this.#network.groups.get(this.chat)?.addressing ?? addressingOf(this.chat));
  }

  /** Receipts of linked devices so far, in order. */
  get receipts(): ReceiptType[] {
    return this.#network.record.receipted(this.id);
  }

  /** Resolves when a linked device has said that it received the message. */
  receipted(timeoutMs = 10_000): Promise<ReceiptType> {
    return this.#wait((type) => !NOT_RECEIVED.has(type), "a receipt", timeoutMs);
  }

  /** Resolves when a linked device has said that the message was read or played. */
  seen(timeoutMs = 10_000): Promise<ReceiptType> {
    return this.#wait((type) => SEEN.has(type), "a read receipt", timeoutMs);
  }

  #wait(fits: (type: ReceiptType) => boolean, what: string, timeoutMs: number): Promise<ReceiptType> {
    return this.#network.events.wait(() => this.receipts.find(fits), `${what} for ${this.id}`, timeoutMs, this.id);
  }
}
