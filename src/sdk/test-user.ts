import { callersFolder } from "./caller.ts";

/** Asks the process that runs the bot. */
export type AskBot = <T = void>(verb: string, args: object) => Promise<T>;

export interface BotMessage {
  /** WhatsApp's id of it. */
  id: string;
  /** The text or caption; null when there is none. */
  text: string | null;
  /** `text`, `image`, `sticker`, `reaction`, `poll`, … */
  kind: string;
  /** The whole message, as WhatsApp's own protocol has it. */
  message: Record<string, unknown>;
}

export interface UserOptions {
  /** Digits with country code, for a plugin that knows numbers; else one that follows from the name. */
  phone?: string;
}

export interface Place {
  latitude: number;
  longitude: number;
  name?: string;
  address?: string;
}

interface Where {
  /** A group, as `bot.group` gave it; else the chat with the bot. */
  in?: string;
}

/** How long to wait for what should come, milliseconds. */
const patience = 10_000;

/** The number of somebody who was given none: the same name has the same one everywhere. */
export function phoneOf(name: string): string {
  let hash = 0x811c9dc5;
  for (const unit of new TextEncoder().encode(name)) hash = Math.imul(hash ^ unit, 0x01000193) >>> 0;
  return `62812${String(hash % 100_000_000).padStart(8, "0")}`;
}

/** Somebody with a phone, who does what people do on WhatsApp. */
export class TestUser {
  /** Digits with country code. */
  readonly phone: string;
  readonly #ask: AskBot;

  constructor(
    ask: AskBot,
    readonly name: string,
    { phone = phoneOf(name) }: UserOptions = {},
  ) {
    this.#ask = ask;
    this.phone = phone;
    // There from now on: the bot may write first. What is wrong with the number is told by whatever is asked next.
    ask("person", this.#me).catch(() => {});
  }

  /** Writes to the bot, or into a group; `quote` is a message of the bot's that it answers. */
  async says(text: string, { quote, ...where }: Where & { quote?: BotMessage } = {}): Promise<this> {
    await this.#ask("says", { ...this.#me, text, ...where, ...(quote && { quote: quote.id }) });
    return this;
  }

  /** Sends a file: its path, found beside the test, or its bytes with their `mime`, e.g. `image/png`. */
  async sends(
    file: string | Uint8Array,
    { mime, caption, ...where }: Where & { mime?: string; caption?: string } = {},
  ): Promise<this> {
    const source =
      typeof file === "string" ? Bun.file(Bun.resolveSync(file, callersFolder())) : new Blob([Uint8Array.from(file)]);
    const base64 = Buffer.from(await source.bytes()).toString("base64");
    const type = mime ?? (source.type || "application/octet-stream");
    await this.#ask("sends", { ...this.#me, base64, mime: type, caption, ...where });
    return this;
  }

  /** Sends a place: degrees, and what it is called. */
  async sendsPlace(place: Place, where: Where = {}): Promise<this> {
    await this.#ask("place", { ...this.#me, ...place, ...where });
    return this;
  }

  /** Reacts to a message of the bot's; an empty emoji takes the reaction back. */
  async reacts(emoji: string, to: BotMessage): Promise<this> {
    await this.#ask("reacts", { ...this.#me, emoji, to: to.id });
    return this;
  }

  /** Votes on a poll of the bot's, by the words of its options; none takes the vote back. */
  async votes(options: readonly string[], on: BotMessage): Promise<this> {
    await this.#ask("votes", { ...this.#me, options, on: on.id });
    return this;
  }

  /** Writes otherwise what it said last. */
  async edits(text: string): Promise<this> {
    await this.#ask("edits", { ...this.#me, text });
    return this;
  }

  /** Deletes for everybody what it said last. */
  async deletes(): Promise<this> {
    await this.#ask("deletes", this.#me);
    return this;
  }

  /** Joins a group by its link. */
  async joins(group: string): Promise<this> {
    await this.#ask("joins", { ...this.#me, group });
    return this;
  }

  async leaves(group: string): Promise<this> {
    await this.#ask("leaves", { ...this.#me, group });
    return this;
  }

  /** The next message that fits, by its words or by its kind, comes within 10 s; rejects telling what came instead. */
  expectReply(expected: string | RegExp | { kind: string }): Promise<BotMessage> {
    const what =
      typeof expected === "string"
        ? { text: expected }
        : expected instanceof RegExp
          ? { pattern: expected.source, flags: expected.flags }
          : expected;
    return this.#ask<BotMessage>("hears", { ...this.#me, patience, ...what });
  }

  /** Everything said so far was handled, and nothing came that no `expectReply` took. */
  expectSilence(): Promise<void> {
    return this.#ask("silence", this.#me);
  }

  get #me() {
    return { user: this.name, phone: this.phone };
  }
}
