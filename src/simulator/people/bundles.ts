import type { User } from "../accounts/user.ts";
import type { Network } from "../network/network.ts";
import { el, type Stanza } from "../wire/stanza.ts";

declare module "../network/network.ts" {
  interface Network {
    receiptBundles: ReceiptBundles;
  }
}

/** A receipt of one member of a group for one message. */
export interface MemberReceipt {
  /** Whose message it is. */
  readonly sender: User;
  readonly chat: string;
  readonly id: string;
  readonly type: "read" | undefined;
  /** Who received or read it, and as whom in this chat. */
  readonly member: User;
  readonly participant: string;
  /** The message did not reach the member, whose client takes none by LID. */
  readonly isRefused: boolean;
}

/** Inside a receipt it says that the message was sent and not delivered (whatsapp-rust#708). */
export function lidError(): Stanza {
  return el("error", { reason: "lid", type: "feature-incapable" });
}

/**
 * Receipts of several members that fall into one tick come in one stanza: with one type under `key`, with several under
 * `message_id` (whatsmeow receipt.go, whatsmeow#179 2022-06-22; whatsapp-rust receipt.rs).
 */
export class ReceiptBundles {
  readonly #network: Network;
  readonly #open = new Map<string, MemberReceipt[]>();

  constructor(network: Network) {
    this.#network = network;
  }

  add(receipt: MemberReceipt): void {
    const key = `${receipt.sender.number} ${receipt.chat} ${receipt.id} ${receipt.isRefused}`;
    const bundle = this.#open.get(key);
    if (bundle) return void bundle.push(receipt);
    this.#open.set(key, [receipt]);
    queueMicrotask(() => {
      const all = this.#open.get(key) ?? [];
      this.#open.delete(key);
      this.#deliver(all);
    });
  }

  #deliver(all: readonly MemberReceipt[]): void {
    const [first] = all;
    if (!first) return;
    const { now } = this.#network;
    const { chat, id, type } = first;
    const isMixed = all.some((one) => one.type !== type);
    const users = all.map(({ member, participant, type: own }) =>
      el("user", {
        jid: participant,
        t: now,
        type: isMixed ? (own ?? "delivery") : undefined,
        participant_pn: participant.endsWith("@lid") && !member.isNumberless ? member.jid() : undefined,
      }),
    );
    const error = first.isRefused ? [lidError()] : [];
    const names = isMixed ? { message_id: id } : { key: id };
    for (const device of first.sender.linked) {
      const common = { from: chat, type: isMixed ? undefined : type, t: now };
      const stanza =
        all.length === 1
          ? el("receipt", { ...common, id, participant: first.participant }, first.isRefused ? error : undefined)
          : el("receipt", { ...common, id: this.#network.newId() }, [el("participants", names, users), ...error]);
      this.#network.deliver(device, stanza);
    }
  }
}
