import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { User } from "../accounts/user.ts";
import type { VirtualDevice } from "../accounts/virtual-device.ts";
import type { Network } from "../network/network.ts";
import { senderKeyStep } from "../signal/sender-key.ts";
import { unpad } from "../signal/padding.ts";
import { ReadBefore } from "../signal/read-before.ts";
import { addressingOf, isShared, userJid } from "../wire/address.ts";
import { bytesOf, child, children, describe, el, type Stanza } from "../wire/stanza.ts";
import { type MessageContent, textOfContent } from "../content/content.ts";
import { realMarks } from "../content/marks.ts";
import type { Heard } from "../messages/heard.ts";
import { answerPeer } from "./peers.ts";
import { unseenMenu } from "../content/menu.ts";
import { lidError } from "./bundles.ts";
import { askAgain } from "./retry.ts";

/** A client's message on its way into a simulated device. */
interface Arrival {
  readonly network: Network;
  readonly sender: LinkedDevice;
  readonly receiver: VirtualDevice;
  readonly stanza: Stanza;
}

/** Decrypts a client's message as the receiving device would, answers with a receipt, and puts it into the inbox. */
export function receive(
  network: Network,
  sender: LinkedDevice,
  receiver: VirtualDevice,
  stanza: Stanza,
  encs: Stanza[],
): void {
  const arrival = { network, sender, receiver, stanza };
  if (isRefused(arrival)) return receiver.id === 0 ? acknowledge(arrival, undefined) : undefined;
  for (const enc of encs) {
    try {
      const content = proto.Message.decode(decrypt(arrival, enc));
      takeSenderKey(arrival, content);
      if (hasContent(content)) hear(arrival, enc.attrs["type"], content);
    } catch (cause) {
      if (cause instanceof ReadBefore) {
        if (receiver.id === 0 && sender.user !== receiver.user) acknowledge(arrival, undefined);
        continue;
      }
      const reason = cause instanceof Error ? cause.message : String(cause);
      const { id = "" } = stanza.attrs;
      network.events.emit({ type: "message.undecryptable", id, by: receiver.user.number, from: sender.jid(), reason });
      return askAgain(network, sender, receiver, stanza);
    }
  }
}

/** Whether the message goes by LID to somebody whose client cannot take that. */
function isRefused({ network, sender, receiver, stanza }: Arrival): boolean {
  const { to = "" } = stanza.attrs;
  const by = network.groups.get(to)?.addressing ?? addressingOf(to);
  return receiver.user.isLidIncapable && sender.user !== receiver.user && by === "lid";
}

function decrypt({ network, sender, receiver, stanza }: Arrival, enc: Stanza): Buffer {
  const { type } = enc.attrs;
  const sealed = bytesOf(enc);
  if (!sealed) throw new Error("an enc without bytes");
  if (type === "pkmsg" || type === "msg") {
    network.honesty.pairwise(sender, receiver, sealed, type);
    return unpad(receiver.sessions(sender).decrypt(type, sealed));
  }
  if (type !== "skmsg") throw new Error(`an enc of unknown type ${type}`);
  network.honesty.group(sender, stanza, senderKeyStep(sealed));
  return unpad(receiver.groupKeys.of(stanza.attrs["to"] ?? "", sender).decrypt(sealed));
}

function takeSenderKey({ receiver, sender }: Arrival, content: MessageContent): void {
  const told = content.senderKeyDistributionMessage;
  if (!told?.groupId || !told.axolotlSenderKeyDistributionMessage) return;
  receiver.groupKeys.of(told.groupId, sender).accept(told.axolotlSenderKeyDistributionMessage);
}

/** Whether a message says anything but "this is my sender key". */
function hasContent(content: MessageContent): boolean {
  return Object.entries(content).some(
    ([name, value]) => value && name !== "senderKeyDistributionMessage" && name !== "messageContextInfo",
  );
}

function hear(arrival: Arrival, type: string | undefined, message: MessageContent): void {
  const { network, sender, receiver, stanza } = arrival;
  const content = message.deviceSentMessage?.message ?? message;
  if (stanza.attrs["category"] === "peer") return answerPeer(network, sender, stanza.attrs["id"] ?? "", content);
  if (receiver.id !== 0) {
    // A companion of the hearer: it has shown that it can read, the phone speaks for both.
    const { id = "" } = stanza.attrs;
    return network.events.emit({ type: "companion.heard", id, device: receiver.jid(), from: sender.jid() });
  }
  const unseen = unseenMenu(content, stanza);
  if (unseen !== undefined) network.problems.add(`${sender.jid()} sent ${unseen}: no client shows it`);
  const heard = heardOf(arrival, type, message, content);
  checkCopy(arrival, message);
  checkMarks(arrival, content);
  const { user } = receiver;
  const chat = network.directory.user(heard.chat)?.jid() ?? heard.chat;
  const remembered = { id: heard.id, fromMe: heard.fromMe, content, at: Math.floor(heard.at / 1000) };
  user.history.add(chat, { ...remembered, participant: isShared(chat) ? heard.from : undefined });
  if (!heard.fromMe) acknowledge(arrival, undefined);
  network.inboxes.add(user, heard);
}

function heardOf(arrival: Arrival, type: string | undefined, message: MessageContent, content: MessageContent): Heard {
  const { network, sender, receiver, stanza } = arrival;
  const { id = "", to = "" } = stanza.attrs;
  const own = sender.user === receiver.user;
  const by = network.groups.get(to)?.addressing ?? addressingOf(to);
  const from = sender.user.jid(by);
  const direct = own ? (message.deviceSentMessage?.destinationJid ?? userJid(to)) : from;
  return {
    id,
    text: textOfContent(content),
    message: content,
    from,
    chat: isShared(to) ? to : direct,
    device: sender.jid(),
    encryption: type === "skmsg" || type === "pkmsg" ? type : "msg",
    at: Date.now(),
    fromMe: own,
    duplicates: 0,
    read: () => acknowledge(arrival, "read"),
  };
}

// How a message is marked is all that WhatsApp sees of what it holds; what is marked wrongly is dropped on the way.
function checkMarks({ network, sender, stanza }: Arrival, content: MessageContent): void {
  if (!network.options.strict) return;
  const { type, mediatype, mayBeText } = realMarks(content);
  const encs = [
    ...children(stanza, "enc"),
    ...children(child(stanza, "participants"), "to").flatMap((to) => children(to, "enc")),
  ];
  const marked = encs.find((enc) => enc.attrs["mediatype"] !== undefined)?.attrs["mediatype"];
  if (mayBeText && stanza.attrs["type"] === "text" && marked === undefined) return;
  if (child(stanza, "biz") && stanza.attrs["type"] === "text") return;
  if (stanza.attrs["type"] === type && marked === mediatype) return;
  const should = `type ${type}${mediatype === undefined ? "" : `, mediatype ${mediatype}`}`;
  network.problems.add(`${sender.jid()} marked ${stanza.attrs["id"]} wrongly, it is of ${should}: ${describe(stanza)}`);
}

// The copy for the own phone must say which chat it belongs to; a note to oneself needs no copy.
function checkCopy({ network, sender, receiver, stanza }: Arrival, message: MessageContent): void {
  const { id, to = "" } = stanza.attrs;
  if (sender.user !== receiver.user || isShared(to) || message.deviceSentMessage) return;
  if (sender.user !== network.directory.user(to)) {
    network.problems.add(`${sender.jid()} sent its own phone a copy of ${id} that names no chat`);
  }
}

/** The receiver tells every companion of the sender's account that it has, or has read, the message. */
function acknowledge(arrival: Arrival, type: "read" | undefined): void {
  const { network, sender, receiver, stanza } = arrival;
  const { id = "", to = "" } = stanza.attrs;
  const from = addressOf(network, receiver.user, to);
  const { participant } = from;
  const refused = type === undefined && isRefused(arrival);
  if (participant !== undefined && network.options.receipts === "bundled") {
    const names = { sender: sender.user, chat: to, id, member: receiver.user, participant };
    return network.receiptBundles.add({ ...names, type, isRefused: refused });
  }
  const error = refused ? [lidError()] : undefined;
  for (const device of sender.user.linked)
    network.deliver(device, el("receipt", { ...from, id, type, t: network.now }, error));
}

function addressOf(network: Network, user: User, to: string): { from: string; participant?: string } {
  if (!isShared(to)) return { from: user.jid(addressingOf(to)) };
  return { from: to, participant: user.jid(network.groups.get(to)?.addressing ?? "lid") };
}
