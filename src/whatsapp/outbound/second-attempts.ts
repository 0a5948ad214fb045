import { type BinaryNode, WAMessageAddressingMode } from "@whiskeysockets/baileys";
import { hour } from "../../core/base/durations.ts";
import type { Clock } from "../../core/base/clock.ts";
import { dropOldest } from "../../core/base/drop-oldest.ts";
import { asFailure } from "../../core/base/failure.ts";
import type { Message } from "../../core/model/message/message.ts";
import type { SignalOf } from "../../core/ports/connector.ts";
import type { GroupCache } from "../account/groups.ts";
import { bare, isGroup, isPerson } from "../wire/jid.ts";
import type { AccountAddressing } from "./addressing.ts";
import type { DeviceLists } from "./device-lists.ts";
import type { MessageRelay } from "./message-relay.ts";

const mostRemembered = 2_000;
/** How often in an hour a device may try a person's other name after a 463: each such try counts as reaching out. */
const mostNames = 5;

type Ack = SignalOf<"ack">;

export interface SecondAttemptPorts {
  addressing: AccountAddressing;
  lists: DeviceLists;
  groups: GroupCache;
  relay: MessageRelay;
  clock: Clock;
  /** A message of ours, by WhatsApp's id. */
  find(waId: string): Promise<Message | null>;
}

/**
 * What the ack of a message says beside yes and no: that what we know of its chat is old. It is learned anew, and where the
 * message did not reach everybody it leaves once more, with the same id.
 */
export class SecondAttempts {
  /** Messages that left a second time, and the name that was tried. */
  readonly #tried = new Map<string, string | null>();
  /** People whose LID was asked for on this connection. */
  readonly #asked = new Set<string>();
  /** Whose other name waits for word that no lock explains the refusal. */
  readonly #candidates = new Map<string, string>();
  readonly #offered = new Set<string>();
  #offers: number[] = [];

  readonly #ports: SecondAttemptPorts;

  constructor(ports: SecondAttemptPorts) {
    this.#ports = ports;
  }

  /** What the ack means for its message; null: it left once more, and another ack will tell. */
  async answered(ack: Ack, { attrs }: BinaryNode): Promise<Ack | null> {
    const message = this.#isPlain(attrs) ? null : await this.#ports.find(ack.waId);
    const { chat } = message ?? {};
    if (attrs.refresh_lid === "true") this.#refreshLid(attrs.from ?? "").catch(() => {});
    if (!message || chat === undefined) return ack;
    if (ack.error === null) return this.#taken(ack, message, attrs);
    if (isGroup(chat)) return this.#refusedByGroup(ack, message);
    if (!isPerson(chat)) return ack;
    if (ack.error === "400") return this.#otherName(ack, message);
    return ack.error === "463" ? this.#offer(ack, message) : ack;
  }

  /** WhatsApp said whether the account is locked: if not, the other names are tried. */
  locked(isLocked: boolean): void {
    for (const name of this.#candidates.values()) if (!isLocked) this.#ports.addressing.remember(name).catch(() => {});
    this.#candidates.clear();
  }

  #isPlain(attrs: BinaryNode["attrs"]): boolean {
    const isMarked =
      attrs.phash !== undefined || attrs.refresh_lid !== undefined || attrs.addressing_mode !== undefined;
    return attrs.error === undefined && !isMarked && !this.#tried.has(attrs.id ?? "");
  }

  async #taken(ack: Ack, message: Message, attrs: BinaryNode["attrs"]): Promise<Ack> {
    const { addressing, lists } = this.#ports;
    const name = this.#tried.get(ack.waId);
    if (name) await addressing.remember(name);
    if (isGroup(message.chat)) this.#againIfStale(message, attrs).catch(() => {});
    else if (attrs.phash !== undefined)
      for (const jid of [message.chat, attrs.from ?? "", this.#ports.relay.own]) await lists.forget(jid);
    return ack;
  }

  /** Somebody of the group was left out, or it goes by other names than the message did (Baileys#1807, zapo, 2026-08). */
  async #againIfStale(message: Message, { phash, addressing_mode: mode }: BinaryNode["attrs"]): Promise<void> {
    const { addressingMode } = await this.#ports.groups.known(message.chat);
    const ours = addressingMode === WAMessageAddressingMode.PN ? "pn" : "lid";
    if (phash !== undefined || (mode !== undefined && mode !== ours)) await this.#again(message, null);
  }

  async #refusedByGroup(ack: Ack, message: Message): Promise<Ack | null> {
    // Who was to be given our key with it was not.
    await this.#ports.relay.forgetGroup(message.chat);
    return ack.error === "421" ? this.#once(ack, message, null) : ack;
  }

  async #otherName(ack: Ack, message: Message): Promise<Ack | null> {
    const { addressing } = this.#ports;
    const name = await addressing.nameOf(message.chat);
    const other = await addressing.otherNameOf(name);
    return other === null || this.#ports.relay.isOwn(name) ? ack : this.#once(ack, message, other);
  }

  /** Once a person, and few times an hour: first WhatsApp is asked whether the account is locked. */
  async #offer(ack: Ack, message: Message): Promise<Ack> {
    const { addressing, clock } = this.#ports;
    const name = await addressing.nameOf(message.chat);
    const other = await addressing.otherNameOf(name);
    const now = clock.monotonic();
    this.#offers = this.#offers.filter((at) => at > now - hour);
    if (other === null || this.#offered.has(name) || this.#offered.has(other) || this.#offers.length >= mostNames) {
      // The other name did not help either.
      if (this.#offered.has(other ?? "")) await addressing.forgetPreference(message.chat);
      return ack;
    }
    this.#offers.push(now);
    this.#offered.add(name);
    dropOldest(this.#offered, mostRemembered);
    this.#candidates.set(name, other);
    return { ...ack, otherName: true };
  }

  async #once(ack: Ack, message: Message, name: string | null): Promise<Ack | null> {
    if (this.#tried.has(ack.waId)) return ack;
    try {
      await this.#again(message, name);
      return null;
    } catch (error) {
      const { code } = asFailure(error);
      return { ...ack, error: code === "rate_limited" ? "429" : "503" };
    }
  }

  /** `name`: to this one, whatever the account's is. */
  async #again(message: Message, name: string | null): Promise<void> {
    const { groups, lists, relay } = this.#ports;
    const { waId, chat, wire } = message;
    if (wire === null || this.#tried.has(waId)) return;
    this.#tried.set(waId, name);
    dropOldest(this.#tried, mostRemembered);
    if (isGroup(chat)) {
      const known = await groups.known(chat);
      groups.forget(chat);
      for (const { id } of known.participants) await lists.forget(id);
    }
    await relay.send(message, wire, name);
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
