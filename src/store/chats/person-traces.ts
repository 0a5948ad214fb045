import { breathe } from "../../core/base/breathe.ts";
import { type BotEvent, contentEvents } from "../../core/model/events/events.ts";
import type { History, PersonTrace } from "../../core/ports/history.ts";
import type { Disk } from "../sqlite/disk.ts";
import { type EventRow, eventColumns, eventOf } from "../events/event-row.ts";
import { messageColumns, messageOf, type MessageRow } from "../outbox/message-row.ts";
import type { NamesOf } from "./names.ts";
import { sealedTraces } from "./sealed-traces.ts";
import { storedColumns, storedOf, type StoredRow } from "./stored-row.ts";
import { amongNames, plainTraces, type Sought, tracesSlice, wordsNaming } from "./traces.ts";

/** All that is kept of a person, a slice at a time: what they said and were told, what was sent to them, events that name them. */
export function tracesOn(disk: Disk, names: NamesOf): History["traces"] {
  const said = saidOn(disk);
  const sent = sentOn(disk);
  const events = eventsOn(disk);
  return async function* (device, jids) {
    const all = [...new Set(jids.flatMap((jid) => names(device, jid)))];
    const sought: Sought = { device, names: JSON.stringify(all) };
    for (const [table, read] of [
      ["said", said],
      ["message", sent],
      ["event", events(wordsNaming(all))],
    ] as const) {
      const { first, last } = disk.read(() => endsOf(disk, table));
      for (let place = first; place <= last; place += tracesSlice) {
        yield* disk.read(() => read(sought, place));
        await breathe();
      }
    }
  };
}

function endsOf(disk: Disk, table: "said" | "message" | "event"): { first: number; last: number } {
  const ends = disk.db.query<{ first: number | null; last: number | null }, []>(
    `SELECT min(place) AS first, max(place) AS last FROM ${table}`,
  );
  const { first, last } = ends.get() ?? { first: null, last: null };
  return { first: first ?? 1, last: last ?? 0 };
}

type Read = (sought: Sought, place: number) => PersonTrace[];

const slice = `place >= $place AND place < $place + ${tracesSlice} AND device = $device`;

function saidOn(disk: Disk): Read {
  const rows = disk.prepare<StoredRow>(
    `SELECT ${storedColumns} FROM said WHERE ${slice} AND (chat ${amongNames} OR sender ${amongNames}) ORDER BY place`,
  );
  return (sought, place) =>
    rows.all({ ...sought, place }).map((row) => ({ type: "said", message: storedOf(row, sought.device, disk.seal) }));
}

function sentOn(disk: Disk): Read {
  const rows = disk.prepare<MessageRow>(
    `SELECT ${messageColumns} FROM message WHERE ${slice} AND chat ${amongNames} ORDER BY place`,
  );
  return (sought, place) =>
    rows.all({ ...sought, place }).map((row) => ({ type: "sent", message: messageOf(row, disk.seal) }));
}

function eventsOn(disk: Disk): (words: readonly string[]) => Read {
  const { naming } = disk.seal.contents === null ? plainTraces(disk) : sealedTraces(disk);
  const row = disk.prepare<EventRow, [number]>(
    `SELECT ${eventColumns} FROM event LEFT JOIN device ON device.uid = event.device WHERE event.place = ?`,
  );
  return (words) => (sought, place) =>
    naming({ ...sought, words: JSON.stringify(words) }, place).flatMap((found) => {
      const stored = row.get(found);
      const event = stored && eventOf(stored, disk.seal);
      return event && isAbout(event, sought) ? [{ type: "event" as const, event }] : [];
    });
}

/** What somebody else said is theirs, though it quotes or mentions who is sought. */
function isAbout({ type, data }: BotEvent, { names }: Sought): boolean {
  if (!contentEvents.has(type)) return true;
  const { chat, sender } = data as { chat?: string; sender?: string };
  const all = JSON.parse(names) as string[];
  return [chat, sender].some((name) => name !== undefined && all.includes(name));
}
