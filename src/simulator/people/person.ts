import type { BusinessCard } from "../accounts/user.ts";
import type { VirtualDevice } from "../accounts/virtual-device.ts";
import { GroupChat } from "../groups/chat.ts";
import { prepareForGroup } from "../groups/post.ts";
import { type Poison, poison } from "../faults/poison.ts";
import { type Attachment, attach, open } from "../media/attachment.ts";
import { setPicture } from "../media/picture.ts";
import { addressingOf } from "../wire/address.ts";
import { el } from "../wire/stanza.ts";
import { Call } from "./call.ts";
import { addCompanion, addHostedDevice, removeCompanion } from "./companion.ts";
import { type MessageContent, contentOf } from "../content/content.ts";
import { deletion, edit, event, poll, reaction, reply, vote } from "./deeds.ts";
import type { Heard } from "../messages/heard.ts";
import { type ChatState, showChatState, showInGroup, showPresence, showOnProfile } from "./presence.ts";
import { reinstall } from "./reinstall.ts";
import { giveToken } from "./token.ts";
import type { Stanza } from "../wire/stanza.ts";
import { type LidNotice, lidNotice, usernameNotice } from "./notices.ts";
import { type Addition, sealedAnswer, sealedComment, sealedEdit, sealedReaction, secretOf } from "./sealed.ts";
import { statusGroup } from "./status.ts";
import type { SentMessages } from "../messages/sent.ts";
import { type SayOptions, Speaker } from "./speaker.ts";
import type { SendTarget } from "./target.ts";

/** Someone with a WhatsApp account on the simulated network. */
export class SimulatedPerson extends Speaker {
  /** Sends a file: encrypted, stored on the media server, told of in a message. */
  sends(attachment: Attachment, options: SayOptions = {}): Promise<SentMessages> {
    return this.says(attach(this.network.media, this.user.random, attachment), options);
  }

  /** The file in a message this person heard, fetched and decrypted. Throws when it is not what was announced. */
  opens({ message }: Pick<Heard, "message">): Buffer {
    return open(this.network.media, message);
  }

  /** Reacts with an emoji; an empty text takes the reaction back. */
  reacts(target: SendTarget, emoji: string): Promise<SentMessages> {
    const sealed = this.#isSealedChat(target) && secretOf(target) !== undefined;
    const content = sealed ? sealedReaction(this.#addition(target), emoji) : reaction(this.user, target, emoji);
    return this.says(content, this.#inChatOf(target));
  }

  edits(target: SendTarget, text: string): Promise<SentMessages> {
    const plain = edit(this.user, target, text);
    const { additions } = this.network.options;
    const sealed = additions === "sealed" && secretOf(target) !== undefined;
    const content = sealed ? sealedEdit(this.#addition(target), "Message Edit", plain) : plain;
    return this.says(content, this.#inChatOf(target));
  }

  deletes(target: SendTarget): Promise<SentMessages> {
    return this.says(deletion(this.user, target), this.#inChatOf(target));
  }

  /** Answers a message, quoting it. */
  replies(target: SendTarget, text: string): Promise<SentMessages> {
    return this.says(reply(target, text), this.#inChatOf(target));
  }

  /** Asks a poll; several choices may be allowed. */
  asks(
    question: string,
    choices: readonly string[],
    options: SayOptions & { several?: boolean } = {},
  ): Promise<SentMessages> {
    return this.says(poll(this.user.random, question, choices, options.several ?? false), options);
  }

  /** Comments on a message; comments come sealed, whatever the profile. */
  comments(target: SendTarget, text: string): Promise<SentMessages> {
    return this.says(sealedComment(this.#addition(target), text), this.#inChatOf(target));
  }

  /** Asks its own poll otherwise. */
  changesPoll(target: SendTarget, question: string, choices: readonly string[]): Promise<SentMessages> {
    const changed = poll(this.user.random, question, choices, false);
    return this.says(sealedEdit(this.#addition(target), "Poll Edit", changed), this.#inChatOf(target));
  }

  /** Adds a choice to a poll that lets others do so. */
  addsChoice(target: SendTarget, choice: string): Promise<SentMessages> {
    const added = { pollCreationMessageV3: { name: "", options: [{ optionName: choice }] } };
    return this.says(sealedEdit(this.#addition(target), "Poll Add Option", added), this.#inChatOf(target));
  }

  /** Plans something in a group, from a time in Unix seconds. */
  plans(name: string, startsAt: number, options: SayOptions = {}): Promise<SentMessages> {
    return this.says(event(this.user.random, name, startsAt), options);
  }

  changesPlan(target: SendTarget, name: string, startsAt: number): Promise<SentMessages> {
    const changed = event(this.user.random, name, startsAt);
    return this.says(sealedEdit(this.#addition(target), "Event Edit", changed), this.#inChatOf(target));
  }

  answersPlan(target: SendTarget, answer: "going" | "not-going" | "maybe"): Promise<SentMessages> {
    return this.says(sealedAnswer(this.#addition(target), answer), this.#inChatOf(target));
  }

  /** Votes on a poll; no choice takes the vote back. */
  votes(target: SendTarget, choices: readonly string[]): Promise<SentMessages> {
    const { editor, random } = this.#addition(target);
    return this.says(vote(this.user, random, target, choices, editor), this.#inChatOf(target));
  }

  /** Shows as typing or recording, or as neither, to those of the receiver's devices that are online. */
  types(state: ChatState, { to, by = this.network.options.addressing }: Pick<SayOptions, "to" | "by"> = {}): void {
    if (to instanceof GroupChat) return showInGroup(this.network, this.user, to.group, state);
    showChatState(this.network, this.user, this.target(to), state, by);
  }

  comesOnline(): void {
    showPresence(this.network, this.user, true);
  }

  goesOffline(): void {
    showPresence(this.network, this.user, false);
  }

  /** Calls someone; the call rings until it is hung up or declined. */
  calls({
    to,
    by = this.network.options.addressing,
    video = false,
  }: Pick<SayOptions, "to" | "by"> & { video?: boolean } = {}): Call {
    return new Call(this.network, this.user, this.target(to), { video, by });
  }

  /** Links another device of the simulator to this person's account. */
  addsCompanion(): VirtualDevice {
    return addCompanion(this.network, this.user);
  }

  /** Answers from Meta's cloud too, as a business with the Cloud API does. */
  addsHostedDevice(): VirtualDevice {
    return addHostedDevice(this.network, this.user);
  }

  /** Nobody is told this person's number any more: a LID, a name, perhaps a username. */
  hidesNumber(): void {
    this.user.isNumberless = true;
  }

  /** Gets another LID. Others' clients are told by `told`; without it by nothing but the ack of who writes to the old one. */
  changesLid(told?: LidNotice): void {
    const old = this.lid;
    this.network.directory.renewLid(this.user);
    if (told) this.#tellOthers(() => lidNotice(this.network, this.user, old, told));
  }

  /** From now on messages by LID do not reach this person: the sender gets a receipt that says so, or from `false` on they do. */
  cannotTakeLids(incapable = true): void {
    this.user.isLidIncapable = incapable;
  }

  /** From now on whoever asks for this person's devices by number is given none; by LID all. */
  isListedByLidOnly(): void {
    this.user.isListedByLidOnly = true;
  }

  /** From now on whoever asks who has this person's number, in whichever form, is told the LID alone. */
  isNamedByLid(): void {
    this.user.isNamedByLid = true;
  }

  /** Goes by a username from now on; whoever looks for it needs the pin, if there is one. */
  goesBy(username: string | undefined, pin?: string): void {
    this.user.username = username;
    this.user.usernamePin = pin;
    this.#tellOthers(() => usernameNotice(this.network, this.user));
  }

  #tellOthers(notice: () => Stanza): void {
    for (const device of this.network.directory.linkedDevices)
      if (device.user !== this.user) this.network.deliver(device, notice());
  }

  removesCompanion(device: VirtualDevice): void {
    removeCompanion(this.network, device);
  }

  /** Posts a status (story) to these people; to the only phone when none is named. */
  async postsStatus(said: string | MessageContent, to: SimulatedPerson[] = []): Promise<SentMessages> {
    const users = to.length > 0 ? to.map((one) => one.user) : [this.network.onlyPhone()];
    const audience = statusGroup(this.user, users, this.network.now, this.network.options.addressing);
    const post = { sender: this.user.phone, group: audience, content: contentOf(said), id: this.newId() };
    const prepared = prepareForGroup(this.network, post);
    prepared.deliver();
    return prepared.sent;
  }

  /** Shows this picture from now on; nothing takes it away. Those in whose chats this person is are told. */
  setsPicture(bytes: Uint8Array | undefined): void {
    this.user.picture = bytes && setPicture(this.network, Buffer.from(bytes));
    const { picture } = this.user;
    const attrs = { jid: this.jid, id: picture?.id };
    showOnProfile(this.network, this.user, "picture", el(picture ? "set" : "delete", attrs));
  }

  /** Has this line under its name from now on; those in whose chats this person is are told. */
  describesItself(about: string): void {
    this.user.settings.set("status", about);
    showOnProfile(this.network, this.user, "status", el("set", {}, Buffer.from(about)));
  }

  /** Is found by another form of the number too, as accounts of Brazil, Mexico and Argentina are. */
  isAlsoFoundBy(number: string): void {
    this.network.directory.otherForms.set(number, this.user);
  }

  /** Is a business from now on, and says this of itself. */
  opensBusiness(card: BusinessCard): void {
    this.user.business = card;
  }

  /** From now on nobody can put this person into a group; an invitation is what one can do. */
  refusesGroups(): void {
    this.user.letsBeAdded = false;
  }

  /** From now on messages of those this person has not written to need a token, or are refused with 463. */
  refusesStrangers(): void {
    this.user.refusesStrangers = true;
  }

  /** Gives someone the token that lets their messages in. */
  trusts({ user }: SimulatedPerson): void {
    giveToken(this.network, this.user, user);
  }

  /** Sends a message that a client cannot read or must not choke on; returns its id. */
  poisons(kind: Poison, { to }: Pick<SayOptions, "to"> = {}): string {
    const id = this.newId();
    poison(this.network, this.user, this.target(to), kind, id);
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

  /** From now on the server has no keys of one of this person's devices, the phone when none is named. */
  withholdsKeys(code: "404" | "406" | undefined = "406", device: VirtualDevice = this.user.phone): void {
    device.keyError = code;
  }

  /** Loses all Signal sessions of this person's phone, so that it can neither read nor send on the old ones. */
  forgetsSessions(): void {
    this.user.phone.forgetSessions();
  }

  #addition(target: SendTarget): Addition {
    const editor = this.user.jid(this.network.groups.get(target.chat)?.addressing ?? addressingOf(target.chat));
    return { by: this.user, editor, random: this.user.random, target };
  }

  /** In the announcements of a community nobody but its members may know who reacts to what. */
  #isSealedChat({ chat }: SendTarget): boolean {
    return this.network.options.additions === "sealed" && this.network.groups.get(chat)?.part === "announcements";
  }

  #inChatOf({ chat }: SendTarget): SayOptions {
    return { to: chat, by: addressingOf(chat) };
  }
}
