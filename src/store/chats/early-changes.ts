import type { HistoryChange, NewStoredMessage } from "../../core/ports/history.ts";
import { me, nameOfMessage } from "../../core/model/message/message-name.ts";
import { dropOldest } from "../../core/base/drop-oldest.ts";
import type { Disk } from "../sqlite/disk.ts";
import { among, type NamesOf } from "./names.ts";

/** Of each device; what is beyond goes, oldest first: anybody may speak of messages that never were. */
const most = 2_000;
/** Whose ids are remembered. */
const mostDevices = 1_000;

type Change = Extract<HistoryChange, { type: "edited" | "deleted" }>;

interface Row {
  place: number;
  at: number;
  content: string | null;
}

/** Edits and deletions that came before their message, or while nobody could read it; inside somebody's transaction. */
export function earlyChanges(disk: Disk, names: NamesOf) {
  const add = disk.prepare(
    `INSERT INTO early_change (device, chat, id, author, at, content) VALUES ($device, $chat, $id, $author, $at, $content)`,
  );
  const limit = disk.prepare(
    `DELETE FROM early_change WHERE device = $device AND place <= (SELECT place FROM early_change WHERE device = $device
       ORDER BY place DESC LIMIT 1 OFFSET ${most})`,
  );
  const found = disk.prepare<Row>(
    `SELECT place, at, content FROM early_change WHERE device = $device AND id = $id
       AND ${among("chat", "chats")} AND ${among("author", "authors")} ORDER BY place`,
  );
  const ids = disk.prepare<{ id: string }>("SELECT DISTINCT id FROM early_change WHERE device = $device");
  /** Of each device the ids of which something may wait: of nearly no message anything does. */
  const kept = new Map<string, Set<string>>();
  let undone = disk.undone;
  const idsOf = (device: string): Set<string> => {
    if (undone !== disk.undone) kept.clear();
    undone = disk.undone;
    const known = kept.get(device);
    if (known !== undefined && known.size <= 2 * most) return known;
    const found = new Set(ids.all({ device }).map(({ id }) => id));
    kept.set(device, found);
    dropOldest(kept, mostDevices);
    return found;
  };
  const remove = disk.prepare("DELETE FROM early_change WHERE place = $place");
  const { contents } = disk.seal;
  return {
    /** Only of an author who is known. */
    keep: (device: string, change: Change): void => {
      if (change.author === null) return;
      const { chat, id, author, at } = change;
      const text = change.type === "edited" ? JSON.stringify(change.content) : null;
      const content = text === null ? null : (contents?.sealText(`early_change.content|${device}|${id}`, text) ?? text);
      const [name] = author === me ? [me] : names(device, author);
      idsOf(device).add(id);
      add.run({ device, chat: names(device, chat)[0], id, author: name, at, content });
      limit.run({ device });
    },
    /** What waited for this message, in the order it came; it waits no longer. */
    take: (device: string, said: NewStoredMessage): Change[] => {
      const { chat, author, id } = nameOfMessage(said);
      if (!idsOf(device).has(id)) return [];
      const authors = author === null || author === me ? [me] : names(device, author);
      const given = { device, id, chats: JSON.stringify(names(device, chat)), authors: JSON.stringify(authors) };
      return found.all(given).map(({ place, at, content }) => {
        remove.run({ place });
        const name = { chat, author, id, at };
        return content === null
          ? { type: "deleted", ...name }
          : {
              type: "edited",
              ...name,
              content: JSON.parse(contents?.openText(`early_change.content|${device}|${id}`, content) ?? content),
            };
      });
    },
  };
}
