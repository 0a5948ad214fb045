import type { WASocket } from "@whiskeysockets/baileys";
import type { LabelCalls } from "../../core/ports/labels.ts";
import { asked } from "./asking.ts";

/** The highest id that WhatsApp told of, so that a new label does not become another's new name. */
export class LabelIds {
  #highest = 0;

  listen({ ev }: Pick<WASocket, "ev">): void {
    ev.on("labels.edit", ({ id }) => {
      this.#highest = Math.max(this.#highest, Number(id) || 0);
    });
  }

  next(known: number): string {
    this.#highest = Math.max(this.#highest, known) + 1;
    return String(this.#highest);
  }
}

/** Labels through a connection: changes of the account's shared state, in the collection `regular`. */
export function labelsOf(socket: () => WASocket, ids: LabelIds): LabelCalls {
  const ask = <T>(work: (sock: WASocket) => Promise<T>): Promise<T> => asked(() => work(socket()));
  return {
    create: (label, highest) =>
      ask(async (sock) => {
        await sock.resyncAppState(["regular"], false);
        const id = ids.next(highest);
        await sock.addLabel("", { id, ...label });
        return id;
      }),
    change: (label) => ask((sock) => sock.addLabel("", label)),
    remove: (label) => ask((sock) => sock.addLabel("", { ...label, deleted: true })),
    assign: (id, chat, message, labelled) =>
      ask((sock) => {
        if (message === null) return labelled ? sock.addChatLabel(chat, id) : sock.removeChatLabel(chat, id);
        return labelled ? sock.addMessageLabel(chat, message, id) : sock.removeMessageLabel(chat, message, id);
      }),
  };
}
