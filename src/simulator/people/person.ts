import type { User } from "../accounts/user.ts";
import type { VirtualDevice } from "../accounts/virtual-device.ts";
import { GroupChat } from "../groups/chat.ts";
import { prepareForGroup } from "../groups/post.ts";
import { type Poison, poison } from "../faults/poison.ts";
import { type Attachment, attach, open } from "../media/attachment.ts";
import type { Network } from "../network.ts";
import { setPicture } from "../server/iq/profile.ts";
import { type Addressing, addressingOf } from "../wire/address.ts";
import { Call } from "./call.ts";
import { addCompanion, removeCompanion } from "./companion.ts";
import { type Content, contentOf } from "./content.ts";
import { deletion, edit, poll, reaction, reply, vote } from "./deeds.ts";
import type { Heard, Matcher } from "./heard.ts";
import { type Prepared, prepare } from "./post.ts";
import { type ChatState, showChatState, showPresence } from "./presence.ts";
import { reinstall } from "./reinstall.ts";
import { giveToken } from "./token.ts";
import { statusGroup } from "./status.ts";
import type { Sent } from "./sent.ts";
import type { Target } from "./target.ts";

export interface SayOptions {
  /** Whom to write to; the only phone of the simulator when left out. A person, a group, a phone number or a JID. */
  readonly to?: Person | GroupChat | string;
  /** How sender and chat are addressed on the wire; by phone number when left out. Groups have an addressing of their own. */
  readonly by?: Addressing;
  /** The device it is written on, one of `companions`; the phone when left out. */
  readonly from?: VirtualDevice;
  /** The message's id; made when left out. */
  readonly id?: string;
}

export interface HearOptions {
  /** How long to wait before rejecting; 10 seconds when left out. */
  readonly timeoutMs?: number;
}

/** Someone with a WhatsApp account on the simulated network. */
export class Person {
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
  async says(said: string | Content, options: SayOptions = {}): Promise<Sent> {
    const prepared = this.#prepare(contentOf(said), options);
    prepared.deliver();
    return prepared.sent;
  }

  /** Writes many messages at once, in order; all are encrypted before the first is queued. */
  async saysMany(said: readonly (string | Content)[], options: Omit<SayOptions, "id"> = {}): Promise<Sent[]> {
    const { sent, release } = this.draftsMany(said, options);
    release();
    return sent;
  }

  /** Encrypts many messages and keeps them back until `release` is called, to measure their delivery alone. */
  draftsMany(
    said: readonly (string | Content)[],
    options: Omit<SayOptions, "id"> = {},
  ): { sent: Sent[]; release: () => void } {
    const prepared = said.map((one) => this.#prepare(contentOf(one), options));
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
    return this.network.events.wait(() => inbox.take(matcher), `${this.name} to hear ${what}`, timeoutMs);
  }

  /** Sends a file: encrypted, stored on the media server, told of in a message. */
  sends(attachment: Attachment, options: SayOptions = {}): Promise<Sent> {
    return this.says(attach(this.network.media, this.user.random, attachment), options);
  }

  /** The file in a message this person heard, fetched and decrypted. Throws when it is not what was announced. */
  opens(heard: Heard): Buffer {
    return open(this.network.media, heard.message);
  }

  /** Reacts with an emoji; an empty text takes the reaction back. */
  reacts(target: Target, emoji: string): Promise<Sent> {
    return this.says(reaction(this.user, target, emoji), this.#inChatOf(target));
  }

  edits(target: Target, text: string): Promise<Sent> {
    return this.says(edit(this.user, target, text), this.#inChatOf(target));
  }

  deletes(target: Target): Promise<Sent> {
    return this.says(deletion(this.user, target), this.#inChatOf(target));
  }

  /** Answers a message, quoting it. */
  replies(target: Target, text: string): Promise<Sent> {
    return this.says(reply(target, text), this.#inChatOf(target));
  }

  /** Asks a poll; several choices may be allowed. */
  asks(question: string, choices: readonly string[], options: SayOptions & { several?: boolean } = {}): Promise<Sent> {
    return this.says(poll(this.user.random, question, choices, options.several ?? false), options);
  }

  /** Votes on a poll; no choice takes the vote back. */
  votes(target: Target, choices: readonly string[]): Promise<Sent> {
    const voter = this.user.jid(target.chat.endsWith("@s.whatsapp.net") ? "pn" : "lid");
    return this.says(vote(this.user, this.user.random, target, choices, voter), this.#inChatOf(target));
  }

  /** Shows as typing or recording, or as neither, to those of the receiver's devices that are online. */
  types(state: ChatState, { to, by = "pn" }: Pick<SayOptions, "to" | "by"> = {}): void {
    showChatState(this.network, this.user, this.#target(to), state, by);
  }

  comesOnline(): void {
    showPresence(this.network, this.user, true);
  }

  goesOffline(): void {
    showPresence(this.network, this.user, false);
  }

  /** Calls someone; the call rings until it is hung up or declined. */
  calls({ to, by = "pn", video = false }: Pick<SayOptions, "to" | "by"> & { video?: boolean } = {}): Call {
    return new Call(this.network, this.user, this.#target(to), { video, by });
  }

  /** Links another device of the simulator to this person's account. */
  addsCompanion(): VirtualDevice {
    return addCompanion(this.network, this.user);
  }

  removesCompanion(device: VirtualDevice): void {
    removeCompanion(this.network, device);
  }

  /** Posts a status (story) to these people. */
  async postsStatus(
    said: string | Content,
    to: Person[] = [new Person(this.network, this.network.onlyPhone())],
  ): Promise<Sent> {
    const audience = statusGroup(
      this.user,
      to.map((one) => one.user),
      this.network.now,
    );
    const post = { sender: this.user.phone, group: audience, content: contentOf(said), id: this.newId() };
    const prepared = prepareForGroup(this.network, post);
    prepared.deliver();
    return prepared.sent;
  }

  /** Shows this picture from now on; nothing takes it away. */
  setsPicture(bytes: Uint8Array | undefined): void {
    this.user.picture = bytes && setPicture(this.network, Buffer.from(bytes));
  }

  /** From now on messages of those this person has not written to need a token, or are refused with 463. */
  refusesStrangers(): void {
    this.user.refusesStrangers = true;
  }

  /** Gives someone the token that lets their messages in. */
  trusts({ user }: Person): void {
    giveToken(this.network, this.user, user);
  }

  /** Sends a message that a client cannot read or must not choke on; returns its id. */
  poisons(kind: Poison, { to }: Pick<SayOptions, "to"> = {}): string {
    const id = this.newId();
    poison(this.network, this.user, this.#target(to), kind, id);
    return id;
  }

  /** Installs WhatsApp anew: another identity, no sessions; the server tells those who are linked. */
  reinstalls(): void {
    reinstall(this.network, this.user);
  }

  /** From now on the server has no one-time pre-keys left for this person's phone. */
  runsOutOfPreKeys(): void {
    this.user.phone.keys.exhausted = true;
  }

  /** Loses all Signal sessions of this person's phone, so that it can neither read nor send on the old ones. */
  forgetsSessions(): void {
    this.user.phone.forgetSessions();
  }

  #prepare(content: Content, { to, by = "pn", id, from = this.user.phone }: SayOptions): Prepared {
    const sender = from;
    const group = to instanceof GroupChat ? to.group : this.network.groups.get(typeof to === "string" ? to : undefined);
    if (group) return prepareForGroup(this.network, { sender, group, content, id: id ?? this.newId() });
    const target = this.#target(to);
    return prepare(this.network, { sender, target, content, id: id ?? this.newId(), by });
  }

  /** An id as phones make them: `3A` and eighteen hexadecimal digits. */
  protected newId(): string {
    return `3A${this.user.random.hex(9)}`;
  }

  #inChatOf({ chat }: Target): SayOptions {
    return { to: chat, by: addressingOf(chat) };
  }

  #target(to: Person | GroupChat | string | undefined): User {
    if (to instanceof GroupChat) throw new Error("a group cannot be called or typed to here");
    if (to instanceof Person) return to.user;
    if (to === undefined) return this.network.onlyPhone();
    const user = this.network.directory.user(to.includes("@") ? to : `${to}@s.whatsapp.net`);
    if (!user) throw new Error(`nobody on the simulated network has ${to}`);
    return user;
  }
}
