import type { MessageRef } from "../content/parts.ts";

/** The author of what the account itself sent, by whatever name and from whichever device. */
export const me = "me";

/**
 * A message's name. Ids are chosen by whoever sends, so that two people may use one: an id alone names nothing.
 */
export interface MessageName {
  /** The JID of a group, channel or person, by any name. */
  readonly chat: string;
  /** A person's JID, by any name, or `me`; null where nobody says, and then only one that no other shares is meant. */
  readonly author: string | null;
  /** WhatsApp's. */
  readonly id: string;
}

/** The message that somebody in a chat speaks of. */
export const nameOfRef = (chat: string, { id, sender, from_me: fromMe }: MessageRef): MessageName => ({
  chat,
  author: fromMe ? me : sender,
  id,
});

/** The name of a message that is known. */
export const nameOfMessage = (message: { chat: string; sender: string; fromMe: boolean; id: string }): MessageName => ({
  chat: message.chat,
  author: message.fromMe ? me : message.sender,
  id: message.id,
});
