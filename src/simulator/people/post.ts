import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { User } from "../accounts/user.ts";
import type { VirtualDevice } from "../accounts/virtual-device.ts";
import type { Network } from "../network.ts";
import type { Addressing } from "../wire/address.ts";
import { el, type Stanza } from "../wire/stanza.ts";
import { type Content, stanzaType, textOfContent } from "./content.ts";
import { enc, encode, seal } from "./envelope.ts";
import { Sent } from "./sent.ts";

/** A one-to-one message on its way from a device the simulator plays. */
export interface Post {
  readonly sender: VirtualDevice;
  readonly target: User;
  readonly content: Content;
  readonly id: string;
  readonly by: Addressing;
}

/** Sends a message to every device of the target, and a copy to every other device of the sender's account. */
export function post(network: Network, message: Post): Sent {
  const { sender, target, content, id, by } = message;
  const { user } = sender;
  remember(message);
  network.sent.set(id, message);
  const plain = encode(content);
  for (const device of target.devices) {
    if (device.kind === "linked") device.mailbox.put(toTarget(network, message, device, plain));
    else if (device.id === 0) network.inboxes.direct(sender, device, message);
  }
  const others = user === target ? [] : user.linked;
  if (others.length > 0) {
    const copy = encode({ deviceSentMessage: { destinationJid: target.jid(by), message: content } });
    for (const device of others) device.mailbox.put(toOwn(network, message, device, copy));
  }
  const to = target.jid(by);
  network.events.emit({ type: "message.said", id, from: user.jid(by), to, text: textOfContent(content) });
  return new Sent(network, id, content);
}

function toTarget(network: Network, message: Post, device: LinkedDevice, plain: Uint8Array, count?: number): Stanza {
  const { sender, by } = message;
  const other = { [by === "pn" ? "sender_lid" : "sender_pn"]: sender.user.jid(by === "pn" ? "lid" : "pn") };
  const attrs = { from: sender.jid(by), ...other, addressing_mode: by, notify: sender.user.name };
  return stanza(network, message, device, plain, attrs, count);
}

// What the phone itself wrote, told to its companions: from the own account, with the chat as recipient.
function toOwn(network: Network, message: Post, device: LinkedDevice, plain: Uint8Array, count?: number): Stanza {
  const { sender, target, by } = message;
  const other = by === "pn" ? "lid" : "pn";
  const attrs = {
    from: sender.jid(by),
    recipient: target.jid(by),
    [`peer_recipient_${other}`]: target.jid(other),
    addressing_mode: by,
    notify: sender.user.name,
  };
  return stanza(network, message, device, plain, attrs, count);
}

function stanza(
  network: Network,
  message: Post,
  device: LinkedDevice,
  plain: Uint8Array,
  attrs: Record<string, string>,
  count: number | undefined,
): Stanza {
  const { type, mediatype } = stanzaType(message.content);
  const ciphertext = seal(network, message.sender, device, plain);
  const again = count === undefined ? undefined : String(count);
  return el("message", { ...attrs, id: message.id, type, t: network.now }, [
    enc(ciphertext, { mediatype, count: again }),
  ]);
}

/** Encrypts a message again for one device that could not read it. */
export function postAgain(network: Network, message: Post, device: LinkedDevice, count: number): void {
  const { content, target, by } = message;
  const own = device.user === message.sender.user && target !== device.user;
  const plain = encode(own ? { deviceSentMessage: { destinationJid: target.jid(by), message: content } } : content);
  device.mailbox.put((own ? toOwn : toTarget)(network, message, device, plain, count));
}

function remember({ sender, target, content, id }: Post): void {
  const entry = { id, at: Math.floor(Date.now() / 1000), content, participant: undefined };
  sender.user.history.add(target.jid(), { ...entry, fromMe: true });
  target.history.add(sender.user.jid(), { ...entry, fromMe: false });
}
