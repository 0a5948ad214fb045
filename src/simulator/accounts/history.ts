import type { MessageContent } from "../content/content.ts";

const KEPT_PER_CHAT = 50;

/** One message a phone remembers. */
export interface Remembered {
  readonly id: string;
  readonly fromMe: boolean;
  /** Who wrote it, in a group. */
  readonly participant: string | undefined;
  /** Unix seconds. */
  readonly at: number;
  readonly content: MessageContent;
}

/** The chats of a phone, by the JID they are kept under; what a new companion is told when it is linked. */
export class PhoneHistory {
  readonly chats = new Map<string, Remembered[]>();

  find(id: string): Remembered | undefined {
    return [...this.chats.values()].flat().find((one) => one.id === id);
  }

  add(chat: string, message: Remembered): void {
    const messages = this.chats.get(chat) ?? [];
    messages.push(message);
    if (messages.length > KEPT_PER_CHAT) messages.shift();
    this.chats.set(chat, messages);
  }
}
