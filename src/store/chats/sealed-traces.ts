import type { Disk } from "../sqlite/disk.ts";
import { eventData } from "../events/event-row.ts";
import { messageColumns, messageOf, type MessageRow, sealedDraft } from "../outbox/message-row.ts";
import { openedSaid, sealedSaid } from "./stored-row.ts";
import { amongNames, isOver, type Sought, type PersonTraces, tracesSlice } from "./traces.ts";

interface Said {
  place: number;
  id: string;
  text: string;
}

/** A part of a message, as far as it matters here. */
interface Part {
  media_id?: string;
  reply_to?: { sender?: string };
}

/** Where contents are sealed each is opened to look into it. */
export function sealedTraces(disk: Disk): PersonTraces {
  const slice = `place >= $place AND place < $place + ${tracesSlice} AND device = $device`;
  const contents = disk.prepare<Said>(`SELECT place, id, content AS text FROM said WHERE ${slice}`);
  const ofThem = disk.prepare<Said>(
    `SELECT place, id, content AS text FROM said
     WHERE device = $device AND (chat ${amongNames} OR sender ${amongNames})`,
  );
  const files = (device: string, rows: readonly Said[]): string[] =>
    rows.flatMap(({ id, text }) => partOf(openedSaid(disk.seal, "content", { device, id }, text)).media_id ?? []);
  return {
    files: (sought) => [...new Set(files(sought.device, ofThem.all({ ...sought })))],
    filesSaid: (device, place) => files(device, contents.all({ device, place })),
    filesQueued: queuedFiles(disk),
    stripReplies: replyStripper(disk),
    stripQuotes: quoteStripper(disk, slice),
    naming: namingEvents(disk, slice),
  };
}

const partOf = (json: string): Part => JSON.parse(json) as Part;

function queuedFiles(disk: Disk): PersonTraces["filesQueued"] {
  const queued = disk.prepare<MessageRow>(
    `SELECT ${messageColumns} FROM message WHERE device = $device AND state IN ('queued', 'waiting', 'sending')`,
  );
  const bulks = disk.prepare<{ id: string; content: string | null }>(
    "SELECT id, content FROM bulk WHERE device = $device AND done_at IS NULL",
  );
  const { contents } = disk.seal;
  return (device) => {
    const drafts: Part[] = queued.all({ device }).map((row) => messageOf(row, disk.seal).content as Part);
    for (const { id, content } of bulks.all({ device }))
      if (content !== null && contents !== null)
        drafts.push(partOf(contents.openText(`bulk.content|${id}`, content.slice(1, -1))));
    return drafts.flatMap((draft) => draft?.media_id ?? []);
  };
}

function replyStripper(disk: Disk): PersonTraces["stripReplies"] {
  const sent = disk.prepare<MessageRow>(`SELECT ${messageColumns} FROM message WHERE device = $device AND ${isOver}`);
  const strip = disk.prepare(
    "UPDATE message SET context = $context, wire = NULL WHERE device = $device AND wa_id = $waId",
  );
  return (sought) => {
    const { device } = sought;
    for (const row of sent.all({ device })) {
      const { context, waId } = messageOf(row, disk.seal);
      const rest = withoutReply(context as Part | null, sought);
      if (rest === null) continue;
      strip.run({ device, waId, context: sealedDraft(disk.seal, { device, waId }, "context", JSON.stringify(rest)) });
    }
  };
}

function quoteStripper(disk: Disk, slice: string): PersonTraces["stripQuotes"] {
  const contexts = disk.prepare<Said>(`SELECT place, id, context AS text FROM said WHERE ${slice}`);
  const strip = disk.prepare("UPDATE said SET wire = x'', context = $context WHERE place = $place");
  return (sought, from) => {
    const { device } = sought;
    for (const { place, id, text } of contexts.all({ device, place: from })) {
      const key = { device, id };
      const rest = withoutReply(partOf(openedSaid(disk.seal, "context", key, text)), sought);
      if (rest !== null) strip.run({ place, context: sealedSaid(disk.seal, "context", key, JSON.stringify(rest)) });
    }
  };
}

/** The context without its quote; null when it quotes nobody who is sought. */
function withoutReply(context: Part | null, { names }: Sought): Part | null {
  const sender = context?.reply_to?.sender;
  if (sender === undefined || !(JSON.parse(names) as string[]).includes(sender)) return null;
  const { reply_to: _, ...rest } = context ?? {};
  return rest;
}

function namingEvents(disk: Disk, slice: string): PersonTraces["naming"] {
  const events = disk.prepare<{ place: number; id: string; chat: string | null; data: string }>(
    `SELECT place, id, chat, data FROM event WHERE ${slice}`,
  );
  return ({ device, names, words }, from) => {
    const [all, parts] = [JSON.parse(names) as string[], JSON.parse(words) as string[]];
    const isTheirs = (chat: string | null, data: string) =>
      (chat !== null && all.includes(chat)) || parts.some((part) => data.includes(part));
    return events
      .all({ device, place: from })
      .filter((row) => isTheirs(row.chat, eventData(row, disk.seal)))
      .map(({ place }) => place);
  };
}
