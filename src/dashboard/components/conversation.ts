import { unserved } from "../base/base-path.ts";
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { type ApiError, request, get, asApiError, inTenant } from "../base/api.ts";
import { useData } from "../base/data.ts";
import { useOlder } from "../base/older.ts";
import { type LiveEvent, onEvent } from "../base/live.ts";
import { w, wordFor } from "../words/words.ts";
import type { Schemas } from "../base/schemas.ts";

/** A chat as `/v1/devices/:id/chats` shows it. */
export type ChatJson = Pick<Schemas["Chat"], "jid" | "lid" | "name" | "unread" | "last_at">;

/** One message as a chat shows it. */
export interface ChatLine {
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

/** A message as `/v1/devices/:id/history` shows it. */
export type StoredMessageJson = Schemas["HistoryMessage"];

type Content = Record<string, unknown> & { kind: string };

const ofChats = ({ type }: LiveEvent): boolean => /^(message|chat|contact|group|history)\./.test(type);
const path = (device: string, rest: string): string => `/v1/devices/${encodeURIComponent(device)}/${rest}`;

/** The chats of a device, latest first, page by page; null has none. */
export function useChats(device: string | null) {
  const list = device === null ? null : path(device, "chats?limit=100");
  const loaded = useData<ChatJson[]>(list, ofChats);
  const { older, more } = useOlder(list ?? "", loaded, { by: "before", nextOf: ({ next }) => next, size: 100, idOf });
  return { ...loaded, data: loaded.data && [...loaded.data, ...older], more };
}

/** What the chats of a device are called, by JID; nothing where there are many devices. */
export function useNames(device: string | null): ReadonlyMap<string, string> {
  const { data: chats } = useChats(device);
  return new Map(chats?.map((chat) => [chat.jid, nameIn(chat)]));
}

const idOf = ({ jid }: ChatJson): string => jid;

/** Messages of all chats that hold these words. */
export const useSearch = (device: string, words: string) =>
  useData<StoredMessageJson[]>(
    words.length < 2 ? null : path(device, `history?limit=20&search=${encodeURIComponent(words)}`),
  );

/** The last message of each chat, of those that were written to lately. */
export function useLatest(device: string): ReadonlyMap<string, StoredMessageJson> {
  const { data } = useData<StoredMessageJson[]>(path(device, "history?limit=200"), ofChats);
  return useMemo(() => new Map((data ?? []).toReversed().map((said) => [said.chat, said])), [data]);
}

export const nameIn = ({ name, jid }: ChatJson): string => name ?? shortOf(jid);

export const shortOf = (jid: string): string => (jid.endsWith("@s.whatsapp.net") ? `+${jid.replace(/@.*/, "")}` : jid);

export const isGroupChat = (jid: string): boolean => jid.endsWith("@g.us");

interface Talk {
  /** Oldest first. */
  lines: ChatLine[];
  /** Null when there is nothing older. */
  older: (() => void) | null;
  error: ApiError | null;
}

/** What was said in a chat: the last page, older ones on demand, and what comes meanwhile. */
export function useConversation(device: string, { jid: chat, lid }: ChatJson): Talk {
  const [said, setSaid] = useState<readonly StoredMessageJson[]>([]);
  const [next, setNext] = useState<number | null>(null);
  const [error, setTrouble] = useState<ApiError | null>(null);
  const marks = useMarks(device, chat, lid);
  const load = useCallback(
    (before: number | null) => {
      const page = before === null ? "" : `&before=${before}`;
      request<StoredMessageJson[]>(
        "GET",
        path(device, `history?limit=50&chat=${encodeURIComponent(chat)}${page}`),
      ).then(
        (answer) => {
          setTrouble(null);
          setSaid((known) => merged(known, answer.data, before === null));
          // The newest page comes again and again; only the first of them tells where older ones begin.
          setNext((known) => (before === null && known !== null ? known : (answer.next ?? null)));
        },
        (thrown: unknown) => setTrouble(asApiError(thrown)),
      );
    },
    [device, chat],
  );
  useEffect(() => {
    load(null);
    return onEvent((event) => {
      const here = event.data["chat"] === chat || event.data["chat"] === lid;
      if (event.device === device && here && event.type.startsWith("message.")) load(null);
    });
  }, [device, chat, lid, load]);
  const lines = useMemo(() => linesOf(said, marks), [said, marks]);
  return { lines, older: next === null ? null : () => load(next), error };
}

/** Newest first, as the API tells it; what was known is replaced by what is told now. */
function merged(
  known: readonly StoredMessageJson[],
  page: readonly StoredMessageJson[],
  newest: boolean,
): StoredMessageJson[] {
  const told = new Set(page.map(({ id }) => id));
  const rest = known.filter(({ id }) => !told.has(id));
  return newest ? [...page, ...rest] : [...rest, ...page];
}

interface Marks {
  status: ReadonlyMap<string, string>;
  reactions: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

const marking = "message.status,message.reaction";

/** Ticks and reactions: they are events of their own, not part of what was said. */
function useMarks(device: string, chat: string, lid: string | null): Marks {
  const [told, setTold] = useState<readonly LiveEvent[]>([]);
  useEffect(() => {
    const mine = ({ device: of, type, data }: LiveEvent) =>
      of === device && (data["chat"] === chat || data["chat"] === lid) && marking.includes(type);
    get<LiveEvent[]>(`/v1/events?latest=500&devices=${encodeURIComponent(device)}&types=${marking}`).then(
      (events) => setTold((later) => [...events.filter(mine), ...later]),
      () => {},
    );
    return onEvent((event) => {
      if (mine(event)) setTold((before) => [...before, event]);
    });
  }, [device, chat, lid]);
  return useMemo(() => marksIn(told), [told]);
}

function marksIn(told: readonly LiveEvent[]): Marks {
  const status = new Map<string, string>();
  const reactions = new Map<string, Map<string, string>>();
  for (const { type, data } of told) {
    if (type === "message.status") status.set(String(data["id"]), String(data["status"]));
    const target = (data["target"] as { id?: string } | undefined)?.id;
    if (target === undefined) continue;
    const of = reactions.get(target) ?? new Map<string, string>();
    // The last one of each person stands; an empty one takes it back.
    of.set(String(data["sender"]), typeof data["emoji"] === "string" ? data["emoji"] : "");
    reactions.set(target, of);
  }
  return { status, reactions };
}

function linesOf(said: readonly StoredMessageJson[], { status, reactions }: Marks): ChatLine[] {
  return said.toReversed().map((each): ChatLine => {
    const deleted = each.deleted_at !== null;
    const media = deleted ? null : mediaOf(each.content);
    return {
      id: each.id,
      mine: each.from_me,
      sender: each.push_name ?? shortOf(each.sender),
      text: deleted ? w.chats.deleted : media ? captionOf(each.content) : summaryOf(each.content),
      at: each.timestamp,
      media,
      status: status.get(each.id) ?? null,
      reactions: [...(reactions.get(each.id)?.values() ?? [])].filter((emoji) => emoji !== ""),
      edited: each.edited_at !== null,
      deleted,
    };
  });
}

/** What a message says, in a line. */
export function summaryOf(content: Content): string {
  const { text, caption, name, question, emoji, kind } = content;
  const said = [text, caption, name, question, emoji].find(
    (each): each is string => typeof each === "string" && each !== "",
  );
  if (kind === "text") return said ?? "";
  const word = wordFor(w.chats.kinds, kind);
  return said === undefined ? word : `${word}: ${said}`;
}

const captionOf = ({ caption, name }: Content): string =>
  [caption, name].find((each): each is string => typeof each === "string") ?? "";

function mediaOf({ kind, url, mime }: Content): ChatLine["media"] {
  if (typeof url !== "string" || typeof mime !== "string") return null;
  const path = unserved(url);
  // Only what this server itself serves.
  return path.startsWith("/v1/media/") ? { kind, url: inTenant(path), mime } : null;
}
