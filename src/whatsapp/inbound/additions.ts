import type { Signal, SignalOf } from "../../core/ports/connector.ts";
import type { History } from "../../core/ports/history.ts";
import { isAction } from "../../core/model/content/action.ts";
import type { Content } from "../../core/model/content/content.ts";
import type { MessageRef } from "../../core/model/content/parts.ts";
import type { Envelope } from "../../core/model/message/message.ts";
import { me } from "../../core/model/message/message-name.ts";
import { jidOfPhone } from "../../core/model/person.ts";
import { type AdditionKeys, editSecretOf, isSealed, messageSecretOf, openedAddition } from "../codec/additions.ts";
import { decodeMessage } from "../codec/definition/decode.ts";
import { toContent } from "../codec/convert/index.ts";
import type { Reader } from "../codec/incoming.ts";
import { readingOf } from "../codec/reading.ts";
import { remoteOf } from "../codec/remote.ts";
import type { AdditionStore } from "../session/addition-store.ts";
import { bare } from "../wire/jid.ts";

export interface AdditionPorts {
  readonly history: Pick<History, "find" | "wire">;
  readonly store: AdditionStore;
  readonly reader: () => Reader;
  /** The other JID of a person, LID for number and number for LID; null when unknown. */
  readonly alias: (jid: string) => Promise<string | null>;
}

type Message = SignalOf<"message">;

/** What is known of the message that an addition is for. */
interface Known {
  wire: Uint8Array;
  said: Content | null;
  sender: string;
  fromMe: boolean;
}

/**
 * Opens what is sealed with the secret of another message: votes, answers, edits, reactions, comments. One that comes
 * before that message is told as it is, kept, and told again once the message has come.
 */
export class Additions {
  readonly #ports: AdditionPorts;

  constructor(ports: AdditionPorts) {
    this.#ports = ports;
  }

  /** `done`: ids of messages whose additions need not be kept any more, once the signals are written. */
  async open(signals: readonly Signal[]): Promise<{ signals: Signal[]; done: string[] }> {
    const opened: Signal[] = [];
    const done: string[] = [];
    const kept = await this.#ports.store.ids();
    for (const signal of signals) {
      if (signal.type !== "message" || isPlain(signal, kept)) {
        opened.push(signal);
        continue;
      }
      const read = await this.#read(signal, opened);
      opened.push(read ?? signal);
      if (!read) await this.#wait(signal, opened);
      if (isAction(signal.message.content) || isSealed(signal.message.content)) continue;
      const late = await this.#late(read ?? signal, opened);
      if (late.length > 0) done.push(signal.message.id);
      opened.push(...late);
    }
    return { signals: opened, done };
  }

  /** The signal with what it says; itself when it is not sealed, null when it cannot be opened. */
  async #read(signal: Message, beside: readonly Signal[]): Promise<Message | null> {
    const { message } = signal;
    if (!isSealed(message.content)) {
      if (message.content.kind === "edit") await this.#learn(message.content.target.id, editSecretOf(signal.wire));
      return signal;
    }
    const reader = this.#ports.reader();
    const keys = await this.#keysOf(signal, beside, reader);
    if (!keys) return null;
    const reading = readingOf(message, reader.device, reader.me);
    const opened = openedAddition(message.content, decodeMessage(signal.wire), keys, reading);
    if (!opened) return null;
    await this.#learn(keys.id, opened.secret);
    const { content, addsOptions } = opened;
    return { ...signal, message: { ...message, content, ...(addsOptions && { addsOptions }) } };
  }

  async #learn(id: string, secret: Uint8Array | null): Promise<void> {
    if (secret) await this.#ports.store.addSecret(id, secret);
  }

  async #wait(signal: Message, beside: readonly Signal[]): Promise<void> {
    const target = targetIn(signal);
    if (target === null || (await this.#known(signal, target, beside))) return;
    const { content: _, context: __, ...from } = signal.message;
    await this.#ports.store.wait(target.id, JSON.stringify(from), signal.wire);
  }

  /** What waited for this message. */
  async #late(original: Message, beside: readonly Signal[]): Promise<Message[]> {
    const waiting = await this.#ports.store.waiting(original.message.id);
    const late: Message[] = [];
    for (const { from, wire } of waiting) {
      const envelope = JSON.parse(from) as Envelope;
      const { device, me } = this.#ports.reader();
      const read = { ...envelope, ...toContent(decodeMessage(wire), readingOf(envelope, device, me)) };
      const opened = await this.#read({ type: "message", message: read, wire, remote: null }, beside);
      if (opened) late.push({ ...opened, remote: remoteOf(opened.message, wire), late: true });
    }
    return late;
  }

  /** The message that an addition is for, by whatever names its chat and author are called there. */
  async #known({ message }: Message, target: MessageRef, beside: readonly Signal[]): Promise<Known | null> {
    const { history, reader } = this.#ports;
    const { device } = reader();
    const [chats, authors] = await Promise.all([this.#namesOf([message.chat]), this.#namesOf([target.sender])]);
    const near = beside.find(
      (each): each is Message =>
        each.type === "message" &&
        each.message.id === target.id &&
        chats.includes(bare(each.message.chat)) &&
        (target.from_me ? each.message.fromMe : target.sender === null || authors.includes(bare(each.message.sender))),
    );
    if (near) {
      const { sender, fromMe, content } = near.message;
      return { wire: near.wire, said: isAction(content) ? null : content, sender, fromMe };
    }
    for (const chat of chats)
      for (const author of target.from_me ? [me] : target.sender === null ? [null] : authors) {
        const name = { chat, author, id: target.id };
        const [wire, found] = [await history.wire(device, name), await history.find(device, name)];
        if (wire && found) return { wire, said: found.content, sender: found.sender, fromMe: found.fromMe };
      }
    return null;
  }

  async #keysOf(signal: Message, beside: readonly Signal[], { me: own }: Reader): Promise<AdditionKeys | null> {
    const { message } = signal;
    const target = targetIn(signal);
    const known = target && (await this.#known(signal, target, beside));
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
      authors: await this.#namesOf(authors),
      editors: await this.#namesOf(editors),
    };
  }

  /** By whatever names they go. */
  async #namesOf(jids: readonly (string | null | undefined)[]): Promise<string[]> {
    const names = new Set<string>();
    for (const jid of jids) {
      if (!jid) continue;
      names.add(bare(jid));
      const other = await this.#ports.alias(bare(jid));
      if (other !== null) names.add(bare(other));
    }
    return [...names];
  }
}

/** Nearly every message: it changes no other, and nothing waits for it. */
const isPlain = ({ message: { id, content } }: Message, kept: ReadonlySet<string>): boolean =>
  !kept.has(id) && !isAction(content) && !isSealed(content);

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
