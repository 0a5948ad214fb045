import type { MessageRef } from "../model/content/parts.ts";
import type { MessageName } from "../model/message/message-name.ts";
import type { Scope } from "../model/scopes.ts";

/** A label of a business account, for its chats and messages. */
export interface Label {
  /** WhatsApp's: a number. */
  id: string;
  name: string;
  /** A place in WhatsApp's palette, 0 to 19. */
  color: number;
}

/** What carries a label. */
export interface LabelUse {
  chats: string[];
  /** `author`: `me`, a JID, or null where nobody said. */
  messages: MessageName[];
}

export type LabelChange =
  | { type: "label"; label: Label }
  /** Takes it off whatever carried it. */
  | { type: "unlabel"; id: string }
  /** `message` is null of the chat itself. A null author is whoever has the id. */
  | {
      type: "labelled";
      label: string;
      chat: string;
      message: Pick<MessageName, "author" | "id"> | null;
      labelled: boolean;
    };

export interface Labels {
  list(device: string): Promise<(Label & { chats: number; messages: number })[]>;
  get(device: string, id: string): Promise<Label | null>;
  uses(device: string, id: string): Promise<LabelUse>;
  /** The highest id there ever was; 0 without any. */
  highest(device: string): Promise<number>;
}

/** Labels at WhatsApp. Throws `refused`, `timeout`, `unavailable`. */
export interface LabelCalls {
  /** Makes a label with an id above `highest` and above all that WhatsApp knows; resolves to the id. */
  create(label: Omit<Label, "id">, highest: number): Promise<string>;
  change(label: Label): Promise<void>;
  remove(label: Label): Promise<void>;
  assign(id: string, chat: string, message: MessageRef | null, labelled: boolean): Promise<void>;
}

export const labelScopes: Record<keyof LabelCalls, Scope> = {
  create: "manage",
  change: "manage",
  remove: "manage",
  assign: "manage",
};
