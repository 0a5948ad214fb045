import { breathe } from "../../core/base/breathe.ts";
import type { Drafted, NewMessage } from "../../core/ports/messages.ts";
import type { Disk } from "../sqlite/disk.ts";
import type { Insert } from "./queue.ts";

/** A part becomes rows in one transaction: a few milliseconds of work. */
const mostRows = 100;
const mostBytes = 256 * 1024;

/** What the messages of a bulk have in common, as JSON; null where they have nothing. */
export interface Shared {
  content: string | null;
  context: string | null;
}

/** A message of a bulk before it is a row; what it has in common with the others is left out. */
interface PartRow {
  message: NewMessage;
  wait: Drafted["wait"];
}

interface Bulk {
  id: string;
  device: string;
  cancelledAt: number | null;
}

/** The one content, and the one context, that all of them have; the same object, not only an equal one. */
export function sharedBy(messages: readonly Drafted[]): Shared {
  const [first] = messages;
  const isShared = (part: "content" | "context") =>
    messages.length > 1 && messages.every(({ message }) => message[part] === first?.message[part]);
  const json = (part: "content" | "context") =>
    isShared(part) && first?.message[part] !== undefined ? JSON.stringify(first.message[part]) : null;
  return { content: json("content"), context: json("context") };
}

/**
 * Messages of bulks on their way to becoming rows: written a part at a time, void until their bulk is written, then made
 * into rows a part at a time, also after a crash. Others have their turn between two parts.
 */
export class BulkRows {
  readonly #disk: Disk;
  readonly #put;
  readonly #next;
  readonly #take;
  readonly #left;
  readonly #void;
  readonly #bulk;
  readonly #cancel;
  readonly #insert: Insert;

  constructor(disk: Disk, insert: Insert) {
    this.#disk = disk;
    this.#put = disk.prepare("INSERT INTO bulk_part (bulk, rows) VALUES (?, ?)");
    this.#next = disk.prepare<{ place: number; rows: string }, [string]>(
      "SELECT place, rows FROM bulk_part WHERE bulk = ? ORDER BY place LIMIT 1",
    );
    this.#take = disk.prepare("DELETE FROM bulk_part WHERE place = ?");
    this.#left = disk.prepare<{ id: string }, []>("SELECT DISTINCT bulk AS id FROM bulk_part");
    this.#void = disk.prepare("DELETE FROM bulk_part WHERE bulk = ?");
    this.#bulk = disk.prepare<Bulk, [string]>(
      `SELECT id, device, cancelled_at AS "cancelledAt" FROM bulk WHERE id = ?`,
    );
    this.#cancel = disk.prepare(
      "UPDATE message SET state = 'cancelled', reason = NULL, updated_at = ? WHERE device = ? AND id = ?",
    );
    this.#insert = insert;
  }

  /** Writes them beside the bulk that is to come. */
  async put(bulk: string, messages: readonly Drafted[], shared: Shared): Promise<void> {
    for (let from = 0; from < messages.length;) {
      const rows: string[] = [];
      for (let bytes = 0; from < messages.length && rows.length < mostRows && bytes < mostBytes; from++) {
        const row = JSON.stringify(rowOf(messages[from], shared));
        rows.push(row);
        bytes += row.length;
      }
      const text = `[${rows.join(",")}]`;
      const kept = this.#disk.seal.contents?.sealText(`bulk_part.rows|${bulk}`, text) ?? text;
      this.#disk.relaxed(() => void this.#put.run(bulk, kept));
      await breathe();
    }
  }

  /** Nothing comes of them. */
  drop(bulk: string): void {
    this.#disk.relaxed(() => void this.#void.run(bulk));
  }

  /** Makes rows of what is left of a bulk. */
  async finish(id: string): Promise<void> {
    while (this.#disk.relaxed(() => this.#part(id))) await breathe();
    await this.#disk.flushed();
  }

  /** After a crash: what has a bulk becomes rows, what has none goes. */
  async resume(): Promise<void> {
    for (const { id } of this.#disk.read(() => this.#left.all())) await this.finish(id);
  }

  #part(id: string): boolean {
    const part = this.#next.get(id);
    if (part === null) return false;
    const bulk = this.#bulk.get(id);
    const rows = this.#disk.seal.contents?.openText(`bulk_part.rows|${id}`, part.rows) ?? part.rows;
    if (bulk !== null) for (const row of JSON.parse(rows) as PartRow[]) this.#add(bulk, row);
    this.#take.run(part.place);
    return true;
  }

  #add({ id, device, cancelledAt }: Bulk, { message, wait }: PartRow): void {
    this.#insert(device, message, { bulk: id, wait });
    if (cancelledAt !== null) this.#cancel.run(cancelledAt, device, message.id);
  }
}

function rowOf(drafted: Drafted | undefined, { content, context }: Shared): PartRow | null {
  if (!drafted) return null;
  const { message, wait } = drafted;
  // What is null here is null in the row too, and is read from the bulk.
  const own = {
    ...message,
    ...(content === null ? {} : { content: null }),
    ...(context === null ? {} : { context: null }),
  };
  return { message: own as unknown as NewMessage, wait };
}
