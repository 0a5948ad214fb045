import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import type { ChatLine } from "../components/conversation.ts";
import { w, wordFor } from "../words/words.ts";
import { type PersonJson, perform, looks, onSim } from "./control.ts";
import { mediaOf, useFiles } from "./files.ts";

/** A message as the simulated phone remembers it. */
export interface PhoneMessage {
  id: string;
  text: string | null;
  /** As protobuf says it. */
  message: Record<string, unknown>;
  /** In a group: who wrote it. */
  from: string | null;
  /** Unix seconds. */
  at: number;
  fromMe: boolean;
  receipts: string[];
}

type Chats = Record<string, PhoneMessage[]>;

export interface Talk {
  lines: readonly ChatLine[];
  /** The last message heard: to be reacted to. */
  last: string | null;
  /** Whether the bot shows as typing. */
  typing: boolean;
}

const telling = new Set(["message.said", "message.heard", "message.receipt"]);

/** What one person said and heard in one chat. */
export function useTalk(me: PersonJson, chat: string, names: ReadonlyMap<string, string>): Talk {
  const [chats, setChats] = useState<Chats>({});
  const [typing, setTyping] = useState(false);
  const look = useCallback(
    () => void looks<Chats>(`/people/${me.number}/history`).then(setChats, () => {}),
    [me.number],
  );
  useEffect(() => {
    let drawn = 0;
    look();
    const stop = onSim((event) => {
      if (event.past) return;
      if (event.type === "message.heard" && event["by"] === me.number) setTyping(false);
      if (event.type === "chat-state" && [me.jid, me.lid, chat].includes(String(event["to"])))
        setTyping(event["state"] === "composing" || event["state"] === "recording");
      if (!telling.has(event.type)) return;
      // Many at once are looked at once.
      cancelAnimationFrame(drawn);
      drawn = requestAnimationFrame(look);
    });
    return () => {
      cancelAnimationFrame(drawn);
      stop();
    };
  }, [look, me, chat]);
  const here = chats[chat] ?? [];
  const files = useFiles(me.number, here);
  const lines = useMemo(() => linesOf(here, names, files), [chats, chat, files]);
  const heard = here.filter(({ fromMe }) => !fromMe);
  useReading(me.number, heard);
  return { lines, last: heard.at(-1)?.id ?? null, typing };
}

const read = new Set<string>();

/** Whoever looks at a chat has read it. */
function useReading(number: string, heard: readonly PhoneMessage[]): void {
  useEffect(() => {
    for (const { id } of heard) {
      if (read.has(`${number} ${id}`)) continue;
      read.add(`${number} ${id}`);
      perform(`/people/${number}/reads`, { message: id }).catch(() => {});
    }
  }, [number, heard.length]);
}

type Key = { id?: string } | undefined;

/** Reactions, edits and deletions are laid upon what they are about. */
function linesOf(
  said: readonly PhoneMessage[],
  names: ReadonlyMap<string, string>,
  files: ReadonlyMap<string, string>,
): ChatLine[] {
  const lines = new Map<string, ChatLine>();
  for (const one of said) {
    const { reactionMessage, protocolMessage } = one.message as {
      reactionMessage?: { key?: Key; text?: string };
      protocolMessage?: {
        key?: Key;
        editedMessage?: { conversation?: string; extendedTextMessage?: { text?: string } };
      };
    };
    const about = lines.get((reactionMessage ?? protocolMessage)?.key?.id ?? "");
    if (reactionMessage) {
      if (about && reactionMessage.text) about.reactions.push(reactionMessage.text);
    } else if (protocolMessage) {
      const { editedMessage: edited } = protocolMessage;
      if (!about) continue;
      if (edited) Object.assign(about, { text: edited.conversation ?? edited.extendedTextMessage?.text, edited: true });
      else Object.assign(about, { text: w.chats.deleted, deleted: true, media: null });
    } else lines.set(one.id, lineOf(one, names, files.get(one.id)));
  }
  return [...lines.values()];
}

function lineOf(one: PhoneMessage, names: ReadonlyMap<string, string>, url: string | undefined): ChatLine {
  const media = mediaOf(one.message);
  return {
    id: one.id,
    mine: one.fromMe,
    sender: names.get(one.from ?? "") ?? w.sandbox.bot,
    text: one.text ?? (url === undefined ? kindOf(one.message) : ""),
    at: one.at,
    media: media && url !== undefined ? { ...media, url } : null,
    status: one.fromMe ? statusOf(one.receipts) : null,
    reactions: [],
    edited: false,
    deleted: false,
  };
}

function statusOf(receipts: readonly string[]): string {
  if (receipts.includes("played")) return "played";
  if (receipts.includes("read")) return "read";
  return receipts.some((each) => each === "delivery" || each === "inactive") ? "delivered" : "sent";
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
  const [name = ""] = Object.keys(message).filter((key) => key !== "messageContextInfo");
  return wordFor(w.chats.kinds, kinds[name] ?? name);
}
