import type { Content } from "../../src/core/model/content/content.ts";
import type { MessageRef } from "../../src/core/model/content/parts.ts";
import type { Action } from "../../src/core/model/content/action.ts";
import type { Signal } from "../../src/core/ports/connector.ts";
import { me, type MessageName } from "../../src/core/model/message/message-name.ts";
import type { SeenNames } from "../../src/core/model/person.ts";
import { Dice } from "../crash/dice.ts";

/** Somebody by both of their names. */
export interface Actor {
  readonly name: string;
  readonly phone: string;
  readonly lid: string;
  readonly isAdmin: boolean;
}

export const group = "120363000000000001@g.us";
export const self: Actor = { name: "me", phone: "6281100000001", lid: "77000000000001@lid", isAdmin: true };
export const actors: readonly Actor[] = [
  { name: "ann", phone: "628120000001", lid: "84000000000001@lid", isAdmin: true },
  { name: "ben", phone: "628120000002", lid: "84000000000002@lid", isAdmin: false },
  { name: "eve", phone: "628120000009", lid: "84000000000009@lid", isAdmin: false },
];
export const numberOf = ({ phone }: Pick<Actor, "phone">): string => `${phone}@s.whatsapp.net`;

/** What is to be remembered of a message. */
export interface Expected {
  text: string;
  /** Whose message it answers, by number. */
  quoted: string | null;
  deleted: boolean;
}

export interface Step {
  readonly signal: Signal;
  /** An id that somebody else uses too. */
  readonly collides: boolean;
  /** Its author went by the other name the last time. */
  readonly renamed: boolean;
}

interface Change {
  name: string;
  text: string | null;
}

/** People who write, edit, delete and read at random under ids that all of them share, and what must come of it. */
export class World {
  readonly dice: Dice;
  /** By chat, author and id. */
  readonly messages = new Map<string, Expected>();
  /** What reactions, votes, pins and the like are for, by their own id. */
  readonly aims = new Map<string, { id: string; sender: string | null; chat: string }>();
  readonly #early: Change[] = [];
  readonly #users = new Map<string, Set<string>>();
  readonly #last = new Map<string, string>();
  #time = 1_796_000_000;

  constructor(seed: number) {
    this.dice = new Dice(seed);
  }

  pick<T>(from: readonly T[]): T {
    const found = from[this.dice.below(from.length)];
    if (found === undefined) throw new Error("nothing to pick from");
    return found;
  }

  /** One of few, so that most are somebody else's too. */
  id(): string {
    return `3EB0${this.dice.below(60)}`;
  }

  /** Notes who uses an id. Whether somebody else does. */
  uses(id: string, author: Actor): boolean {
    const users = this.#users.get(id) ?? new Set();
    this.#users.set(id, users.add(author.name));
    return users.size > 1;
  }

  /** One of the names of somebody, and whether it is another than the last time. */
  called(actor: Actor): { jid: string; renamed: boolean; names: SeenNames[] } {
    const jid = this.dice.roll() < 0.5 ? numberOf(actor) : actor.lid;
    const renamed = (this.#last.get(actor.name) ?? jid) !== jid;
    this.#last.set(actor.name, jid);
    // The second name comes along now and then.
    const names: SeenNames[] =
      this.dice.roll() < 0.3 ? [{ phone: actor.phone, lid: actor.lid, username: null, source: "message" }] : [];
    return { jid, renamed, names };
  }

  /** `quotes`: whose message under the same id is answered. */
  message(author: Actor, peer: Actor, id: string, content: Content | Action, quotes: Actor | null = null): Step {
    const inGroup = this.dice.roll() < 0.4;
    const { jid: sender, renamed, names } = this.called(author);
    const other = author === self ? this.called(peer) : { jid: sender, renamed: false, names: [] };
    const chat = inGroup ? group : other.jid;
    const target = "target" in content ? { ...content.target } : null;
    const said = target ? { ...content, target } : content;
    const reply = quotes && { id, sender: this.#anyName(quotes), content: null };
    const byAdmin = content.kind === "delete" && inGroup && author.isAdmin && author !== self;
    const signal: Signal = {
      type: "message",
      wire: new Uint8Array([1]),
      remote: null,
      message: {
        id: target ? `A${this.#time}` : id,
        chat,
        sender,
        fromMe: author === self,
        isGroup: inGroup,
        pushName: author.name,
        timestamp: this.#time++,
        names: [...names, ...other.names],
        wire: { chat, sender },
        content: said,
        context: reply ? { reply_to: reply } : {},
        ...(byAdmin ? { byAdmin: true as const } : {}),
      },
    };
    const place = inGroup ? group : numberOf(author === self ? peer : author);
    if (target) this.aims.set(signal.message.id, { id, sender: this.canonical(target.sender), chat: place });
    this.#follow(author, author === self ? peer : author, inGroup, id, content, quotes);
    return { signal, collides: this.uses(id, author), renamed: renamed || other.renamed };
  }

  /** What must come of it. */
  #follow(
    author: Actor,
    peer: Actor,
    inGroup: boolean,
    id: string,
    content: Content | Action,
    quotes: Actor | null,
  ): void {
    const chat = inGroup ? group : numberOf(peer);
    const own = keyOf({ chat, author: author === self ? me : numberOf(author), id });
    if (content.kind === "text") {
      if (this.messages.has(own)) return;
      this.messages.set(own, { text: content.text, deleted: false, quoted: quotes && numberOf(quotes) });
      for (const { name, text } of this.#early.splice(0)) {
        if (name === own) this.#apply(own, text);
        else this.#early.push({ name, text });
      }
    } else if (content.kind === "edit") {
      const theirs = keyOf({ chat, author: this.#authorOf(content.target), id });
      if (theirs === own) this.#change(own, content.content?.kind === "text" ? content.content.text : "");
    } else if (content.kind === "delete") {
      const { target } = content;
      const mayDelete = author === self || (inGroup && author.isAdmin);
      const theirs = keyOf({ chat, author: this.#authorOf(target), id });
      if (mayDelete || theirs === own) this.#change(theirs, null);
    }
  }

  /** By the one name that they go by. */
  canonical(jid: string | null): string | null {
    return jid === null ? null : this.#numberOf(jid);
  }

  #authorOf({ from_me: isOwn, sender }: MessageRef): string {
    return isOwn ? me : this.#numberOf(sender);
  }

  #anyName(actor: Actor): string {
    return this.dice.roll() < 0.5 ? numberOf(actor) : actor.lid;
  }

  #numberOf(jid: string | null): string {
    const found = [...actors, self].find((one) => numberOf(one) === jid || one.lid === jid);
    return found ? numberOf(found) : "";
  }

  #change(name: string, text: string | null): void {
    const found = this.messages.get(name);
    if (found && !(found.deleted && text !== null)) this.#apply(name, text);
    else if (!found) this.#early.push({ name, text });
  }

  #apply(name: string, text: string | null): void {
    const found = this.messages.get(name);
    if (!found) return;
    if (text === null) found.deleted = true;
    else if (!found.deleted) found.text = text;
  }
}

export const keyOf = ({ chat, author, id }: MessageName): string => `${chat}|${author}|${id}`;
