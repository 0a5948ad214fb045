import type { LinkedDevice } from "../../accounts/linked-device.ts";
import type { ReceiptType } from "../../base/events.ts";
import { actor } from "../../groups/nodes.ts";
import type { Network } from "../../network/network.ts";
import { answerRetry } from "../../people/retry.ts";
import { addressingOf, userJid } from "../../wire/address.ts";
import { el, type Stanza } from "../../wire/stanza.ts";

/** A message from one client to another, as the server words it for the receiver. */
export function forwardMessage(
  network: Network,
  sender: LinkedDevice,
  receiver: LinkedDevice,
  stanza: Stanza,
  encs: Stanza[],
): void {
  const { id, to = "", type } = stanza.attrs;
  const notify = sender.pushName ?? sender.user.name;
  const common = { id, type, t: network.now, notify };
  const first = encs.some((enc) => enc.attrs["type"] === "pkmsg");
  const identity = first ? [el("device-identity", {}, sender.deviceIdentity)] : [];
  const address = addresses(network, sender, receiver, to);
  network.deliver(receiver, el("message", { ...address, ...common }, [...encs, ...identity]));
}

function addresses(
  network: Network,
  sender: LinkedDevice,
  receiver: LinkedDevice,
  to: string,
): Record<string, string | undefined> {
  const group = network.groups.get(to);
  if (group) return { from: group.jid, ...actor(group, sender.user, sender.id), addressing_mode: group.addressing };
  const by = addressingOf(to);
  const other = by === "pn" ? "lid" : "pn";
  const names =
    sender.user === receiver.user
      ? { recipient: userJid(to), [`peer_recipient_${other}`]: network.directory.user(to)?.jid(other) }
      : { [`sender_${other}`]: sender.user.jid(other) };
  return { from: sender.jid(by), ...names, addressing_mode: by };
}

/** A client's receipt, told to whoever sent the message: a client, or a person the simulator plays. */
export function forwardReceipt(network: Network, from: LinkedDevice, receipt: Stanza, kind: ReceiptType): void {
  const { participant, to } = receipt.attrs;
  const target = network.directory.device(participant ?? to);
  if (kind === "retry") {
    if (target?.kind === "linked") passOn(network, from, target, receipt);
    else answerRetry(network, from, receipt);
    return;
  }
  if (kind !== "inactive" && kind !== "delivery" && kind !== "read" && kind !== "played") return;
  for (const device of target?.user.linked ?? []) if (device !== from) passOn(network, from, device, receipt);
}

function passOn(network: Network, from: LinkedDevice, to: LinkedDevice, receipt: Stanza): void {
  const { id, type, to: chat = "" } = receipt.attrs;
  const group = network.groups.get(chat);
  const by = group?.addressing ?? addressingOf(chat);
  const name = type === "retry" ? from.jid(by) : from.user.jid(by);
  const address = group ? { from: group.jid, participant: name } : { from: name };
  const kept = type === "inactive" ? undefined : type;
  network.deliver(to, el("receipt", { ...address, id, type: kept, t: network.now }, receipt.content));
}
