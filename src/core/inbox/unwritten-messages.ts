import { type MessageName, nameOfMessage } from "../model/message/message-name.ts";
import type { HistoryChange, StoredMessage } from "../ports/history.ts";

/** Messages of a batch that is not written yet: an edit may come in the same batch as what it edits. */
export class UnwrittenMessages {
  readonly #messages = new Map<string, StoredMessage[]>();

  add(changes: readonly HistoryChange[]): void {
    for (const change of changes) {
      if (change.type === "said") {
        const { wire: _, serverId = null, ...said } = change.said;
        const others = this.#messages.get(said.id) ?? [];
        const { chat, sender } = said;
        const message = {
          addressed: { chat, sender },
          ...said,
          serverId,
          editedAt: null,
          deletedAt: null,
          starred: false,
        };
        this.#messages.set(said.id, [...others, message]);
      } else if (change.type === "edited") {
        const message = this.find(change);
        if (message) Object.assign(message, { content: change.content, editedAt: change.at });
      } else if (change.type === "deleted") {
        const message = this.find(change);
        if (message) Object.assign(message, { deletedAt: change.at });
      }
    }
  }

  /** Chat and author by the names that they go by. */
  find({ chat, author, id }: MessageName): StoredMessage | null {
    const found = (this.#messages.get(id) ?? []).filter(
      (one) => one.chat === chat && (author === null || nameOfMessage(one).author === author),
    );
    return author === null && found.length > 1 ? null : (found[0] ?? null);
  }

  /** Whether the account itself said one of this id, in whichever chat. */
  isOurs(id: string): boolean {
    return (this.#messages.get(id) ?? []).some(({ fromMe }) => fromMe);
  }
}
