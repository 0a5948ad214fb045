import { breathe } from "../../core/base/breathe.ts";
import type { Persons } from "../../core/ports/persons.ts";
import type { Disk } from "../sqlite/disk.ts";
import type { NamesOf } from "./names.ts";

/** People removed in one transaction. */
const slice = 500;
/** So much of the limit is left, so that not each new person removes one. */
const share = 0.9;

/** Somebody who neither wrote nor was written to, and whom nobody saved: a member of a group, most of the time. */
const isStranger = `NOT EXISTS (SELECT 1 FROM contact WHERE contact.device = person.device AND contact.jid = person.jid)
  AND NOT EXISTS (SELECT 1 FROM chat WHERE chat.device = person.device AND chat.jid = person.jid)
  AND NOT EXISTS (SELECT 1 FROM label_use WHERE label_use.device = person.device AND label_use.chat = person.jid)
  AND NOT EXISTS (SELECT 1 FROM acquaintance JOIN person_name AS known
    ON known.device = acquaintance.device AND known.name = acquaintance.address
    WHERE known.device = person.device AND known.person = person.jid)
  AND NOT EXISTS (SELECT 1 FROM message WHERE message.device = person.device AND message.chat = person.jid
    AND message.state IN ('queued', 'waiting', 'sending'))`;

/** Forgets strangers, those first who were met first. What the account itself goes by stays. */
export function strangersOn(disk: Disk, names: NamesOf): Pick<Persons, "limit"> {
  const count = disk.prepare<{ count: number }, [string]>("SELECT count(*) AS count FROM person WHERE device = ?");
  const oldest = disk.prepare<{ jid: string }, [string, number]>(
    `SELECT person.jid, max(person_name.learned_at) AS met FROM person JOIN person_name
       ON person_name.device = person.device AND person_name.person = person.jid
     WHERE person.device = ? AND ${isStranger}
     GROUP BY person.jid HAVING max(person_name.source = 'account') = 0 ORDER BY met LIMIT ?`,
  );
  const steps = [
    "DELETE FROM person_name WHERE device = ? AND person = ?",
    "DELETE FROM person_move WHERE device = ? AND person = ?",
    "DELETE FROM person WHERE device = ? AND jid = ?",
  ].map((sql) => disk.prepare<unknown, [string, string]>(sql));
  return {
    limit: async (device, most) => {
      const total = disk.read(() => count.get(device)?.count ?? 0);
      if (total <= most) return 0;
      const gone = disk.read(() => oldest.all(device, total - Math.floor(most * share)));
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
