import type { Disk } from "../sqlite/disk.ts";

/** Everything a chat or person goes by or went by, first what it is kept under. */
export type NamesOf = (device: string, jid: string) => readonly [string, ...string[]];

export function namesOn(disk: Disk): NamesOf {
  const owner = disk.prepare<{ person: string }, [string, string]>(
    "SELECT person FROM person_name WHERE device = ? AND name = ?",
  );
  const all = disk.prepare<{ name: string }, [string, string]>(
    "SELECT name FROM person_name WHERE device = ? AND person = ? AND name NOT LIKE '@%'",
  );
  return (device, jid) => {
    const found = isPerson(jid) ? owner.get(device, jid) : null;
    if (found === null) return [jid];
    const others = all.all(device, found.person).flatMap(({ name }) => (name === found.person ? [] : [name]));
    return [found.person, ...others];
  };
}

const isPerson = (jid: string): boolean => jid.endsWith("@s.whatsapp.net") || jid.endsWith("@lid");

/** A condition on a column that holds one of the names in the JSON list that `parameter` gives. */
export const among = (column: string, parameter: string): string =>
  `${column} IN (SELECT value FROM json_each($${parameter}))`;
