import type { HistoryChange, StoredMessage } from "../ports/history.ts";
import { isGroupJid } from "../model/recipient.ts";

/** Messages of a batch that is not written yet: an edit may come in the same batch as what it edits. */
export class UnwrittenMessages {
  readonly #messages = new Map<string, StoredMessage[]>();

  add(changes: readonly HistoryChange[]): void {
    for (const change of changes) {
      if (change.type === "said") {
        const { wire: _, serverId = null, ...said } = change.said;
        const others = this.#messages.get(said.id) ?? [];
        const message = { ...said, serverId, editedAt: null, deletedAt: null, starred: false };
        this.#messages.set(said.id, [...others, message]);
      } else if (change.type === "edited") {
        const message = this.find(change.chat, change.id);
        if (message) Object.assign(message, { content: change.content, editedAt: change.at });
      }
    }
  }

  /** As in the store: a chat of two may be named by number and by LID. */
  find(chat: string, id: string): StoredMessage | null {
    const found = this.#messages
      .get(id)
      ?.filter((one) => one.chat === chat || !(isGroupJid(chat) || isGroupJid(one.chat)));
    return found?.[0] ?? null;
  }
}
