import { type BinaryNode, WAMessageAddressingMode } from "@whiskeysockets/baileys";
import type { Clock } from "../../core/base/clock.ts";
import { dropOldest } from "../../core/base/drop-oldest.ts";
import { asFailure } from "../../core/base/failure.ts";
import type { Message } from "../../core/model/message/message.ts";
import type { SignalOf } from "../../core/ports/connector.ts";
import type { GroupCache } from "../account/groups.ts";
import { bare, isGroup, isPerson, isStatus } from "../wire/jid.ts";
import type { AccountAddressing } from "./addressing.ts";
import type { DeviceLists } from "./device-lists.ts";
import type { MessageRelay } from "./message-relay.ts";
import type { NameBudget } from "./name-budget.ts";
import { NameOffers } from "./name-offers.ts";
import { type NameRefusal, nextName, type RefusedName } from "./next-name.ts";
import type { PrivacyTokens } from "./privacy-tokens.ts";

const mostRemembered = 2_000;

type Ack = SignalOf<"ack">;

export interface SecondAttemptPorts {
  addressing: AccountAddressing;
  lists: DeviceLists;
  groups: GroupCache;
  relay: MessageRelay;
  tokens: Pick<PrivacyTokens, "childFor">;
  clock: Clock;
  budget: NameBudget;
  /** A message of ours, by WhatsApp's id. */
  find(waId: string): Promise<Message | null>;
  /** Asks WhatsApp whether the account is locked. Baileys asks by itself when it hears of a 463. */
  readonly askLock: () => void;
}

/** What stands in the message's chat, as far as it is known: the name the message went to, and the person's other one. */
interface Names {
  readonly used: string;
  readonly other: string | null;
}

/**
 * What the ack of a message says beside yes and no: that what we know of its chat is old. It is learned anew, and where the
 * message did not reach everybody it leaves once more, with the same id.
 */
export class SecondAttempts {
  /** Messages that left a second time because what was known of their chat was old. */
  readonly #again = new Set<string>();
  /** How messages to people were refused so far, by the messages' ids. */
  readonly #refused = new Map<string, RefusedName[]>();
  /** People whose LID was asked for on this connection. */
  readonly #asked = new Set<string>();
  readonly #offers: NameOffers;

  readonly #ports: SecondAttemptPorts;

  constructor(ports: SecondAttemptPorts) {
    this.#ports = ports;
    this.#offers = new NameOffers(ports.clock, ports.budget);
  }

  /** What the ack means for its message; null: it left once more, and another ack will tell. */
  async answered(ack: Ack, { attrs }: BinaryNode): Promise<Ack | null> {
    const message = this.#isPlain(attrs) ? null : await this.#ports.find(ack.waId);
    const { chat } = message ?? {};
    if (attrs.refresh_lid === "true") this.#refreshLid(attrs.from ?? "").catch(() => {});
    if (!message || chat === undefined) return ack;
    if (ack.error === null) return this.#taken(ack, message, attrs);
    if (isGroup(chat) || isStatus(chat)) return this.#refusedByMany(ack, message);
    if (!isPerson(chat)) return ack;
    if (ack.error === "400" || ack.error === "463") return this.#refusedTo(ack, message, ack.error, attrs);
    return ack.error === "421" ? this.#once(ack, message) : ack;
  }

  /** WhatsApp said whether the account is locked. Resolves when it is known by which names messages leave next. */
  async locked(isLocked: boolean): Promise<void> {
    if (isLocked) for (const waId of this.#offers.withdrawn()) this.#refused.delete(waId);
    for (const name of this.#offers.taken()) await this.#ports.addressing.remember(name);
  }

  /** Somebody gave a token: messages that were refused for want of it leave by the same name again. */
  async given(person: string): Promise<void> {
    const { addressing, relay } = this.#ports;
    const names = [bare(person), (await addressing.otherNameOf(person)) ?? ""];
    for (const waId of this.#offers.confirmed(names)) if (relay.lackedToken(waId)) this.#refused.delete(waId);
  }

  #isPlain({ id = "", error, phash, refresh_lid: stale, addressing_mode: mode }: BinaryNode["attrs"]): boolean {
    const isMarked = phash !== undefined || stale !== undefined || mode !== undefined;
    return error === undefined && !isMarked && !this.#refused.has(id);
  }

  async #taken(ack: Ack, message: Message, attrs: BinaryNode["attrs"]): Promise<Ack> {
    const { addressing, lists, relay } = this.#ports;
    if (this.#refused.delete(ack.waId)) {
      const { used, other } = await this.#namesOf(message, attrs);
      await addressing.remember(used);
      this.#offers.settled([used, other ?? used]);
    }
    if (isGroup(message.chat)) this.#againIfStale(message, attrs).catch(() => {});
    else if (attrs.phash !== undefined)
      for (const jid of [message.chat, attrs.from ?? "", relay.own]) await lists.forget(jid);
    return ack;
  }

  /** Somebody of the group was left out, or it goes by other names than the message did (Baileys#1807, zapo, 2026-08). */
  async #againIfStale(message: Message, { phash, addressing_mode: mode }: BinaryNode["attrs"]): Promise<void> {
    const { addressingMode } = await this.#ports.groups.known(message.chat);
    const ours = addressingMode === WAMessageAddressingMode.PN ? "pn" : "lid";
    if (this.#again.has(message.waId)) return;
    if (phash !== undefined || (mode !== undefined && mode !== ours)) await this.#sendAgain(message, null);
  }

  /** Its members may go by other names than we think: 421 says so, and 400 may mean the same. */
  async #refusedByMany(ack: Ack, message: Message): Promise<Ack | null> {
    // Who was to be given our key with it was not.
    if (isGroup(message.chat)) await this.#ports.relay.forgetGroup(message.chat);
    return ack.error === "421" || ack.error === "400" ? this.#once(ack, message) : ack;
  }

  async #refusedTo(ack: Ack, message: Message, code: NameRefusal, attrs: BinaryNode["attrs"]): Promise<Ack | null> {
    const { waId } = ack;
    const { addressing, relay, tokens, askLock } = this.#ports;
    const { used, other } = await this.#namesOf(message, attrs);
    if (code === "463" && relay.lackedToken(waId) && (await tokens.childFor(used)).length > 0) {
      // It came after the message had left.
      this.#offers.again(waId, used, used);
      return { ...ack, otherName: "strangers" };
    }
    const refusals = [...(this.#refused.get(waId) ?? []), { name: used, code }];
    this.#refused.set(waId, refusals);
    dropOldest(this.#refused, mostRemembered);
    const step = nextName(refusals, other);
    if (step.do === "send") return this.#orPassing(ack, () => this.#sendAgain(message, step.name));
    const wait = step.do === "offer" ? this.#offer(waId, step, used) : null;
    const answer = { ...ack, error: step.do === "end" ? step.code : "463" };
    if (answer.error !== code) askLock();
    if (step.do === "offer" && wait !== null) {
      const backoff = Math.max(wait, ack.backoff ?? 0);
      return {
        ...answer,
        otherName: step.toStrangers ? "strangers" : "acquaintances",
        ...(backoff > 0 && { backoff }),
      };
    }
    // Neither name helped: the next attempt begins as this one did.
    this.#refused.delete(waId);
    await addressing.remember(refusals[0]?.name ?? used);
    return answer;
  }

  /** Milliseconds until it may leave by that name; null when it may not. */
  #offer(waId: string, { name, isNew }: { name: string; isNew: boolean }, used: string): number | null {
    if (isNew) return this.#offers.fresh(waId, name, used);
    this.#offers.again(waId, name, used);
    return 0;
  }

  async #namesOf({ chat }: Message, { from = "" }: BinaryNode["attrs"]): Promise<Names> {
    const { addressing, relay } = this.#ports;
    // One that is known no more is not asked for: this is about a message that left.
    const usual = await addressing.nameOf(chat).catch(() => bare(chat));
    const second = await addressing.otherNameOf(usual);
    // The server says to which of the two it was.
    const used = second !== null && bare(from) === second ? second : usual;
    const other = used === usual ? second : usual;
    return { used, other: relay.isOwn(used) ? null : other };
  }

  /** What is known of the chat is asked anew, and the message leaves a second time, but not a third. */
  async #once(ack: Ack, message: Message): Promise<Ack | null> {
    return this.#again.has(ack.waId) ? ack : this.#orPassing(ack, () => this.#sendAgain(message, null));
  }

  async #orPassing(ack: Ack, send: () => Promise<void>): Promise<Ack | null> {
    try {
      await send();
      return null;
    } catch (error) {
      const { code } = asFailure(error);
      return { ...ack, error: code === "rate_limited" ? "429" : "503" };
    }
  }

  /** `name`: to a person by this one, whatever the account's is. Null: to who is in the chat now. */
  async #sendAgain(message: Message, name: string | null): Promise<void> {
    const { relay } = this.#ports;
    const { waId, wire } = message;
    if (wire === null) return;
    if (name === null) {
      this.#again.add(waId);
      dropOldest(this.#again, mostRemembered);
      await this.#forget(message);
    }
    await relay.send(message, wire, name);
  }

  async #forget({ chat, context }: Message): Promise<void> {
    const { groups, lists, relay } = this.#ports;
    const people = isStatus(chat) ? [...(context.audience ?? []), relay.own] : [chat, relay.own];
    if (isGroup(chat)) {
      const { participants } = await groups.known(chat);
      groups.forget(chat);
      people.push(...participants.map(({ id }) => id));
    }
    for (const jid of people) await lists.forget(jid);
  }

  async #refreshLid(from: string): Promise<void> {
    const { addressing, lists } = this.#ports;
    const name = bare(from);
    const number = name.endsWith("@lid") ? await addressing.otherNameOf(name) : name;
    if (number === null || this.#asked.has(number)) return;
    this.#asked.add(number);
    dropOldest(this.#asked, mostRemembered);
    await lists.currentLid(number);
    await lists.forget(number);
    await lists.forget(name);
  }
}
