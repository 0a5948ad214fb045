import type { Contact, ContactChange, ContactQuery, Contacts } from "../../core/ports/contacts.ts";
import { dropOldest } from "../../core/base/drop-oldest.ts";
import { jidOfPhone } from "../../core/model/person.ts";
import type { Disk } from "../sqlite/disk.ts";
import type { NamesOf } from "./names.ts";

const columns = `contact.jid, contact.phone, contact.lid, person.username, contact.name, contact.push_name AS "pushName"`;
const source = `contact LEFT JOIN person ON person.device = contact.device AND person.jid = contact.jid`;

type Find = (device: string, jids: readonly string[]) => Contact[];

/** Those who go by one of these names. */
function finder(disk: Disk, names: NamesOf): Find {
  const find = disk.prepare<Contact, [string, string]>(
    `SELECT ${columns} FROM ${source} WHERE contact.device = ? AND contact.jid = ?`,
  );
  return (device, jids) =>
    [...new Set(jids.map((jid) => names(device, jid)[0]))].flatMap((jid) => find.get(device, jid) ?? []);
}

const jidsOf = ({ phone, lid }: Pick<Contact, "phone" | "lid">): string[] =>
  [phone === null ? null : jidOfPhone(phone), lid].filter((jid) => jid !== null);

/** Writes what became known of people, who are known by their names already; inside somebody's transaction. */
export function contactWriter(disk: Disk, names: NamesOf): (device: string, change: ContactChange) => void {
  const find = finder(disk, names);
  const written = new WrittenContacts(disk, names);
  const put = disk.prepare(
    `INSERT INTO contact (device, jid, phone, lid, name, push_name) VALUES ($device, $jid, $phone, $lid, $name, $pushName)
     ON CONFLICT (device, jid) DO UPDATE SET phone = $phone, lid = $lid, name = $name, push_name = $pushName`,
  );
  const person = disk.prepare<Pick<Contact, "phone" | "lid">, [string, string]>(
    "SELECT phone, lid FROM person WHERE device = ? AND jid = ?",
  );
  return (device, change) => {
    const [given] = jidsOf(change);
    if (given === undefined) return;
    const [jid] = names(device, given);
    // With nearly every message nothing is new.
    const mark = `${change.phone}|${change.lid}|${change.name}|${change.pushName}`;
    const key = `${device} ${jid}`;
    if (written.last(key) === mark) return;
    const [known] = find(device, [jid]);
    if (change.onlyKnown && !known) return;
    const who = person.get(device, jid) ?? change;
    const now = {
      phone: who.phone,
      lid: who.lid,
      name: change.name ?? known?.name ?? null,
      pushName: change.pushName ?? known?.pushName ?? null,
    };
    const isSame = known?.phone === now.phone && known.lid === now.lid;
    if (!isSame || known.name !== now.name || known.pushName !== now.pushName) put.run({ device, jid, ...now });
    written.note(key, mark);
  };
}

/** Contacts whose last change is remembered, of all devices. */
const mostWritten = 10_000;

/** What was written of contacts last; forgotten when people change and when a work is undone. */
class WrittenContacts {
  readonly #changes = new Map<string, string>();
  #asOf = "";

  readonly #disk: Disk;
  readonly #names: NamesOf;

  constructor(disk: Disk, names: NamesOf) {
    this.#disk = disk;
    this.#names = names;
  }

  last(contact: string): string | undefined {
    const now = `${this.#disk.undone} ${this.#names.version()}`;
    if (now !== this.#asOf) this.#changes.clear();
    this.#asOf = now;
    return this.#changes.get(contact);
  }

  note(contact: string, change: string): void {
    this.#changes.set(contact, change);
    dropOldest(this.#changes, mostWritten);
  }
}

export function contactsOn(disk: Disk, names: NamesOf): Contacts {
  const list = disk.prepare<Contact>(
    `SELECT ${columns} FROM ${source} WHERE contact.device = $device AND contact.jid > $after AND ($search IS NULL
       OR instr(lower(contact.name), $search) OR instr(lower(contact.push_name), $search) OR instr(contact.phone, $search)
       OR instr(person.username, $search))
     ORDER BY contact.jid LIMIT $limit`,
  );
  const find = finder(disk, names);
  return {
    find: async (device, who) => disk.read(() => find(device, jidsOf(who))),
    list: async (device, { search, after, limit }: ContactQuery) =>
      disk.read(() => list.all({ device, after: after ?? "", search: search?.toLowerCase() ?? null, limit })),
  };
}
