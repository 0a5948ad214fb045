import type { BotEvent, EventType } from "../core/model/events/events.ts";
import type { ContentKind, ContentOf } from "../core/model/content/content.ts";
import type { DraftContent } from "../core/model/content/draft.ts";
import type { SendOptions } from "./bot.ts";
import type { Role } from "./command.ts";

/** What was sent: `id` is the bot's, to be found in `message.sent` as `message_id`. */
export interface Sent {
  id: string;
  chat: string;
}

type WithBytes<D> = D extends { files: (infer File)[] }
  ? Omit<D, "files"> & { files: WithBytes<File>[] }
  : D extends { base64?: string | undefined }
    ? D & {
        /** The file itself. */
        bytes?: Uint8Array | ArrayBuffer | undefined;
      }
    : D;
/** What can be said: a text, or any content the API sends; a file also by its `bytes`. */
export type Say = string | WithBytes<DraftContent>;

/** What an account is shown doing in a chat, until it writes or pauses. */
export type Typing = "composing" | "recording" | "paused";

export interface AskOptions {
  /** The name given to `bot.answer`. */
  answer: string;
  /** What to hand to the answer's handler; plain data, at most 16 KB. */
  carry?: unknown;
  /** Seconds the question stays open. Default 600. */
  seconds?: number;
}

/** One event, as a handler sees it. */
export interface EventContext<T extends EventType = EventType> {
  readonly event: BotEvent<T>;
  readonly data: BotEvent<T>["data"];
  /** The device's id, or null. */
  readonly device: string | null;
}

/** A message somebody sent, with the means to answer it. */
export interface MessageContext<K extends ContentKind = ContentKind> extends EventContext<"message.received"> {
  readonly content: ContentOf<K>;
  /** The text or caption, trimmed; empty when there is none. */
  readonly text: string;
  readonly chat: string;
  /** The sender's JID. */
  readonly sender: string;
  /** The sender's phone number (digits), when known. */
  readonly phone: string | null;
  /** The name the sender shows, else the number. */
  readonly name: string;
  readonly isGroup: boolean;
  readonly fromMe: boolean;
  /** The sender's highest role here. */
  role(this: void): Promise<Role>;
  /** Answers in the same chat. A redelivered event does not answer twice. */
  reply(this: void, say: Say, options?: SendOptions): Promise<Sent>;
  /** Puts an emoji on the message; null takes it back. */
  react(this: void, emoji: string | null): Promise<void>;
  /** Shows the bot as typing here; `recording` as speaking, `paused` as neither. Never fails for lack of a connection. */
  typing(this: void, state?: Typing): Promise<void>;
  /** Asks, and hands the sender's next message in this chat to `bot.answer(options.answer, …)`; survives a restart. */
  ask(this: void, question: Say, options: AskOptions): Promise<void>;
  /** What this chat is spoken to in: chosen with `speak`, else the bot's. */
  readonly language: string;
  /** From its next message on, every plugin speaks `language` in this chat; null: the bot's own again. */
  speak(this: void, language: string | null): Promise<void>;
  /** The text of `key` in the plugin's `texts`, in the chat's language. */
  tr(this: void, key: string, values?: Record<string, unknown>): string;
}

/** What one chat wrote before it paused. What a message has is here of the last one: `reply`, `ask`, `sender`, … */
export interface BurstContext extends Omit<MessageContext, "text"> {
  /** In order, each with its own sender and content. */
  readonly messages: readonly MessageContext[];
  /** Texts and captions, a line each. */
  readonly text: string;
}

/** Goes on with the next middleware, at last with the handler itself. */
export type Next = () => Promise<void>;
