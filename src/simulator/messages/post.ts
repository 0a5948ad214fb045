import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { User } from "../accounts/user.ts";
import type { VirtualDevice } from "../accounts/virtual-device.ts";
import type { Network } from "../network/network.ts";
import type { Addressing } from "../wire/address.ts";
import { el, type Stanza } from "../wire/stanza.ts";
import { type MessageContent, stanzaType, textOfContent } from "../content/content.ts";
import { besides, enc, encode, identityOf, modeOf, seal, usernameAs } from "./envelope.ts";
import { SentMessages } from "./sent.ts";

/** A one-to-one message on its way from a device the simulator plays. */
export interface OutgoingPost {
  readonly sender: VirtualDevice;
  readonly target: User;
  readonly content: MessageContent;
  readonly id: string;
  readonly by: Addressing;
  /** The broadcast list it is sent to; every receiver sees the list's address and the sender's. */
  readonly list?: string | undefined;
  /** The service outside WhatsApp it comes from. */
  readonly via?: ForeignService | undefined;
  /** The sender's other name is withheld. */
  readonly hidden?: boolean;
  /** Nothing is sealed for companions. */
  readonly withheld?: Withheld | undefined;
}

/** Why companions get nothing of a message: it is to be seen once, or whoever sent it did not know of them. */
export type Withheld = "view_once" | "unknown";

/** Services whose people have addresses of their own: Messenger (`…@msgr`), and whoever else is let in (`…@interop`). */
export type ForeignService = "msgr" | "interop";

/** What was said, kept to say it again to a device that could not read it. `count` is the number of the attempt. */
export interface Said {
  readonly sender: VirtualDevice;
  again(device: LinkedDevice, count: number): void;
}

declare module "../network/network.ts" {
  interface Network {
    /** What simulated people said, by id, to say it again when a client could not read it. */
    sent: Map<string, Said>;
  }
}

/** A message that is encrypted for every device and waits to be queued. */
export interface Prepared {
  readonly sent: SentMessages;
  deliver(): void;
}

/** Encrypts for every device of the target, and a copy for every other device of the sender's account. */
export function prepare(network: Network, message: OutgoingPost): Prepared {
  const { sender, target, content, id, by } = message;
  const plain = encode(content);
  const reached = target.hasBlocked(sender.user) ? [] : target.linked;
  const stanzas: [LinkedDevice, Stanza][] = reached.map((device) => [
    device,
    toTarget(network, message, device, plain),
  ]);
  const others = sender.user === target ? [] : sender.user.linked;
  if (others.length > 0) {
    const copy = encode(copyOf(target.jid(by), content));
    for (const device of others) stanzas.push([device, toOwn(network, message, device, copy)]);
  }
  const deliver = (): void => {
    network.sent.set(id, { sender, again: (device, count) => postAgain(network, message, device, count) });
    remember(message);
    const from = sender.user.jid(by);
    if (target !== sender.user) network.inboxes.direct(sender, target.phone, { id, content, from, chat: from });
    network.events.emit({ type: "message.said", id, from, to: target.jid(by), text: textOfContent(content) });
    for (const [device, stanza] of stanzas) network.deliver(device, stanza);
  };
  return { sent: new SentMessages(network, { id, content, sender: sender.user, chat: target.jid(by) }), deliver };
}

function toTarget(
  network: Network,
  message: OutgoingPost,
  device: LinkedDevice,
  plain: Uint8Array,
  count?: number,
): Stanza {
  const { sender, by, hidden } = message;
  const [tag, name] = by === "pn" ? (["sender_lid", "lid"] as const) : (["sender_pn", "pn"] as const);
  const other: Record<string, string> = hidden ? {} : { [tag]: sender.user.jid(name) };
  if (message.list !== undefined) return toList(network, message, device, plain, count);
  if (message.via) return fromForeignService(network, message, message.via, device, plain);
  const attrs = {
    from: sender.jid(by),
    ...other,
    ...usernameAs("username", sender.user),
    ...modeOf(network, by),
    notify: sender.user.name,
  };
  if (message.withheld) {
    const type = message.withheld === "view_once" ? "view_once_unavailable_fanout" : undefined;
    return el("message", { ...attrs, id: message.id, type: "text", t: network.now }, [el("unavailable", { type })]);
  }
  return stanza(network, message, device, plain, attrs, count);
}

// As its receiver sees it: from the list, by the sender (Baileys#1862); phones show it in the sender's chat.
function toList(
  network: Network,
  message: OutgoingPost,
  device: LinkedDevice,
  plain: Uint8Array,
  count?: number,
): Stanza {
  const { sender, by, list = "" } = message;
  const other = by === "pn" ? "lid" : "pn";
  const name: Record<string, string> = sender.user.isNumberless
    ? {}
    : { [`participant_${other}`]: sender.user.jid(other) };
  const handle = usernameAs("participant_username", sender.user);
  const attrs = { from: list, participant: sender.jid(by), ...name, ...handle, notify: sender.user.name };
  return stanza(network, message, device, plain, attrs, count);
}

// Both services encrypt otherwise; what is known is that each must be settled.
function fromForeignService(
  network: Network,
  message: OutgoingPost,
  via: ForeignService,
  device: LinkedDevice,
  plain: Uint8Array,
): Stanza {
  const from = `${message.sender.user.lidNumber}@${via}`;
  return stanza(network, message, device, plain, { from, notify: message.sender.user.name }, undefined);
}

function copyOf(destinationJid: string, message: MessageContent): MessageContent {
  const { messageContextInfo } = message;
  return { deviceSentMessage: { destinationJid, message }, ...(messageContextInfo && { messageContextInfo }) };
}

// What the phone itself wrote, told to its companions: from the own account, with the chat as recipient.
function toOwn(
  network: Network,
  message: OutgoingPost,
  device: LinkedDevice,
  plain: Uint8Array,
  count?: number,
): Stanza {
  const { sender, target, by } = message;
  const other = by === "pn" ? "lid" : "pn";
  const attrs = {
    from: sender.jid(by),
    recipient: target.jid(by),
    ...(target.isNumberless ? {} : { [`peer_recipient_${other}`]: target.jid(other) }),
    ...usernameAs("peer_recipient_username", target),
    ...modeOf(network, by),
    notify: sender.user.name,
  };
  return stanza(network, message, device, plain, attrs, count);
}

function stanza(
  network: Network,
  message: OutgoingPost,
  device: LinkedDevice,
  plain: Uint8Array,
  attrs: Record<string, string>,
  count: number | undefined,
): Stanza {
  const { sender, id } = message;
  const { type, edit, ...marks } = stanzaType(message.content);
  const ciphertext = seal(network, sender, device, plain);
  const again = count === undefined ? undefined : String(count);
  const content = [enc(ciphertext, { ...marks, count: again }), ...identityOf(sender, ciphertext.type)];
  return el("message", { ...attrs, id, type, edit, t: network.now }, [...besides(network, sender.user), ...content]);
}

/** Encrypts a message again for one device that could not read it. */
function postAgain(network: Network, message: OutgoingPost, device: LinkedDevice, count: number): void {
  const { content, target, by } = message;
  const own = device.user === message.sender.user && target !== device.user;
  const plain = encode(own ? copyOf(target.jid(by), content) : content);
  network.deliver(device, (own ? toOwn : toTarget)(network, message, device, plain, count));
}

function remember({ sender, target, content, id }: OutgoingPost): void {
  const entry = { id, at: Math.floor(Date.now() / 1000), content, participant: undefined };
  sender.user.history.add(target.jid(), { ...entry, fromMe: true });
  target.history.add(sender.user.jid(), { ...entry, fromMe: false });
}
