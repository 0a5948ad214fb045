import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Failure } from "../../core/base/failure.ts";
import type { Disk } from "./disk.ts";

/** What stands beside the database, so that an older copy of it is not taken for the newest. */
interface StampNote {
  readonly store: string;
  /** How often a bot began with this store. */
  readonly generation: number;
  /** The last event that was on disk when this was written. */
  readonly place: number;
}

/** How often the note follows the events, milliseconds: a copy that lacks less than that is not noticed. */
const followMs = 5_000;

const fileIn = (dir: string): string => join(dir, "stamp.json");
export const databaseName = "merpati.sqlite";

/** Where a restore writes until it is whole: in a folder that is there, and beside one that is not. */
export const draftIn = (dir: string): string => join(dir, "restoring");
export const draftBeside = (dir: string): string => `${dir}.restoring`;

const anew = "start once with: merpati start --after-restore";

/**
 * Throws `unavailable` where a bot ran and its database is gone, and where a restore did not come to its end: a new life in its
 * place would be a silent loss. Before the database is opened, which makes it.
 */
export function assertDatabaseThere(dir: string): void {
  const file = join(dir, databaseName);
  const isThere = existsSync(file) && statSync(file).size > 0;
  if (isThere) return;
  const draft = [draftIn(dir), draftBeside(resolve(dir))].find((path) => existsSync(path));
  if (draft !== undefined)
    throw new Failure(
      "unavailable",
      `A restore into ${dir} was interrupted: run merpati backup restore again. To begin a new bot, remove ${draft}.`,
    );
  if (readNote(dir) === null) return;
  throw new Failure(
    "unavailable",
    `merpati.sqlite is missing from ${dir}, or empty, though a bot ran here: put it back, or restore a backup ` +
      `(merpati backup restore). To begin a new bot, remove ${fileIn(dir)}.`,
  );
}

/**
 * Stamps a store at each beginning, in the database and beside it, and refuses one that is older than its note: a stale copy
 * would use keys of WhatsApp a second time. The database is stamped first, so that after a crash it is the newer of the two.
 */
export class Stamp {
  readonly #disk: Disk;
  readonly #dir: string;
  readonly #lastEvent: () => number;
  #note: StampNote;
  #timer: Timer | undefined;

  private constructor(disk: Disk, dir: string, note: StampNote) {
    this.#disk = disk;
    this.#dir = dir;
    this.#note = note;
    this.#lastEvent = lastEventOn(disk);
  }

  /** `accepted`: its keys were made fit to be used again. Throws `unavailable` for a stale copy. */
  static async begin(disk: Disk, dir: string, accepted: boolean): Promise<Stamp> {
    const row = stampIn(disk);
    const note = readNote(dir);
    const place = lastEventOn(disk)();
    if (!accepted) assertNewest({ row, note, place, dir });
    const store = row?.store ?? note?.store ?? crypto.randomUUID();
    const generation = Math.max(row?.generation ?? 0, note?.generation ?? 0) + 1;
    const stamp = new Stamp(disk, dir, { store, generation: 0, place });
    // A stamped database without a note is taken for a copy: the first note comes before the first stamp.
    if (row === null && note === null) stamp.#write();
    await disk.write(() => disk.db.run("INSERT OR REPLACE INTO stamp VALUES (1, ?, ?)", [store, generation]));
    stamp.#note = { store, generation, place };
    stamp.#write();
    stamp.#follow();
    return stamp;
  }

  /** Before the database is closed; what it returns brings the note up to date, once all is on disk. */
  end(): () => void {
    // A second end changes nothing.
    if (this.#timer === undefined) return () => {};
    clearInterval(this.#timer);
    this.#timer = undefined;
    const place = this.#lastEvent();
    return () => {
      this.#note = { ...this.#note, place };
      try {
        this.#write();
      } catch {
        // A note that lags behind refuses nothing.
      }
    };
  }

  #follow(): void {
    // A disk that refuses is told elsewhere; the note only lags behind.
    this.#timer = setInterval(() => void this.#update().catch(() => {}), followMs);
    this.#timer.unref();
  }

  async #update(): Promise<void> {
    const place = this.#lastEvent();
    if (place === this.#note.place) return;
    // Never ahead of what a power cut would leave.
    await this.#disk.flushed();
    const note = { ...this.#note, place };
    const file = fileIn(this.#dir);
    const handle = await open(`${file}.new`, "w", 0o600);
    try {
      await handle.writeFile(textOf(note));
      await handle.sync();
    } finally {
      await handle.close();
    }
    // Its end has written a newer one meanwhile.
    if (this.#timer === undefined) return rmSync(`${file}.new`, { force: true });
    renameSync(`${file}.new`, file);
    this.#note = note;
  }

  #write(): void {
    const file = fileIn(this.#dir);
    const handle = openSync(`${file}.new`, "w", 0o600);
    try {
      writeSync(handle, textOf(this.#note));
      // After a power cut an empty note would refuse a database that is whole.
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(`${file}.new`, file);
  }
}

const textOf = (note: StampNote): string => `${JSON.stringify(note)}\n`;

interface Compared {
  readonly row: { readonly store: string; readonly generation: number } | null;
  readonly note: StampNote | null;
  readonly place: number;
  readonly dir: string;
}

function assertNewest({ row, note, place, dir }: Compared): void {
  const generation = row?.generation ?? 0;
  if (note === null && generation === 0) return; // new, or of a Merpati that knew no stamps
  const refused = (sentence: string) => new Failure("unavailable", sentence);
  if (note === null)
    throw refused(`merpati.sqlite stands in ${dir} without its stamp.json: it is a copy. Put both back, or ${anew}`);
  if (row !== null && row.store !== note.store)
    throw refused(
      `merpati.sqlite in ${dir} is of another bot than the one that ran here. Put the right one back, or ${anew}`,
    );
  if (generation < note.generation)
    throw refused(
      `merpati.sqlite in ${dir} is older than the one that ran here last, or lacks its merpati.sqlite-wal. Put the newest back, both files, or ${anew}`,
    );
  if (place < note.place)
    throw refused(
      `merpati.sqlite in ${dir} lacks its last changes: was it copied without merpati.sqlite-wal? Put both back, or ${anew}`,
    );
}

function stampIn({ db }: Disk): Compared["row"] {
  return db.query<{ store: string; generation: number }, []>("SELECT store, generation FROM stamp").get();
}

/** Never goes down, whatever is pruned. */
function lastEventOn(disk: Disk): () => number {
  const last = disk.prepare<{ seq: number }, []>("SELECT seq FROM sqlite_sequence WHERE name = 'event'");
  return () => disk.read(() => last.get()?.seq ?? 0);
}

/** Null when there is none, or nothing that could be read. */
function readNote(dir: string): StampNote | null {
  try {
    const { store, generation, place } = JSON.parse(readFileSync(fileIn(dir), "utf8")) as StampNote;
    return typeof store === "string" && Number.isSafeInteger(generation) && Number.isSafeInteger(place)
      ? { store, generation, place }
      : null;
  } catch {
    return null;
  }
}
