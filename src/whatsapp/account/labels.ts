import { proto, type WAPatchCreate, type WASocket } from "@whiskeysockets/baileys";
import { dropOldest } from "../../core/base/drop-oldest.ts";
import type { MessageRef } from "../../core/model/content/parts.ts";
import { me } from "../../core/model/message/message-name.ts";
import { bare, isGroup, isPerson } from "../wire/jid.ts";
import type { AppStateMutation } from "../wire/dial.ts";
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

/**
 * Labels through a connection: changes of the account's shared state, in the collection `regular`. `nameOf`: by which of a
 * person's names the account writes to them.
 */
export function labelsOf(socket: () => WASocket, ids: LabelIds, nameOf: (chat: string) => Promise<string>): LabelCalls {
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
      ask(async (sock) => {
        if (message === null) return labelled ? sock.addChatLabel(chat, id) : sock.removeChatLabel(chat, id);
        // The other devices know what we sent by the name that it went to.
        const place = message.from_me ? await nameOf(chat) : chat;
        return sock.appPatch(ofMessage(id, place, message, labelled));
      }),
  };
}

/** As WhatsApp names a message in what the account's devices share; Baileys' own patches name no author. */
function ofMessage(
  label: string,
  chat: string,
  { id, sender, from_me: fromMe }: MessageRef,
  labeled: boolean,
): WAPatchCreate {
  const author = isGroup(chat) && !fromMe ? (sender ?? "0") : "0";
  const index = ["label_message", label, chat, id, fromMe ? "1" : "0", author];
  const syncAction = { labelAssociationAction: { labeled } };
  return { type: "regular", index, syncAction, apiVersion: 3, operation: proto.SyncdMutation.SyncdOperation.SET };
}

/** Labels of messages that are remembered until they are told of. */
const mostWaiting = 1_000;

/** Whose messages got labels, which Baileys leaves out of what it tells. */
export class LabelAuthors {
  readonly #authors = new Map<string, (string | null)[]>();

  /** A change of the account's shared state, before Baileys tells of it. */
  saw({ index }: Pick<AppStateMutation, "index">): void {
    const [name, label, chat = "", id, fromMe, participant = ""] = index;
    if (name !== "label_message") return;
    const key = [label, chat, id].join();
    const others = this.#authors.get(key) ?? [];
    const person = isPerson(participant) ? bare(participant) : null;
    this.#authors.set(key, [...others, fromMe === "1" ? me : person]);
    dropOldest(this.#authors, mostWaiting);
  }

  /** Null where nobody said. Of a chat of two, what is not the account's may still be: some clients say so of everything. */
  take(label: string, chat: string, id: string): string | null {
    const key = [label, chat, id].join();
    const [first = null, ...others] = this.#authors.get(key) ?? [];
    if (others.length > 0) this.#authors.set(key, others);
    else this.#authors.delete(key);
    return first;
  }
}
