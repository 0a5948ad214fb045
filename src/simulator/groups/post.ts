import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { VirtualDevice } from "../accounts/virtual-device.ts";
import type { Network } from "../network/network.ts";
import { type MessageContent, stanzaType, textOfContent } from "../content/content.ts";
import { besides, enc, encode, identityOf, modeOf, seal } from "../messages/envelope.ts";
import type { Prepared } from "../messages/post.ts";
import { SentMessages } from "../messages/sent.ts";
import { pad } from "../signal/padding.ts";
import { el, type Stanza } from "../wire/stanza.ts";
import type { SimulatedGroup } from "./group.ts";
import { actor } from "./nodes.ts";

/** A message to a group, from a device the simulator plays. */
export interface GroupPost {
  readonly sender: VirtualDevice;
  readonly group: SimulatedGroup;
  readonly content: MessageContent;
  readonly id: string;
}

/**
 * Encrypts once with the sender's key of the group, and tells the key to each device that has not got it. Throws when
 * the sender may not write.
 */
export function prepareForGroup(network: Network, message: GroupPost): Prepared {
  const { sender, group, content, id } = message;
  if (!group.mayWrite(sender.user)) throw new Error(`${sender.user.name} may not write in ${group.subject}`);
  const distribution = sender.groupKeys.own(group.jid).key.distribution();
  const seals = groupSealer(network, sender, group.jid, content);
  const devices = [...group.members.keys()].flatMap((user) => user.linked);
  const stanzas = devices.map((device): [LinkedDevice, Stanza] => [device, stanza(network, message, seals(device))]);
  const deliver = (): void => {
    const again = (device: LinkedDevice, count: number) => postAgain(network, message, distribution, device, count);
    network.sent.set(id, { sender, again });
    tellSimulated(network, message);
    for (const [device, one] of stanzas) network.deliver(device, one);
  };
  return { sent: new SentMessages(network, { id, content, sender: sender.user, chat: group.jid }), deliver };
}

/** Encrypts once, and gives for each device its ciphertexts: the sender's key where the device has not got it, the message. */
export function groupSealer(
  network: Network,
  sender: VirtualDevice,
  group: string,
  content: MessageContent,
): (device: LinkedDevice) => Stanza[] {
  const { key, told } = sender.groupKeys.own(group);
  const distribution = key.distribution();
  const { mediatype, "decrypt-fail": decryptFail } = stanzaType(content);
  const bytes = key.encrypt(pad(encode(content), sender.random));
  const shared = enc({ type: "skmsg", bytes }, { mediatype, "decrypt-fail": decryptFail });
  return (device) => {
    if (told.has(device)) return [shared];
    told.add(device);
    return [enc(seal(network, sender, device, keyMessage(group, distribution))), shared];
  };
}

function keyMessage(groupId: string, distribution: Buffer): Uint8Array {
  const senderKeyDistributionMessage = { groupId, axolotlSenderKeyDistributionMessage: distribution };
  return encode({ senderKeyDistributionMessage });
}

function tellSimulated(network: Network, { sender, group, content, id }: GroupPost): void {
  const from = sender.user.jid(group.addressing);
  const at = Math.floor(Date.now() / 1000);
  for (const user of group.members.keys()) {
    const own = user === sender.user;
    user.history.add(group.jid, { id, at, content, fromMe: own, participant: from });
    if (!own) network.inboxes.direct(sender, user.phone, { id, content, from, chat: group.jid });
  }
  network.events.emit({ type: "message.said", id, from, to: group.jid, text: textOfContent(content) });
}

function stanza(network: Network, { sender, group, content, id }: GroupPost, encs: Stanza[]): Stanza {
  const { type, edit } = stanzaType(content);
  const attrs = { from: group.jid, id, type, edit, t: network.now, notify: sender.user.name };
  const first = encs.some((one) => one.attrs["type"] === "pkmsg");
  const parts = [...encs, ...identityOf(sender, first ? "pkmsg" : "msg")];
  const { statusTag } = network.options;
  const tag = group.jid === "status@broadcast" ? statusTag : "message";
  const names = { ...actor(group, sender.user, sender.id), ...modeOf(network, group.addressing) };
  return el(tag, { ...attrs, ...names }, [...besides(network, sender.user), ...parts]);
}

// To one device that could not read it: pairwise, with the sender key as it was before this message.
function postAgain(network: Network, message: GroupPost, key: Buffer, device: LinkedDevice, count: number): void {
  const senderKeyDistributionMessage = { groupId: message.group.jid, axolotlSenderKeyDistributionMessage: key };
  const content = { ...message.content, senderKeyDistributionMessage };
  const ciphertext = seal(network, message.sender, device, encode(content));
  network.deliver(device, stanza(network, message, [enc(ciphertext, { count: String(count) })]));
}
