import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { VirtualDevice } from "../accounts/virtual-device.ts";
import type { Network } from "../network.ts";
import { type Content, stanzaType, textOfContent } from "../people/content.ts";
import { enc, encode, seal } from "../people/envelope.ts";
import type { Prepared } from "../people/post.ts";
import { Sent } from "../people/sent.ts";
import { pad } from "../signal/padding.ts";
import { el, type Stanza } from "../wire/stanza.ts";
import type { Group } from "./group.ts";
import { actor } from "./nodes.ts";

/** A message to a group, from a device the simulator plays. */
export interface GroupPost {
  readonly sender: VirtualDevice;
  readonly group: Group;
  readonly content: Content;
  readonly id: string;
}

/**
 * Encrypts once with the sender's key of the group, and tells the key to each device that has not got it. Throws when
 * the sender may not write.
 */
export function prepareForGroup(network: Network, message: GroupPost): Prepared {
  const { sender, group, content, id } = message;
  if (!group.mayWrite(sender.user)) throw new Error(`${sender.user.name} may not write in ${group.subject}`);
  const members = [...group.members.keys()];
  const { key, told } = sender.groupKeys.own(group.jid);
  const distribution = key.distribution();
  const skmsg = { type: "skmsg", bytes: key.encrypt(pad(encode(content), sender.random)) };
  const stanzas = members
    .flatMap((user) => user.linked)
    .map((device): [LinkedDevice, Stanza] => {
      const introduction = told.has(device)
        ? []
        : [enc(seal(network, sender, device, keyMessage(group, distribution)))];
      told.add(device);
      return [
        device,
        stanza(network, message, [...introduction, enc(skmsg, { mediatype: stanzaType(content).mediatype })]),
      ];
    });
  const deliver = (): void => {
    network.sent.set(id, {
      again: (device, count) => postAgain(network, message, distribution, device, count),
      sender,
    });
    for (const user of members) {
      const at = Math.floor(Date.now() / 1000);
      const participant = sender.user.jid(group.addressing);
      user.history.add(group.jid, { id, at, content, fromMe: user === sender.user, participant });
      if (user !== sender.user)
        network.inboxes.direct(sender, user.phone, { id, content, from: participant, chat: group.jid });
    }
    const said = { id, from: sender.user.jid(group.addressing), to: group.jid, text: textOfContent(content) };
    network.events.emit({ type: "message.said", ...said });
    for (const [device, one] of stanzas) device.mailbox.put(one);
  };
  return { sent: new Sent(network, id, content), deliver };
}

function keyMessage(group: Group, distribution: Buffer): Uint8Array {
  const senderKeyDistributionMessage = { groupId: group.jid, axolotlSenderKeyDistributionMessage: distribution };
  return encode({ senderKeyDistributionMessage });
}

function stanza(network: Network, { sender, group, content, id }: GroupPost, encs: Stanza[]): Stanza {
  const { type } = stanzaType(content);
  const attrs = { from: group.jid, id, type, t: network.now, notify: sender.user.name };
  return el("message", { ...attrs, ...actor(group, sender.user, sender.id), addressing_mode: group.addressing }, encs);
}

// To one device that could not read it: pairwise, with the sender key as it was before this message.
function postAgain(
  network: Network,
  message: GroupPost,
  distribution: Buffer,
  device: LinkedDevice,
  count: number,
): void {
  const senderKeyDistributionMessage = {
    groupId: message.group.jid,
    axolotlSenderKeyDistributionMessage: distribution,
  };
  const content = { ...message.content, senderKeyDistributionMessage };
  const ciphertext = seal(network, message.sender, device, encode(content));
  device.mailbox.put(stanza(network, message, [enc(ciphertext, { count: String(count) })]));
}
