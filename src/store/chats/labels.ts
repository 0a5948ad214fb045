import type { Label, LabelChange, Labels } from "../../core/ports/labels.ts";
import type { Disk } from "../sqlite/disk.ts";
import { me } from "../../core/model/message/message-name.ts";
import { among, type NamesOf } from "./names.ts";

/** Writes what became of labels; inside somebody's transaction. One that went stays as a number that is taken. */
export function labelWriter(disk: Disk, names: NamesOf): (device: string, change: LabelChange) => void {
  const put = disk.prepare(
    `INSERT INTO label (device, id, name, color) VALUES ($device, $id, $name, $color)
     ON CONFLICT DO UPDATE SET name = $name, color = $color, gone = 0`,
  );
  const remove = disk.prepare(
    "INSERT INTO label (device, id, name, color, gone) VALUES ($device, $id, '', 0, 1) ON CONFLICT DO UPDATE SET gone = 1",
  );
  const unused = disk.prepare("DELETE FROM label_use WHERE device = $device AND label = $id");
  const use = usesWriter(disk, names);
  return (device, change) => {
    switch (change.type) {
      case "label":
        return void put.run({ device, ...change.label });
      case "unlabel":
        unused.run({ device, id: change.id });
        return void remove.run({ device, id: change.id });
      default:
        return use(device, change);
    }
  };
}

/** Puts a label on a chat or a message, or takes it off. Of who wrote a message the one who is known stands, where any is. */
function usesWriter(disk: Disk, names: NamesOf) {
  const there = "device = $device AND label = $label AND chat = $chat AND message = $message";
  const any = disk.prepare(`SELECT 1 FROM label_use WHERE ${there}`);
  const add = disk.prepare(
    "INSERT OR IGNORE INTO label_use (device, label, chat, message, author) VALUES ($device, $label, $chat, $message, $author)",
  );
  const nobody = disk.prepare(`DELETE FROM label_use WHERE ${there} AND author = ''`);
  const take = disk.prepare(
    `DELETE FROM label_use WHERE ${there} AND (author = '' OR $author = '' OR ${among("author", "authors")})`,
  );
  return (device: string, change: Extract<LabelChange, { type: "labelled" }>): void => {
    const { author = null, id: message = "" } = change.message ?? {};
    const all = author === null || author === me ? [author ?? ""] : names(device, author);
    const place = { device, label: change.label, chat: names(device, change.chat)[0], message };
    const given = { ...place, author: all[0] ?? "" };
    if (!change.labelled) return void take.run({ ...given, authors: JSON.stringify(all) });
    if (author === null && any.get(place) !== null) return;
    if (author !== null) nobody.run(place);
    add.run(given);
  };
}

export function labelsOn(disk: Disk, names: NamesOf): Labels {
  const count = (condition: string) =>
    `(SELECT count(*) FROM label_use WHERE label_use.device = label.device AND label = label.id AND ${condition})`;
  const list = disk.prepare<Awaited<ReturnType<Labels["list"]>>[number], [string]>(
    `SELECT id, name, color, ${count("message = ''")} AS chats, ${count("message <> ''")} AS messages
     FROM label WHERE device = ? AND gone = 0 ORDER BY CAST(id AS INTEGER), id`,
  );
  const get = disk.prepare<Label, [string, string]>(
    "SELECT id, name, color FROM label WHERE device = ? AND id = ? AND gone = 0",
  );
  const uses = disk.prepare<{ chat: string; message: string; author: string }, [string, string]>(
    "SELECT chat, message, author FROM label_use WHERE device = ? AND label = ? ORDER BY chat, message, author",
  );
  const highest = disk.prepare<{ id: number | null }, [string]>(
    "SELECT max(CAST(id AS INTEGER)) AS id FROM label WHERE device = ?",
  );
  return {
    list: async (device) => disk.read(() => list.all(device)),
    get: async (device, id) => disk.read(() => get.get(device, id)),
    uses: async (device, id) =>
      disk.read(() => {
        const all = uses.all(device, id);
        return {
          chats: all.flatMap(({ chat, message }) => (message === "" ? [chat] : [])),
          messages: all.flatMap(({ chat, message, author }) => {
            const who = author === "" ? null : author === me ? me : names(device, author)[0];
            return message === "" ? [] : [{ chat, author: who, id: message }];
          }),
        };
      }),
    highest: async (device) => disk.read(() => highest.get(device)?.id ?? 0),
  };
}
