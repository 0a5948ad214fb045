import { useCallback, useEffect, useState } from "preact/hooks";
import type { Line } from "../parts/conversation.ts";
import { w } from "../words.ts";
import { type SimEvent, does, looks, onSim } from "./control.ts";

/** A message as the one who heard it decrypted it. */
interface Heard {
  id: string;
  text: string | null;
  message: Record<string, unknown>;
  from: string;
  chat: string;
  /** Unix milliseconds. */
  at: number;
}

/** What somebody said, as this page remembers it. */
interface Said {
  id: string;
  /** A phone number's JID or a group's. */
  chat: string;
  text: string;
  at: number;
  status: string;
}

const shelf = "merpati.sandbox.said";
const said = new Map<string, Said[]>(JSON.parse(sessionStorage.getItem(shelf) ?? "[]") as [string, Said[]][]);
const keep = (): void => sessionStorage.setItem(shelf, JSON.stringify([...said]));

const ranks = ["sent", "delivered", "read", "played"];

/** A receipt of the bot as a tick: delivered or read. */
function tick({ type, id, receipt }: SimEvent): void {
  if (type !== "message.receipt") return;
  const status =
    receipt === "read" || receipt === "played"
      ? receipt
      : receipt === "delivery" || receipt === "inactive"
        ? "delivered"
        : null;
  if (status === null) return;
  for (const all of said.values())
    for (const each of all)
      if (each.id === id && ranks.indexOf(status) > ranks.indexOf(each.status)) each.status = status;
  keep();
}
onSim(tick);

export interface Talk {
  lines: Line[];
  /** The last message heard: to be reacted to. */
  last: string | null;
  /** Whether the bot shows as typing. */
  typing: boolean;
  /** Shows a message while `send` brings it on its way under the id it is given. */
  say: (text: string, send: (id: string) => Promise<unknown>) => Promise<void>;
}

/** What one person said and heard in one chat. */
export function useTalk(number: string, chat: string, names: ReadonlyMap<string, string>): Talk {
  const [heard, setHeard] = useState<Heard[]>([]);
  const [typing, setTyping] = useState(false);
  const [, draw] = useState({});
  useEffect(() => {
    const look = () => void looks<Heard[]>(`/people/${number}/inbox`).then(setHeard, () => {});
    look();
    return onSim((event) => {
      if (event.type === "message.heard" && event["by"] === number) {
        setTyping(false);
        look();
      }
      if (event.type === "message.receipt") draw({});
      if (event.type === "chat-state" && String(event["to"]).startsWith(`${number}@`))
        setTyping(event["state"] === "composing" || event["state"] === "recording");
    });
  }, [number]);
  const mine = heard.filter((one) => one.chat === chat || (!chat.endsWith("@g.us") && !one.chat.endsWith("@g.us")));
  const here = chat.endsWith("@g.us") ? heard.filter((one) => one.chat === chat) : mine;
  useReading(number, here);
  const say = useCallback(
    async (text: string, send: (id: string) => Promise<unknown>) => {
      const before = said.get(number) ?? [];
      // Known before it leaves: its ticks may be quicker than the answer to the call.
      const one = { id: newId(), chat, text, at: Date.now(), status: "sent" };
      said.set(number, [...before, one]);
      draw({});
      try {
        await send(one.id);
      } catch (thrown) {
        said.set(
          number,
          (said.get(number) ?? []).filter(({ id }) => id !== one.id),
        );
        throw thrown;
      } finally {
        keep();
        draw({});
      }
    },
    [number, chat],
  );
  const lines = linesOf(here, said.get(number)?.filter((one) => one.chat === chat) ?? [], names);
  return { lines, last: here.at(-1)?.id ?? null, typing, say };
}

/** As phones make them. */
const newId = (): string =>
  `3A${Array.from(crypto.getRandomValues(new Uint8Array(9)), (byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .toUpperCase()}`;

const read = new Set<string>();

/** Whoever looks at a chat has read it. */
function useReading(number: string, heard: readonly Heard[]): void {
  useEffect(() => {
    for (const { id } of heard) {
      if (read.has(`${number} ${id}`)) continue;
      read.add(`${number} ${id}`);
      does(`/people/${number}/reads`, { message: id }).catch(() => {});
    }
  }, [number, heard.length]);
}

function linesOf(heard: readonly Heard[], said: readonly Said[], names: ReadonlyMap<string, string>): Line[] {
  const plain = { media: null, reactions: [], edited: false, deleted: false };
  const lines = new Map<string, Line>();
  for (const { id, text, at, status } of said)
    lines.set(id, { ...plain, id, mine: true, sender: "", text, at: at / 1_000, status, reactions: [] });
  const others: Line[] = [];
  for (const { id, text, message, from, at } of heard) {
    const reaction = message["reactionMessage"] as { key?: { id?: string }; text?: string } | undefined;
    if (reaction) {
      if (reaction.text) lines.get(reaction.key?.id ?? "")?.reactions.push(reaction.text);
      continue;
    }
    const line = {
      ...plain,
      id,
      mine: false,
      sender: names.get(from) ?? from,
      text: text ?? kindOf(message),
      at: at / 1_000,
      status: null,
      reactions: [],
    };
    lines.set(id, line);
    others.push(line);
  }
  return [...lines.values()].toSorted((a, b) => a.at - b.at);
}

const kinds: Record<string, string> = {
  imageMessage: "image",
  videoMessage: "video",
  audioMessage: "audio",
  documentMessage: "document",
  stickerMessage: "sticker",
  locationMessage: "location",
  contactMessage: "contacts",
  pollCreationMessageV3: "poll",
};

function kindOf(message: Record<string, unknown>): string {
  const [name] = Object.keys(message).filter((key) => key.endsWith("Message") || key in kinds);
  return w.chats.kinds[kinds[name ?? ""] ?? ""] ?? name ?? "…";
}
