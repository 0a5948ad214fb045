import type { ContactHistoryChange, ContactHistory } from "../../core/ports/contact-history.ts";
import { bulkRank } from "../../core/model/queue-class.ts";
import { dropOldest } from "../../core/base/drop-oldest.ts";
import type { Disk } from "../sqlite/disk.ts";
import { unsettled } from "./message-row.ts";

type Known = NonNullable<Awaited<ReturnType<ContactHistory["get"]>>>;

/** A moment is not written again before it has moved by so much: the governor thinks in days. */
const grain = 60_000;

/** Whose chat it is, by whatever name: the one that their row stands under. */
export type HomeOf = (device: string, jid: string) => string;

/** How many people are remembered: each message to one asks twice, each message that comes once. */
const mostKept = 5_000;

/** What was read last of what happened between devices and people. Whoever else writes these rows says `changed` to the names. */
export class KnownContacts {
  readonly #rows = new Map<string, Known | null>();
  #version = -1;

  readonly #disk: Disk;
  readonly #names: { version(): number };
  readonly #find: (device: string, address: string) => Known | null;

  constructor(disk: Disk, names: { version(): number }) {
    this.#disk = disk;
    this.#names = names;
    const find = disk.prepare<Known, [string, string]>(
      `SELECT heard_at AS "heardAt", said_at AS "saidAt", held_until AS "heldUntil"
       FROM acquaintance WHERE device = ? AND address = ?`,
    );
    this.#find = (device, address) => find.get(device, address);
  }

  /** By the name that their row stands under. */
  at(device: string, address: string): Known | null {
    this.#look();
    const key = `${device} ${address}`;
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    const found = this.#find(device, address);
    this.#rows.set(key, found);
    dropOldest(this.#rows, mostKept);
    return found;
  }

  /** Their row was written, or is about to be. */
  forget(device: string, address: string): void {
    this.#rows.delete(`${device} ${address}`);
  }

  forgetAll(): void {
    this.#rows.clear();
  }

  /** What was undone, and whose rows went to another name. */
  #look(): void {
    const version = this.#names.version() + this.#disk.undone;
    if (version !== this.#version) this.#rows.clear();
    this.#version = version;
  }
}

export function contactHistoryOn(disk: Disk, home: HomeOf, known: KnownContacts): ContactHistory {
  const forget = disk.prepare("DELETE FROM acquaintance WHERE device = ?");
  return {
    get: async (device, chat) => disk.read(() => known.at(device, home(device, chat))),
    forget: async (device) =>
      disk.write(() => {
        known.forgetAll();
        forget.run(device);
      }),
  };
}

/**
 * Writes what happened between a device and a person; inside somebody's transaction. Who writes is answered: what waits
 * for them is due, and what is queued for them goes first.
 */
export function contactHistoryWriter(
  disk: Disk,
  home: HomeOf,
  known: KnownContacts,
): (device: string, change: ContactHistoryChange) => void {
  const put = (column: string, unlessNear: string, more = "") =>
    disk.prepare(
      `INSERT INTO acquaintance (device, address, ${column}) VALUES ($device, $address, $at)
       ON CONFLICT (device, address) DO UPDATE SET ${column} = $at${more} ${unlessNear}`,
    );
  const near = (column: string) => `WHERE ${column} IS NULL OR abs(${column} - $at) > ${grain}`;
  const heard = put("heard_at", `${near("heard_at")} OR held_until IS NOT NULL`, ", held_until = NULL");
  const said = put("said_at", near("said_at"));
  const held = put("held_until", "");
  const answer = disk.prepare(
    `UPDATE message SET lane = iif(lane >= ${bulkRank}, ${bulkRank}, 0), not_before = iif(send_at IS NULL, min(not_before, $at), not_before)
     WHERE device = $device AND chat = $address AND ${unsettled} AND state <> 'sending'`,
  );
  const release = disk.prepare(
    `UPDATE message SET not_before = 0 WHERE device = $device AND chat = $address
       AND state = 'waiting' AND reason = 'contact_held'`,
  );
  return (device, { chat, heardAt, saidAt, heldUntil }) => {
    const address = home(device, chat);
    const before = known.at(device, address);
    const isHeard = isNear(before?.heardAt, heardAt) && (heardAt === undefined || before?.heldUntil == null);
    if (isHeard && isNear(before?.saidAt, saidAt) && heldUntil === undefined) return; // as it stands
    known.forget(device, address);
    if (heardAt !== undefined && heard.run({ device, address, at: heardAt }).changes > 0)
      answer.run({ device, address, at: heardAt });
    if (saidAt !== undefined) said.run({ device, address, at: saidAt });
    if (heldUntil !== undefined) held.run({ device, address, at: heldUntil });
    if (heldUntil === null) release.run({ device, address });
  };
}

/** Nothing is to be written, or what stands there says it already. */
const isNear = (kept: number | null | undefined, at: number | undefined): boolean =>
  at === undefined || (kept != null && Math.abs(kept - at) <= grain);
