import type { User } from "../accounts/user.ts";
import type { VirtualDevice } from "../accounts/virtual-device.ts";
import type { Network } from "../network/network.ts";
import { type MessageContent, textOfContent } from "../content/content.ts";
import { type Heard, Inbox } from "./heard.ts";

declare module "../network/network.ts" {
  interface Network {
    inboxes: Inboxes;
  }
}

/** What everyone on the network has heard. */
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

  /** A message between two devices the simulator plays; encrypting it would prove nothing. */
  direct(
    sender: VirtualDevice,
    receiver: VirtualDevice,
    message: { id: string; content: MessageContent; from: string; chat: string },
  ): void {
    const { id, content, from, chat } = message;
    this.add(receiver.user, {
      id,
      text: textOfContent(content),
      message: content,
      from,
      chat,
      device: sender.jid(),
      encryption: "msg",
      at: Date.now(),
      fromMe: sender.user === receiver.user,
      duplicates: 0,
      read: () => {},
    });
  }

  add(user: User, heard: Heard): void {
    if (!this.of(user).add(heard)) return;
    const { id, from, chat, text } = heard;
    this.#network.events.emit({ type: "message.heard", id, by: user.number, from, chat, text });
  }
}
