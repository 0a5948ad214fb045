import type { LinkedDevice } from "../../accounts/linked-device.ts";
import type { ReceiptType } from "../../base/events.ts";
import { actor } from "../../groups/nodes.ts";
import { usernameAs } from "../../messages/envelope.ts";
import type { Network } from "../../network/network.ts";
import { answerRetry } from "../../people/retry.ts";
import { addressingOf, userJid } from "../../wire/address.ts";
import { type Attributes, children, el, type Stanza } from "../../wire/stanza.ts";

const STATUS = "status@broadcast";
/** What a message holds for the server alone: it is worded anew for each receiver, or not passed on. */
const FOR_THE_SERVER: ReadonlySet<string> = new Set(["enc", "participants", "device-identity", "tctoken", "cstoken"]);

/** A message from one client to another, as the server words it for the receiver. */
export function forwardMessage(
  network: Network,
  sender: LinkedDevice,
  receiver: LinkedDevice,
  stanza: Stanza,
  encs: Stanza[],
): void {
  const { id, to = "", type, edit, category } = stanza.attrs;
  const notify = sender.pushName ?? sender.user.name;
  const common = { id, type, edit, category, t: network.now, notify };
  const first = encs.some((enc) => enc.attrs["type"] === "pkmsg");
  const identity = first ? [el("device-identity", {}, sender.deviceIdentity)] : [];
  const beside = children(stanza).filter(({ tag }) => !FOR_THE_SERVER.has(tag));
  const tag = to === STATUS ? network.options.statusTag : "message";
  const address = addresses(network, sender, receiver, to);
  network.deliver(receiver, el(tag, { ...address, ...common }, [...encs, ...identity, ...beside]));
}

function addresses(network: Network, sender: LinkedDevice, receiver: LinkedDevice, to: string): Attributes {
  const group = network.groups.get(to);
  if (group) return { from: group.jid, ...actor(group, sender.user, sender.id), addressing_mode: group.addressing };
  if (to === STATUS) {
    const handle = usernameAs("participant_username", sender.user);
    return { from: STATUS, participant: sender.jid("lid"), participant_pn: sender.user.jid(), ...handle };
  }
  const by = addressingOf(to);
  const other = by === "pn" ? "lid" : "pn";
  const target = network.directory.user(to);
  const names =
    sender.user === receiver.user
      ? {
          recipient: userJid(to),
          [`peer_recipient_${other}`]: target?.jid(other),
          ...(target && usernameAs("recipient_username", target)),
        }
      : { [`sender_${other}`]: sender.user.jid(other), ...usernameAs("username", sender.user) };
  return { from: sender.jid(by), ...names, addressing_mode: by };
}

/** What the sender of a message is told of a receipt for it. */
const FOR_THE_SENDER: ReadonlySet<ReceiptType> = new Set(["inactive", "delivery", "read", "played"]);
/** What the other companions of a reader are told. */
const FOR_THE_READER: ReadonlySet<ReceiptType> = new Set(["read", "read-self", "played", "played-self"]);

/** A client's receipt, told to whoever sent the message (a client, or a person the simulator plays) and to its own kin. */
export function forwardReceipt(network: Network, from: LinkedDevice, receipt: Stanza, kind: ReceiptType): void {
  const { participant, to } = receipt.attrs;
  const target = network.directory.device(participant ?? to);
  if (kind === "retry") {
    if (target?.kind === "linked") passOn(network, from, target, receipt);
    else answerRetry(network, from, receipt);
    return;
  }
  if (FOR_THE_SENDER.has(kind)) {
    for (const device of target?.user.linked ?? []) if (device !== from) passOn(network, from, device, receipt);
  }
  if (!FOR_THE_READER.has(kind) || target?.user === from.user) return;
  for (const device of from.user.linked) if (device !== from) tellKin(network, from, device, receipt);
}

function passOn(network: Network, from: LinkedDevice, to: LinkedDevice, receipt: Stanza): void {
  const { id, type, to: chat = "" } = receipt.attrs;
  const group = network.groups.get(chat);
  const by = group?.addressing ?? addressingOf(chat);
  const name = type === "retry" ? from.jid(by) : from.user.jid(by);
  const address = group || chat === STATUS ? { from: chat, participant: name } : { from: name };
  network.deliver(to, el("receipt", { ...address, id, type, t: network.now }, receipt.content));
}

// What one companion has read, the others show as read: from the own account, with the chat as recipient.
function tellKin(network: Network, from: LinkedDevice, to: LinkedDevice, receipt: Stanza): void {
  const { id, type, to: chat = "", participant } = receipt.attrs;
  const by = network.groups.get(chat)?.addressing ?? addressingOf(participant ?? chat);
  const own = from.user.jid(by);
  const shared = participant !== undefined;
  const address = shared ? { from: chat, participant: own, recipient: participant } : { from: own, recipient: chat };
  network.deliver(to, el("receipt", { ...address, id, type, t: network.now }, receipt.content));
}
