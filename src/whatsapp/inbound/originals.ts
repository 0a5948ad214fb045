import type { Signal, SignalOf } from "../../core/ports/connector.ts";
import type { History } from "../../core/ports/history.ts";
import { isAction } from "../../core/model/content/action.ts";
import type { Content } from "../../core/model/content/content.ts";
import type { MessageRef } from "../../core/model/content/parts.ts";
import { me } from "../../core/model/message/message-name.ts";
import type { Reader } from "../codec/incoming.ts";
import { bare } from "../wire/jid.ts";

export interface OriginalPorts {
  readonly history: Pick<History, "find" | "wire">;
  readonly reader: () => Reader;
  /** The other JID of a person, LID for number and number for LID; null when unknown. */
  readonly alias: (jid: string) => Promise<string | null>;
}

type Message = SignalOf<"message">;

/** What is known of the message that an addition is for. */
export interface Original {
  wire: Uint8Array;
  /** What it says now; null of an action. */
  said: Content | null;
  sender: string;
  fromMe: boolean;
}

/** Finds the messages that additions are for: among those that came along, and in the store. */
export class Originals {
  readonly #ports: OriginalPorts;

  constructor(ports: OriginalPorts) {
    this.#ports = ports;
  }

  /** The message that an addition is for, by whatever names its chat and author are called there, as it is now. */
  async find({ message }: Message, target: MessageRef, beside: readonly Signal[]): Promise<Original | null> {
    const { history, reader } = this.#ports;
    const { device } = reader();
    const [chats, authors] = await Promise.all([this.namesOf([message.chat]), this.namesOf([target.sender])]);
    const isHere = ({ message: each }: Message) => chats.includes(bare(each.chat));
    const near = beside.find(
      (each): each is Message =>
        each.type === "message" &&
        each.message.id === target.id &&
        isHere(each) &&
        (target.from_me ? each.message.fromMe : target.sender === null || authors.includes(bare(each.message.sender))),
    );
    if (near) {
      const { sender, fromMe, content } = near.message;
      const said = isAction(content) ? null : content;
      return this.#changed(
        { wire: near.wire, said, sender, fromMe },
        target.id,
        beside.filter(isMessage).filter(isHere),
      );
    }
    for (const chat of chats)
      for (const author of target.from_me ? [me] : target.sender === null ? [null] : authors) {
        const name = { chat, author, id: target.id };
        const [wire, found] = [await history.wire(device, name), await history.find(device, name)];
        if (!wire || !found) continue;
        const { content: said, sender, fromMe } = found;
        return this.#changed({ wire, said, sender, fromMe }, target.id, beside.filter(isMessage).filter(isHere));
      }
    return null;
  }

  /** With the edits that came and are not written yet: its author's, and options that anybody added. */
  async #changed(known: Original, id: string, beside: readonly Message[]): Promise<Original> {
    let { said } = known;
    for (const { message } of beside) {
      const { content } = message;
      if (content.kind !== "edit" || content.target.id !== id || content.content === null) continue;
      const isTheirs = known.fromMe
        ? message.fromMe
        : (await this.namesOf([known.sender])).includes(bare(message.sender));
      if (message.addsOptions || isTheirs) said = content.content;
    }
    return { ...known, said };
  }

  /** By whatever names they go. */
  async namesOf(jids: readonly (string | null | undefined)[]): Promise<string[]> {
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

const isMessage = (signal: Signal): signal is Message => signal.type === "message";
