import { useEffect, useMemo, useState } from "preact/hooks";
import { type Trouble, get } from "../api.ts";
import { asTrouble } from "../data.ts";
import { type LiveEvent, listen } from "../live.ts";
import { w } from "../words.ts";

/** One message as a chat shows it. */
export interface Line {
  /** WhatsApp's. */
  id: string;
  mine: boolean;
  sender: string;
  text: string;
  /** Unix seconds. */
  at: number;
  media: { kind: string; url: string; mime: string } | null;
  status: string | null;
  reactions: string[];
  edited: boolean;
  deleted: boolean;
}

export interface Chat {
  jid: string;
  name: string;
  isGroup: boolean;
  at: number;
  lines: Line[];
}

const kinds = "message.received,message.sent,message.status,message.reaction,message.edited,message.deleted";

/** The chats of a device, latest first, out of its event log and what happens meanwhile. */
export function useChats(device: string): { chats: Chat[]; trouble: Trouble | null } {
  const [told, setTold] = useState<readonly LiveEvent[]>([]);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  useEffect(() => {
    const add = (more: readonly LiveEvent[], first: boolean) =>
      setTold((before) => {
        const known = new Set(before.map(({ id }) => id));
        const fresh = more.filter(({ id }) => !known.has(id));
        return first ? [...fresh, ...before] : [...before, ...fresh];
      });
    const wanted = new Set(kinds.split(","));
    const stop = listen((event) => {
      if (event.device === device && wanted.has(event.type)) add([event], false);
    });
    get<LiveEvent[]>(`/v1/events?latest=500&devices=${encodeURIComponent(device)}&types=${kinds}`).then(
      (events) => add(events, true),
      (thrown: unknown) => setTrouble(asTrouble(thrown)),
    );
    return stop;
  }, [device]);
  return { chats: useMemo(() => chatsIn(told), [told]), trouble };
}

interface Told {
  id: string;
  chat: string;
  timestamp: number;
  message_id?: string;
  sender?: string;
  from_me?: boolean;
  is_group?: boolean;
  push_name?: string | null;
  content?: Record<string, unknown> & { kind: string };
  target?: { id: string };
  emoji?: string | null;
  status?: string;
}

function chatsIn(events: readonly LiveEvent[]): Chat[] {
  const chats = new Map<string, Chat>();
  const lines = new Map<string, Line>();
  for (const event of events) apply(event.type, event.data as unknown as Told, chats, lines);
  return [...chats.values()].toSorted((a, b) => b.at - a.at);
}

function apply(type: string, data: Told, chats: Map<string, Chat>, lines: Map<string, Line>): void {
  const target = lines.get(data.target?.id ?? data.id);
  switch (type) {
    case "message.received":
    case "message.sent":
      return data.content && say(data, type === "message.sent" || data.from_me === true, chats, lines);
    case "message.status":
      if (target) target.status = data.status ?? null;
      return;
    case "message.reaction":
      if (target && data.emoji) target.reactions.push(data.emoji);
      return;
    case "message.edited":
      if (target && data.content) Object.assign(target, { text: textOf(data.content), edited: true });
      return;
    case "message.deleted":
      if (target) Object.assign(target, { text: w.chats.deleted, deleted: true, media: null });
  }
}

/** Content that is an act upon another message, not a message. */
const acts = new Set(["reaction", "edit", "delete", "pin", "keep", "poll_vote", "event_response", "timer"]);

function say(data: Told, mine: boolean, chats: Map<string, Chat>, lines: Map<string, Line>): void {
  const { id, chat: jid, timestamp: at, content, push_name = null, is_group = jid.endsWith("@g.us") } = data;
  if (!content || acts.has(content.kind) || lines.has(id)) return;
  const chat = chats.get(jid) ?? { jid, name: shortOf(jid), isGroup: is_group, at, lines: [] };
  if (!is_group && !mine && push_name !== null) chat.name = push_name;
  const sender = push_name ?? shortOf(data.sender ?? jid);
  const text = textOf(content);
  const line: Line = {
    id,
    mine,
    sender,
    text,
    at,
    media: mediaOf(content),
    status: null,
    reactions: [],
    edited: false,
    deleted: false,
  };
  lines.set(id, line);
  chat.lines.push(line);
  chat.at = Math.max(chat.at, at);
  chats.set(jid, chat);
}

const shortOf = (jid: string): string => (jid.endsWith("@s.whatsapp.net") ? `+${jid.replace(/@.*/, "")}` : jid);

function textOf(content: Record<string, unknown> & { kind: string }): string {
  const { text, caption, name, question, kind } = content;
  const said = [text, caption, name, question].find((each): each is string => typeof each === "string" && each !== "");
  if (kind === "text") return said ?? "";
  const word = w.chats.kinds[kind] ?? kind;
  return said === undefined ? word : `${word}: ${said}`;
}

function mediaOf({ kind, url, mime }: Record<string, unknown> & { kind: string }): Line["media"] {
  // Only what this server itself serves.
  return typeof url === "string" && typeof mime === "string" && url.startsWith("/v1/media/")
    ? { kind, url, mime }
    : null;
}
