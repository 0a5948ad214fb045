import type { Disk } from "../sqlite/disk.ts";

/** Everything a chat or person goes by, first what it is kept under: of a person the number, when it is known. */
export type NamesOf = (device: string, jid: string) => readonly [string, ...string[]];

const byNumber = "@s.whatsapp.net";
const byLid = "@lid";

export function namesOn(disk: Disk): NamesOf {
  const of = (column: string) =>
    disk.prepare<{ phone: string | null; lid: string | null }, [string, string]>(
      `SELECT phone, lid FROM contact WHERE device = ? AND ${column} = ?`,
    );
  const [ofPhone, ofLid] = [of("phone"), of("lid")];
  return (device, jid) => {
    const found = jid.endsWith(byNumber)
      ? ofPhone.get(device, jid.slice(0, -byNumber.length))
      : jid.endsWith(byLid)
        ? ofLid.get(device, jid)
        : null;
    return found?.phone && found.lid ? [`${found.phone}${byNumber}`, found.lid] : [jid];
  };
}
