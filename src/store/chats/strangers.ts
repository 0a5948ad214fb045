import { breathe } from "../../core/base/breathe.ts";
import type { Persons } from "../../core/ports/persons.ts";
import type { Disk } from "../sqlite/disk.ts";
import type { NamesOf } from "./names.ts";

/** People removed in one transaction. */
const slice = 250;
/** So much of the limit is left, so that not each new person removes one. */
const share = 0.9;

/** People that are looked at in one go: a few milliseconds of work. */
const look = 500;

/** Somebody who neither wrote nor was written to, and whom nobody saved: a member of a group, most of the time. */
const isStranger = `NOT EXISTS (SELECT 1 FROM contact WHERE contact.device = person.device AND contact.jid = person.jid)
  AND NOT EXISTS (SELECT 1 FROM chat WHERE chat.device = person.device AND chat.jid = person.jid)
  AND NOT EXISTS (SELECT 1 FROM label_use WHERE label_use.device = person.device AND label_use.chat = person.jid)
  AND NOT EXISTS (SELECT 1 FROM person_name AS known JOIN acquaintance
    ON acquaintance.device = known.device AND acquaintance.address = known.name
    WHERE known.device = person.device AND known.person = person.jid)
  AND NOT EXISTS (SELECT 1 FROM person_name AS known INDEXED BY person_name_of
    WHERE known.device = person.device AND known.person = person.jid AND known.source = 'account')
  AND NOT EXISTS (SELECT 1 FROM message WHERE message.device = person.device AND message.chat = person.jid
    AND message.state IN ('queued', 'waiting', 'sending'))`;

interface Met {
  jid: string;
  /** When a name of theirs was learned last. */
  met: number;
  stranger: 0 | 1;
}

/** Forgets strangers, those first who were met first. What the account itself goes by stays. */
export function strangersOn(disk: Disk, names: NamesOf): Pick<Persons, "limit"> {
  const count = disk.prepare<{ count: number }, [string]>("SELECT count(*) AS count FROM person WHERE device = ?");
  const next = disk.prepare<Met, [string, string]>(
    `SELECT jid, (${isStranger}) AS stranger, (SELECT max(learned_at) FROM person_name INDEXED BY person_name_of
       WHERE person_name.device = person.device AND person_name.person = person.jid) AS met
     FROM person WHERE device = ? AND jid > ? ORDER BY jid LIMIT ${look}`,
  );
  const steps = [
    "DELETE FROM person_name INDEXED BY person_name_of WHERE device = ? AND person = ?",
    "DELETE FROM person_move WHERE device = ? AND person = ?",
    "DELETE FROM person WHERE device = ? AND jid = ?",
  ].map((sql) => disk.prepare<unknown, [string, string]>(sql));
  const strangers = async (device: string): Promise<Met[]> => {
    const all: Met[] = [];
    for (let after = ""; ;) {
      const some = disk.read(() => next.all(device, after));
      all.push(...some.filter(({ stranger }) => stranger === 1));
      after = some.at(-1)?.jid ?? after;
      if (some.length < look) return all.toSorted((one, other) => one.met - other.met);
      await breathe();
    }
  };
  return {
    limit: async (device, most) => {
      const total = disk.read(() => count.get(device)?.count ?? 0);
      if (total <= most) return 0;
      const gone = (await strangers(device)).slice(0, total - Math.floor(most * share));
      for (let from = 0; from < gone.length; from += slice) {
        await disk.write(() => {
          names.changed();
          for (const { jid } of gone.slice(from, from + slice)) for (const step of steps) step.run(device, jid);
        });
        await breathe();
      }
      return gone.length;
    },
  };
}
