import { day } from "../base/durations.ts";
import type { Clock } from "../base/clock.ts";
import { isMedia } from "../model/content/content.ts";
import { mediaPath } from "../model/content/files.ts";
import type { NewEvent } from "../model/events/events.ts";
import { asFailure } from "../base/failure.ts";
import type { Log } from "../base/log.ts";
import type { MediaRecord } from "../ports/media.ts";
import type { MediaService } from "./media-service.ts";
import type { Incoming } from "../model/message/message.ts";
import type { Batch } from "../ports/ledger.ts";
import type { Store } from "../ports/store.ts";

export interface EagerPorts {
  store: Pick<Store, "media">;
  media: MediaService;
  clock: Clock;
  log: Log;
  record(batch: Batch): Promise<void>;
}

/** How many files of a device are fetched at once. */
const atOnce = 3;
/** After a pause, what came in meanwhile; older files wait until somebody asks. */
const catchUpMs = 3 * day;
const mostCaughtUp = 500;

interface Wanted {
  id: string;
  message: Pick<Incoming, "id" | "chat"> | null;
}

/** Fetches the files of a device's messages as they come, a few at a time. */
export class EagerFiles {
  readonly #wanted: Wanted[] = [];
  #running = 0;

  readonly #ports: EagerPorts;
  readonly #device: string;

  constructor(ports: EagerPorts, device: string) {
    this.#ports = ports;
    this.#device = device;
  }

  came({ content, id, chat }: Incoming): void {
    if (!isMedia(content)) return;
    this.#wanted.push({ id: content.media_id, message: { id, chat } });
    this.#next();
  }

  /** What a former connection did not get to. */
  catchUp(): void {
    const since = this.#ports.clock.now() - catchUpMs;
    this.#ports.store.media.remote(this.#device, since, mostCaughtUp).then(
      (records) => {
        this.#wanted.push(...records.map(({ id }) => ({ id, message: null })));
        this.#next();
      },
      (error: unknown) => this.#ports.log.warn({ err: error }, "files could not be looked up"),
    );
  }

  #next(): void {
    while (this.#running < atOnce) {
      const file = this.#wanted.shift();
      if (!file) return;
      this.#running++;
      this.#fetch(file)
        .catch((error: unknown) => this.#ports.log.warn({ err: error }, "a file could not be noted"))
        .finally(() => {
          this.#running--;
          this.#next();
        });
    }
  }

  async #fetch({ id, message }: Wanted): Promise<void> {
    const { media, store } = this.#ports;
    const record = await store.media.get(id);
    if (!record || record.state !== "remote") return;
    const owner = { media_id: id, id: message?.id ?? null, chat: message?.chat ?? null };
    try {
      const { mime, size, sha256 }: MediaRecord = await media.fetched(record);
      await this.#tell("media.ready", message, { ...owner, mime, size, sha256, url: mediaPath(id) });
    } catch (error) {
      const { code, message: sentence } = asFailure(error);
      // Out of reach for now: the next connection tries again.
      if (code === "unavailable" || code === "timeout") return;
      await this.#tell("media.failed", message, { ...owner, error: sentence, code });
    }
  }

  #tell<T extends "media.ready" | "media.failed">(
    type: T,
    message: Wanted["message"],
    data: NewEvent<T>["data"] & { media_id: string },
  ): Promise<void> {
    const event = {
      type,
      at: this.#ports.clock.now(),
      chat: message?.chat ?? null,
      once: `${type}|${data.media_id}`,
      data,
    };
    return this.#ports.record({ events: [event] });
  }
}
