import type { ContactHistoryChange, ContactHistory } from "../../core/ports/contact-history.ts";
import { bulkRank } from "../../core/model/queue-class.ts";
import type { Disk } from "../sqlite/disk.ts";
import { unsettled } from "./message-row.ts";

type Known = NonNullable<Awaited<ReturnType<ContactHistory["get"]>>>;

/** A moment is not written again before it has moved by so much: the governor thinks in days. */
const grain = 60_000;

export function contactHistoryOn(disk: Disk): ContactHistory {
  const get = disk.prepare<Known, [string, string]>(
    `SELECT heard_at AS "heardAt", said_at AS "saidAt", held_until AS "heldUntil"
     FROM acquaintance WHERE device = ? AND address = ?`,
  );
  const forget = disk.prepare("DELETE FROM acquaintance WHERE device = ?");
  return {
    get: async (device, chat) => disk.read(() => get.get(device, chat)),
    forget: async (device) => disk.write(() => void forget.run(device)),
  };
}

/**
 * Writes what happened between a device and a person, for both of their addresses; inside somebody's transaction.
 * Who writes is answered: what waits for them is due, and what is queued for them goes first.
 */
export function contactHistoryWriter(disk: Disk): (device: string, change: ContactHistoryChange) => void {
  const heard = disk.prepare(
    `INSERT INTO acquaintance (device, address, also, heard_at) VALUES ($device, $address, $also, $at)
     ON CONFLICT (device, address) DO UPDATE SET heard_at = $at, held_until = NULL, also = coalesce($also, also)
     WHERE heard_at IS NULL OR abs(heard_at - $at) > ${grain} OR held_until IS NOT NULL
       OR ($also IS NOT NULL AND also IS NOT $also)`,
  );
  const answer = disk.prepare(
    `UPDATE message SET lane = iif(lane >= ${bulkRank}, ${bulkRank}, 0), not_before = iif(send_at IS NULL, min(not_before, $at), not_before)
     WHERE device = $device AND chat = $address AND ${unsettled} AND state <> 'sending'`,
  );
  const alias = "SELECT also FROM acquaintance WHERE device = $device AND address = $address";
  const aliasOf = disk.prepare<{ also: string | null }>(alias);
  const both = (column: string, unlessNear: string) => [
    disk.prepare(
      `INSERT INTO acquaintance (device, address, ${column}) VALUES ($device, $address, $at)
       ON CONFLICT (device, address) DO UPDATE SET ${column} = $at ${unlessNear}`,
    ),
    disk.prepare(`UPDATE acquaintance SET ${column} = $at WHERE device = $device AND address = (${alias})`),
  ];
  const said = both("said_at", `WHERE said_at IS NULL OR abs(said_at - $at) > ${grain}`);
  const held = both("held_until", "");
  const release = disk.prepare(
    `UPDATE message SET not_before = 0 WHERE device = $device AND chat IN ($address, (${alias}))
       AND state = 'waiting' AND reason = 'contact_held'`,
  );
  return (device, { chat: address, also = null, heardAt, saidAt, heldUntil }) => {
    if (heardAt !== undefined && heard.run({ device, address, also, at: heardAt }).changes > 0) {
      const alias = also ?? aliasOf.get({ device, address })?.also ?? null;
      if (alias !== null) heard.run({ device, address: alias, also: address, at: heardAt });
      for (const one of [address, alias]) answer.run({ device, address: one, at: heardAt });
    }
    // What has not moved for one of the addresses has not for the other.
    if (saidAt !== undefined)
      for (const write of said) if (write.run({ device, address, at: saidAt }).changes === 0) break;
    if (heldUntil !== undefined) for (const write of held) write.run({ device, address, at: heldUntil });
    if (heldUntil === null) release.run({ device, address });
  };
}
