import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { User } from "../accounts/user.ts";
import type { VirtualDevice } from "../accounts/virtual-device.ts";
import type { ReceiptType } from "../events.ts";
import type { Network } from "../network.ts";
import type { Share } from "../server/messages.ts";
import { unpad } from "../signal/padding.ts";
import type { PairwiseType } from "../signal/session.ts";
import { addressingOf, isGroup, userJid } from "../wire/address.ts";
import { bytesOf, el, type Stanza } from "../wire/stanza.ts";
import { textOfContent } from "./content.ts";
import { type Heard, Inbox } from "./heard.ts";
import type { Post } from "./post.ts";
import { answerRetry, askAgain } from "./retry.ts";

/** Where the messages of clients arrive: decrypted by people the simulator plays, forwarded to other clients. */
export class Inboxes {
  readonly #network: Network;
  readonly #byUser = new Map<User, Inbox>();

  constructor(network: Network) {
    this.#network = network;
  }

  of(user: User): Inbox {
    const known = this.#byUser.get(user);
    if (known) return known;
    const inbox = new Inbox();
    this.#byUser.set(user, inbox);
    return inbox;
  }

  /** One device's share of a client's message. */
  fromClient(sender: LinkedDevice, stanza: Stanza, share: Share): void {
    const { device, encs } = share;
    if (device.kind === "linked") return this.#forward(sender, device, stanza, encs);
    for (const enc of encs) this.#decrypt(sender, device, stanza, enc);
  }

  /** A message between two devices the simulator plays; encrypting it would prove nothing. */
  direct(sender: VirtualDevice, receiver: VirtualDevice, { id, content, by }: Post): void {
    const from = sender.user.jid(by);
    this.#add(receiver.user, {
      id,
      text: textOfContent(content),
      message: content,
      from,
      chat: from,
      device: sender.jid(),
      encryption: "msg",
      at: Date.now(),
      fromMe: sender.user === receiver.user,
      duplicates: 0,
      read: () => {},
    });
  }

  /** A client's receipt, told to the device whose message it is about. */
  receipt(from: LinkedDevice, receipt: Stanza, kind: ReceiptType, ids: string[]): void {
    const target = this.#network.directory.device(receipt.attrs["participant"] ?? receipt.attrs["to"]);
    if (kind === "retry") {
      if (target?.kind === "linked") return this.#forwardReceipt(from, target, receipt);
      return answerRetry(this.#network, from, receipt);
    }
    if (kind === "inactive" || kind === "delivery" || kind === "read" || kind === "played") {
      for (const device of target?.user.linked ?? []) {
        if (device !== from && ids.length > 0) this.#forwardReceipt(from, device, receipt);
      }
    }
  }

  #decrypt(sender: LinkedDevice, receiver: VirtualDevice, stanza: Stanza, enc: Stanza): void {
    const { id = "", to = "" } = stanza.attrs;
    const { type } = enc.attrs;
    try {
      const sealed = bytesOf(enc);
      if (!sealed || (type !== "pkmsg" && type !== "msg")) throw new Error(`an enc of type ${type} without bytes`);
      const plain = unpad(receiver.sessions(sender).decrypt(type, sealed));
      this.#hear(sender, receiver, stanza, type, proto.Message.decode(plain));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const from = sender.jid(addressingOf(to));
      this.#network.events.emit({ type: "message.undecryptable", id, by: receiver.user.number, from, reason });
      askAgain(this.#network, sender, receiver, stanza);
    }
  }

  #hear(
    sender: LinkedDevice,
    receiver: VirtualDevice,
    stanza: Stanza,
    type: PairwiseType,
    message: proto.IMessage,
  ): void {
    const { id = "", to = "" } = stanza.attrs;
    const own = sender.user === receiver.user;
    const by = addressingOf(to);
    const content = message.deviceSentMessage?.message ?? message;
    if (stanza.attrs["category"] === "peer") return this.#network.peers.received(sender, content);
    const from = sender.user.jid(by);
    const chat = own ? (message.deviceSentMessage?.destinationJid ?? userJid(to)) : from;
    if (own && !message.deviceSentMessage && sender.user.jid(by) !== userJid(to)) {
      this.#network.problems.add(`${sender.jid()} sent its own phone a copy of ${id} that names no chat`);
    }
    const reply = (read?: "read"): void => this.#sendReceipt(receiver.user, sender, stanza, read);
    const heard: Heard = {
      id,
      text: textOfContent(content),
      message: content,
      from,
      chat,
      device: sender.jid(),
      encryption: type,
      at: Date.now(),
      fromMe: own,
      duplicates: 0,
      read: () => reply("read"),
    };
    if (receiver.id !== 0) return;
    this.#remember(receiver.user, heard);
    if (!own) reply();
    this.#add(receiver.user, heard);
  }

  #remember(user: User, heard: Heard): void {
    const chat = this.#network.directory.user(heard.chat)?.jid() ?? heard.chat;
    const { id, fromMe, message } = heard;
    user.history.add(chat, { id, fromMe, content: message, at: Math.floor(heard.at / 1000), participant: undefined });
  }

  #add(user: User, heard: Heard): void {
    if (!this.of(user).add(heard)) return;
    const { id, from, chat, text } = heard;
    this.#network.events.emit({ type: "message.heard", id, by: user.number, from, chat, text });
  }

  /** The receiver tells every companion of the sender's account that it has, or has read, the message. */
  #sendReceipt(receiver: User, sender: LinkedDevice, stanza: Stanza, type: "read" | undefined): void {
    const { id = "", to = "" } = stanza.attrs;
    const attrs = isGroup(to)
      ? { from: to, participant: receiver.jid("lid") }
      : { from: receiver.jid(addressingOf(to)) };
    for (const device of sender.user.linked) {
      device.mailbox.put(el("receipt", { ...attrs, id, type, t: this.#network.now }));
    }
  }

  #forward(sender: LinkedDevice, receiver: LinkedDevice, stanza: Stanza, encs: Stanza[]): void {
    const { id, to = "", type } = stanza.attrs;
    const by = addressingOf(to);
    const own = sender.user === receiver.user;
    const other = by === "pn" ? "lid" : "pn";
    const attrs = own
      ? { recipient: userJid(to), [`peer_recipient_${other}`]: this.#network.directory.user(to)?.jid(other) }
      : { [`sender_${other}`]: sender.user.jid(other) };
    const notify = sender.pushName ?? sender.user.name;
    const head = { from: sender.jid(by), ...attrs, addressing_mode: by, id, type, t: this.#network.now, notify };
    const identity = encs.some((enc) => enc.attrs["type"] === "pkmsg")
      ? [el("device-identity", {}, sender.deviceIdentity)]
      : [];
    receiver.mailbox.put(el("message", head, [...encs, ...identity]));
  }

  #forwardReceipt(from: LinkedDevice, to: LinkedDevice, receipt: Stanza): void {
    const by = addressingOf(receipt.attrs["to"] ?? "");
    const { id, type } = receipt.attrs;
    const kept = type === "inactive" ? undefined : type;
    const sender = type === "retry" ? from.jid(by) : from.user.jid(by);
    to.mailbox.put(el("receipt", { from: sender, id, type: kept, t: this.#network.now }, receipt.content));
  }
}
