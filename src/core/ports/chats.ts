import type { MessageRef } from "../model/content/parts.ts";
import type { Scope } from "../model/scopes.ts";

/** Typing and the like; goes to one chat, and stays until it is paused. */
export const typingStates = ["composing", "recording", "paused"] as const;
export type TypingState = (typeof typingStates)[number];

/** The newest message of a chat: WhatsApp asks for it when a chat is archived or marked. */
export interface LastMessage {
  target: MessageRef;
  /** Unix seconds. */
  at: number;
}

export type ChatMark = { archived: boolean } | { pinned: boolean } | { muted: number | null } | { unread: boolean };

/** What one can do with chats. `chat` is a JID; throws `refused`, `timeout`, `unavailable`. */
export interface ChatCalls {
  typing(chat: string, state: TypingState): Promise<void>;
  /** Shows the account as online or not. */
  online(available: boolean): Promise<void>;
  /** Tells the senders that their messages were read. */
  read(chat: string, messages: MessageRef[]): Promise<void>;
  /** `muted` is Unix milliseconds, null unmutes. */
  mark(chat: string, mark: ChatMark, last: LastMessage | null): Promise<void>;
  star(chat: string, message: MessageRef, starred: boolean): Promise<void>;
  /** Takes a message out of the account's own devices; `at` is when it was sent, Unix milliseconds. */
  deleteForMe(chat: string, message: MessageRef, at: number): Promise<void>;
  rejectCall(id: string, from: string): Promise<void>;
  /** Asks the phone for up to `count` messages before one, sent at `at`, Unix milliseconds. Resolves to the request's id. */
  older(chat: string, oldest: { target: MessageRef; at: number }, count: number): Promise<string>;
}

export const chatScopes: Record<keyof ChatCalls, Scope> = {
  typing: "send",
  online: "send",
  read: "send",
  mark: "manage",
  star: "manage",
  deleteForMe: "manage",
  rejectCall: "manage",
  older: "read",
};
