import { Slices } from "../../core/base/slices.ts";
import { type Message, statusOf } from "../../core/model/message/message.ts";
import type { MessagePage, MessageQuery } from "../../core/ports/messages.ts";
import type { Disk } from "../sqlite/disk.ts";
import { walk, windowRows } from "../sqlite/walk.ts";
import type { HomeOf } from "./contact-history.ts";
import { indexedBy, messageColumns, messageOf, type MessageRow } from "./message-row.ts";

/** Whether it asks for what no index tells apart. */
export const isFilter = ({ chat = null, kinds = null, statuses = null, since, until }: MessageQuery): boolean =>
  chat !== null || kinds !== null || statuses !== null || since !== undefined || until !== undefined;

type Placed = MessageRow & { place: number };

/** What was sent and is to be sent, looked through a window at a time. */
export function messageFilter(disk: Disk, homeOf: HomeOf) {
  const behind = `FROM ${indexedBy("message_listed")} WHERE device = $device AND place < $from`;
  const edge = disk.prepare<{ place: number | null }>(
    `SELECT min(place) AS place FROM (SELECT place ${behind} ORDER BY place DESC LIMIT ${windowRows})`,
  );
  const rows = disk.prepare<Placed>(
    `SELECT place, ${messageColumns} ${behind} AND place >= $edge AND ($chat IS NULL OR chat = $chat)
       AND ($state IS NULL OR state = $state) AND ($reason IS NULL OR (state = 'waiting' AND reason = $reason))
       AND created_at BETWEEN $since AND $until ORDER BY place DESC`,
  );
  const slices = new Slices();
  const each = async (device: string, query: MessageQuery, take: (message: Message, place: number) => boolean) => {
    const { state, reason, before, kinds = null, statuses = null, since = 0, until = Number.MAX_SAFE_INTEGER } = query;
    const chat = query.chat == null ? null : homeOf(device, query.chat);
    const passes = (message: Message): boolean =>
      (kinds?.includes(message.content.kind) ?? true) && (statuses?.includes(statusOf(message)) ?? true);
    await walk<Placed>(disk, slices, {
      owner: device,
      from: before ?? Number.MAX_SAFE_INTEGER,
      edge: (from) => edge.get({ device, from })?.place ?? null,
      rows: (from, end) => rows.all({ device, from, edge: end, chat, state, reason, since, until }),
      take: ({ place, ...row }) => {
        const message = messageOf(row, disk.seal);
        return passes(message) ? take(message, place) : true;
      },
    });
  };
  return {
    list: async (device: string, query: MessageQuery): Promise<MessagePage> => {
      const found: { message: Message; place: number }[] = [];
      await each(device, query, (message, place) => found.push({ message, place }) <= query.limit);
      const next = found.length > query.limit ? (found[query.limit - 1]?.place ?? null) : null;
      return { messages: found.slice(0, query.limit).map(({ message }) => message), next };
    },
    count: async (device: string, query: MessageQuery): Promise<number> => {
      let count = 0;
      await each(device, { ...query, before: null }, () => (count += 1) > 0);
      return count;
    },
  };
}
