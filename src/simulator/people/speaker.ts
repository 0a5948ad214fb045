import type { User } from "../accounts/user.ts";
import type { VirtualDevice } from "../accounts/virtual-device.ts";
import { GroupChat } from "../groups/chat.ts";
import { prepareForGroup } from "../groups/post.ts";
import type { Network } from "../network/network.ts";
import type { Addressing } from "../wire/address.ts";
import { type MessageContent, contentOf } from "../content/content.ts";
import type { Heard, Matcher } from "../messages/heard.ts";
import { type ForeignService, type Prepared, prepare, type Withheld } from "../messages/post.ts";
import type { SentMessages } from "../messages/sent.ts";

export interface SayOptions {
  /** Whom to write to; the only phone of the simulator when left out. A person, a group, a phone number or a JID. */
  readonly to?: Speaker | GroupChat | string;
  /** How sender and chat are addressed on the wire; as the profile says when left out. Groups have an addressing of their own. */
  readonly by?: Addressing;
  /** Whether WhatsApp withholds the sender's other name, as it does of a person who hides their number. */
  readonly hidden?: boolean;
  /** Why the receiver's companions get nothing of it but word that it exists; a client may then ask its phone for it. */
  readonly withheld?: Withheld;
  /** The device it is written on, one of `companions`; the phone when left out. */
  readonly from?: VirtualDevice;
  /** It goes to a broadcast list of the sender's, such as `1700000000@broadcast`, in which the receiver is. */
  readonly list?: string;
  /** It comes from Messenger or from another service, by an address of that; clients need not read it, and must settle it. */
  readonly via?: ForeignService;
  /** The message's id; made when left out. */
  readonly id?: string;
}

export interface HearOptions {
  /** How long to wait before rejecting; 10 seconds when left out. */
  readonly timeoutMs?: number;
}

/** Someone who can say and hear: the base of everyone on the simulated network. */
export class Speaker {
  protected readonly network: Network;
  readonly user: User;

  constructor(network: Network, user: User) {
    this.network = network;
    this.user = user;
  }

  /** Digits only, with country code. */
  get number(): string {
    return this.user.number;
  }

  get name(): string {
    return this.user.name;
  }

  /** `628…@s.whatsapp.net`. */
  get jid(): string {
    return this.user.jid();
  }

  /** `…@lid`. */
  get lid(): string {
    return this.user.jid("lid");
  }

  /** Everything this person has decrypted so far, oldest first. */
  get inbox(): readonly Heard[] {
    return this.network.inboxes.of(this.user).all;
  }

  /** Writes a message; resolves when it is queued for every device of the receiver. */
  async says(said: string | MessageContent, options: SayOptions = {}): Promise<SentMessages> {
    const prepared = this.prepare(contentOf(said), options);
    prepared.deliver();
    return prepared.sent;
  }

  /** Writes many messages at once, in order; all are encrypted before the first is queued. */
  async saysMany(
    said: readonly (string | MessageContent)[],
    options: Omit<SayOptions, "id"> = {},
  ): Promise<SentMessages[]> {
    const { sent, release } = this.draftsMany(said, options);
    release();
    return sent;
  }

  /** Encrypts many messages and keeps them back until `release` is called, to measure their delivery alone. */
  draftsMany(
    said: readonly (string | MessageContent)[],
    options: Omit<SayOptions, "id"> = {},
  ): { sent: SentMessages[]; release: () => void } {
    const prepared = said.map((one) => this.prepare(contentOf(one), options));
    const release = (): void => {
      for (const one of prepared) one.deliver();
    };
    return { sent: prepared.map((one) => one.sent), release };
  }

  /**
   * Waits for a message that matches and that no earlier call has taken, among those heard already or to come.
   * Rejects after `timeoutMs`, telling what was heard instead.
   */
  hears(matcher: Matcher, { timeoutMs = 10_000 }: HearOptions = {}): Promise<Heard> {
    const inbox = this.network.inboxes.of(this.user);
    const what = typeof matcher === "function" ? "a message that fits" : `${matcher}`;
    const sentence = (): string => {
      const heard = inbox.all.map((one) => one.text ?? "(no text)");
      return `${this.name} to hear ${what}; heard so far: ${heard.length === 0 ? "nothing" : heard.join(", ")}`;
    };
    return this.network.events.wait(() => inbox.take(matcher), sentence, timeoutMs);
  }

  protected prepare(
    content: MessageContent,
    { to, by, id, from = this.user.phone, hidden = false, withheld, list, via }: SayOptions,
  ): Prepared {
    const sender = from;
    const { options } = this.network;
    const said = options.additions === "sealed" ? this.#withSecret(content) : content;
    const group = to instanceof GroupChat ? to.group : this.network.groups.get(typeof to === "string" ? to : undefined);
    if (group) return prepareForGroup(this.network, { sender, group, content: said, id: id ?? this.newId() });
    const target = this.target(to);
    const isHidden = hidden || this.user.isNumberless;
    const name = this.user.isNumberless ? "lid" : (by ?? options.addressing);
    const post = {
      sender,
      target,
      content: said,
      id: id ?? this.newId(),
      by: name,
      hidden: isHidden,
      withheld,
      list,
      via,
    };
    return prepare(this.network, post);
  }

  // Every message has a secret, by which what is added to it later is sealed.
  #withSecret(content: MessageContent): MessageContent {
    const { messageContextInfo: info, protocolMessage, reactionMessage, secretEncryptedMessage } = content;
    if (protocolMessage || reactionMessage || secretEncryptedMessage || info?.messageSecret) return content;
    return { ...content, messageContextInfo: { ...info, messageSecret: this.user.random.bytes(32) } };
  }

  /** An id as phones make them: `3A` and eighteen hexadecimal digits. */
  protected newId(): string {
    return `3A${this.user.random.hex(9)}`;
  }

  protected target(to: Speaker | GroupChat | string | undefined): User {
    if (to instanceof GroupChat) throw new Error("a group cannot be called or typed to here");
    if (to instanceof Speaker) return to.user;
    if (to === undefined) return this.network.onlyPhone();
    const user = this.network.directory.user(to.includes("@") ? to : `${to}@s.whatsapp.net`);
    if (!user) throw new Error(`nobody on the simulated network has ${to}`);
    return user;
  }
}
