import type { Signal, SignalOf } from "../../core/ports/connector.ts";
import { isAction } from "../../core/model/content/action.ts";
import type { MessageRef } from "../../core/model/content/parts.ts";
import type { Envelope } from "../../core/model/message/message.ts";
import { jidOfPhone } from "../../core/model/person.ts";
import { type AdditionKeys, editSecretOf, isSealed, messageSecretOf, openedAddition } from "../codec/additions.ts";
import { decodeMessage } from "../codec/definition/decode.ts";
import { toContent } from "../codec/convert/index.ts";
import type { Reader } from "../codec/incoming.ts";
import { readingOf } from "../codec/reading.ts";
import { remoteOf } from "../codec/remote.ts";
import type { AdditionStore } from "../session/addition-store.ts";
import { bare } from "../wire/jid.ts";
import { type OriginalPorts, Originals } from "./originals.ts";

export interface AdditionPorts extends OriginalPorts {
  readonly store: AdditionStore;
}

type Message = SignalOf<"message">;

/** Additions to one message that need not be kept any more. */
export interface SettledAdditions {
  readonly id: string;
  readonly wires: readonly Uint8Array[];
}

/**
 * Opens what is sealed with the secret of another message: votes, answers, edits, reactions, comments. One that comes
 * before that message, or before the option that it chooses, is told as it is, kept, and told again once that has come.
 */
export class Additions {
  readonly #ports: AdditionPorts;
  readonly #originals: Originals;

  constructor(ports: AdditionPorts) {
    this.#ports = ports;
    this.#originals = new Originals(ports);
  }

  /** `done`: what need not be kept any more, once the signals are written. */
  async open(signals: readonly Signal[]): Promise<{ signals: Signal[]; done: SettledAdditions[] }> {
    const opened: Signal[] = [];
    const done: SettledAdditions[] = [];
    const kept = await this.#ports.store.ids();
    for (const signal of signals) {
      if (signal.type !== "message" || isPlain(signal, kept)) {
        opened.push(signal);
        continue;
      }
      const { read, isEarly } = await this.#read(signal, opened);
      opened.push(read ?? signal);
      if (isEarly) await this.#wait(signal);
      const { content } = (read ?? signal).message;
      if (content.kind === "poll_vote" && read) await this.#supersede(read);
      const id = changedBy(read ?? signal);
      if (id !== null) done.push({ id, wires: await this.#late(id, opened) });
    }
    return { signals: opened, done: done.filter(({ wires }) => wires.length > 0) };
  }

  /**
   * The signal with what it says; itself when it is not sealed, null when it cannot be opened. `isEarly`: it speaks of what is
   * not known yet.
   */
  async #read(
    signal: Message,
    beside: readonly Signal[],
  ): Promise<{ read: Message; isEarly: false } | { read: null; isEarly: boolean }> {
    const { message } = signal;
    if (!isSealed(message.content)) {
      if (message.content.kind === "edit") await this.#learn(message.content.target.id, editSecretOf(signal.wire));
      return { read: signal, isEarly: false };
    }
    const reader = this.#ports.reader();
    const keys = await this.#keysOf(signal, beside, reader);
    if (!keys) return { read: null, isEarly: true };
    const reading = readingOf(message, reader.device, reader.me);
    const opened = openedAddition(message.content, decodeMessage(signal.wire), keys, reading);
    if (!opened?.content) return { read: null, isEarly: opened !== null };
    await this.#learn(keys.id, opened.secret);
    const { content, addsOptions } = opened;
    return {
      read: { ...signal, message: { ...message, content, ...(addsOptions && { addsOptions }) } },
      isEarly: false,
    };
  }

  async #learn(id: string, secret: Uint8Array | null): Promise<void> {
    if (secret) await this.#ports.store.addSecret(id, secret);
  }

  async #wait(signal: Message): Promise<void> {
    const target = targetIn(signal);
    if (target === null) return;
    const { content: _, context: __, ...from } = signal.message;
    await this.#ports.store.wait(target.id, JSON.stringify(from), signal.wire);
  }

  /** Earlier votes of the same person in this poll go: they chose anew before it was known what they had chosen. */
  async #supersede(vote: Message): Promise<void> {
    const { store } = this.#ports;
    const target = targetIn(vote);
    if (target === null || !(await store.ids()).has(target.id)) return;
    const names = await this.#originals.namesOf([vote.message.sender]);
    const waiting = (await store.waiting(target.id)).map((one) => this.#revived(one));
    const before = waiting.filter(
      ({ message: { content, sender } }) => content.kind === "poll_vote" && names.includes(bare(sender)),
    );
    await store.settle(
      target.id,
      before.map(({ wire }) => wire),
    );
  }

  /** Tells what waited for this message, or for a change of it, as far as it can be read now; in the order it came. */
  async #late(id: string, opened: Signal[]): Promise<Uint8Array[]> {
    const told: Uint8Array[] = [];
    let waiting = await this.#ports.store.waiting(id);
    // An option that waited may be what a vote waits for.
    for (let before = Infinity; waiting.length < before;) {
      before = waiting.length;
      const left: typeof waiting = [];
      for (const one of waiting) {
        const { read } = await this.#read(this.#revived(one), opened);
        if (!read) {
          left.push(one);
          continue;
        }
        opened.push({ ...read, remote: remoteOf(read.message, one.wire), late: true });
        told.push(one.wire);
      }
      waiting = left;
    }
    return told;
  }

  #revived({ from, wire }: { from: string; wire: Uint8Array }): Message {
    const envelope = JSON.parse(from) as Envelope;
    const { device, me } = this.#ports.reader();
    const message = { ...envelope, ...toContent(decodeMessage(wire), readingOf(envelope, device, me)) };
    return { type: "message", message, wire, remote: null };
  }

  async #keysOf(signal: Message, beside: readonly Signal[], { me: own }: Reader): Promise<AdditionKeys | null> {
    const { message } = signal;
    const target = targetIn(signal);
    const known = target && (await this.#originals.find(signal, target, beside));
    if (!target || !known) return null;
    const { id } = target;
    const { wire } = known;
    const { store } = this.#ports;
    const authors = known.fromMe
      ? [own.id, own.lid]
      : [known.sender, target.sender, message.isGroup ? null : message.chat];
    const editors = message.fromMe ? [own.id, own.lid] : [message.sender, ...othersIn(message)];
    const secret = messageSecretOf(wire);
    return {
      wire,
      said: known.said,
      id,
      secrets: [...(secret ? [secret] : []), ...(await store.secrets(id))],
      authors: await this.#originals.namesOf(authors),
      editors: await this.#originals.namesOf(editors),
    };
  }
}

/** Nearly every message: it changes no other, and nothing waits for it. */
const isPlain = ({ message: { id, content } }: Message, kept: ReadonlySet<string>): boolean =>
  !kept.has(id) && !isAction(content) && !isSealed(content);

/** The id of the message that this one is, or that it changes: what waits for that may be read now. */
function changedBy({ message: { id, content } }: Message): string | null {
  if (content.kind === "edit") return content.content === null ? null : content.target.id;
  return isAction(content) || isSealed(content) ? null : id;
}

/** The message that an addition is for. */
function targetIn({ message: { content, context } }: Message): MessageRef | null {
  const target = "target" in content ? content.target : context.comment_on;
  return target?.id ? target : null;
}

/** The sender's other names, as the stanza tells them; what waits since an older version has none. */
const othersIn = ({ names }: Partial<Pick<Envelope, "names">>): string[] =>
  (names ?? [])
    .flatMap(({ phone, lid }) => [phone ? jidOfPhone(phone) : null, lid ?? null])
    .filter((jid) => jid !== null);
