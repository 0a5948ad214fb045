import type { Contact, ContactChange, ContactQuery, Contacts } from "../../core/ports/contacts.ts";
import { chatMerger } from "./chats.ts";
import type { Disk } from "../sqlite/disk.ts";

const columns = `jid, phone, lid, name, push_name AS "pushName"`;

type Find = (device: string, names: Pick<Contact, "phone" | "lid">) => Contact[];

/** Those who go by one of these names, each by its own index: `phone = … OR lid = …` would look at every contact. */
function finder(disk: Disk): Find {
  const by = (name: "phone" | "lid") =>
    disk.prepare<Contact, [string, string]>(`SELECT ${columns} FROM contact WHERE device = ? AND ${name} = ?`);
  const byPhone = by("phone");
  const byLid = by("lid");
  return (device, { phone, lid }) => {
    const first = phone === null ? null : byPhone.get(device, phone);
    const second = lid === null || first?.lid === lid ? null : byLid.get(device, lid);
    return [first, second].filter((one) => one !== null);
  };
}

/** Writes what became known of people; inside somebody's transaction. Two entries that turn out to be one become one. */
export function contactWriter(disk: Disk): (device: string, change: ContactChange) => void {
  const merge = chatMerger(disk);
  const find = finder(disk);
  const remove = disk.prepare("DELETE FROM contact WHERE device = $device AND jid = $jid");
  const put = disk.prepare(
    `INSERT OR REPLACE INTO contact (device, jid, phone, lid, name, push_name)
     VALUES ($device, $jid, $phone, $lid, $name, $pushName)`,
  );
  return (device, change) => {
    if (change.phone === null && change.lid === null) return;
    const known = find(device, change);
    if (change.onlyKnown && known.length === 0) return;
    const all: readonly Omit<Contact, "jid">[] = [change, ...known];
    const first = <K extends keyof Omit<Contact, "jid">>(key: K) =>
      all.map((one) => one[key]).find((value) => value !== null) ?? null;
    const now = { phone: first("phone"), lid: first("lid"), name: first("name"), pushName: first("pushName") };
    const jid = now.phone === null ? (now.lid ?? "") : `${now.phone}@s.whatsapp.net`;
    const [only] = known;
    const same = known.length === 1 && only?.jid === jid && only.lid === now.lid;
    if (same && only.name === now.name && only.pushName === now.pushName) return;
    for (const { jid: former } of known) remove.run({ device, jid: former });
    put.run({ device, jid, ...now });
    if (now.phone !== null && now.lid !== null && known.some(({ phone }) => phone === null))
      merge(device, now.lid, jid);
  };
}

export function contactsOn(disk: Disk): Contacts {
  const list = disk.prepare<Contact>(
    `SELECT ${columns} FROM contact WHERE device = $device AND jid > $after AND ($search IS NULL
       OR instr(lower(name), $search) OR instr(lower(push_name), $search) OR instr(phone, $search))
     ORDER BY jid LIMIT $limit`,
  );
  const find = finder(disk);
  return {
    find: async (device, names) => disk.read(() => find(device, names)),
    list: async (device, { search, after, limit }: ContactQuery) =>
      disk.read(() => list.all({ device, after: after ?? "", search: search?.toLowerCase() ?? null, limit })),
  };
}
