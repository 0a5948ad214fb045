import { dropOldest } from "../../core/base/drop-oldest.ts";
import type { Disk } from "../sqlite/disk.ts";

/** Everything a chat or person goes by or went by, first what it is kept under. */
export interface NamesOf {
  (device: string, jid: string): readonly [string, ...string[]];
  /** Names were written or removed, or are about to be: what was read before is read again. */
  changed(): void;
  /** How often they were. */
  version(): number;
}

/** How many are remembered: each message asks a dozen times. */
const mostKept = 10_000;

/**
 *     remembering ─ changed → reading: nothing is remembered ─ the transaction of that turn has ended → remembering
 */
export function namesOn(disk: Disk): NamesOf {
  const owner = disk.prepare<{ person: string }, [string, string]>(
    "SELECT person FROM person_name WHERE device = ? AND name = ?",
  );
  const all = disk.prepare<{ name: string }, [string, string]>(
    "SELECT name FROM person_name WHERE device = ? AND person = ? AND name NOT LIKE '@%'",
  );
  const kept = new Map<string, readonly [string, ...string[]]>();
  let changes = 0;
  let version = 0;
  const find = (device: string, jid: string): readonly [string, ...string[]] => {
    const found = owner.get(device, jid);
    if (found === null) return [jid];
    const others = all.all(device, found.person).flatMap(({ name }) => (name === found.person ? [] : [name]));
    return [found.person, ...others];
  };
  const names = (device: string, jid: string): readonly [string, ...string[]] => {
    if (!isPerson(jid)) return [jid];
    const key = `${device} ${jid}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const found = find(device, jid);
    if (changes > 0) return found; // it may be undone
    kept.set(key, found);
    dropOldest(kept, mostKept);
    return found;
  };
  const changed = (): void => {
    kept.clear();
    changes += 1;
    version += 1;
    // The first round of the loop ends the transaction, if that began in this very call.
    setImmediate(() => setImmediate(() => (changes -= 1)));
  };
  return Object.assign(names, { changed, version: () => version });
}

const isPerson = (jid: string): boolean => jid.endsWith("@s.whatsapp.net") || jid.endsWith("@lid");

/** A condition on a column that holds one of the names in the JSON list that `parameter` gives. */
export const among = (column: string, parameter: string): string =>
  `${column} IN (SELECT value FROM json_each($${parameter}))`;
