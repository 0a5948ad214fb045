import type { Clock } from "../base/clock.ts";
import { asFailure, Failure } from "../base/failure.ts";
import type { Media, MediaRecord, MediaSource, MediaTools } from "../ports/media.ts";

export interface FetchPorts {
  media: Media;
  source: MediaSource;
  tools: Pick<MediaTools, "thumbnail">;
  clock: Clock;
  /** Bytes. */
  limit: number;
  /**
   * Asks the phone of a device (by its uid) to bring a file to WhatsApp again; resolves to where it is then. Throws
   * `gone` when the phone has it no more, and otherwise when the phone could not be asked or did not say.
   */
  renew(device: string, remote: string): Promise<string>;
}

/** How long who wants a file waits for the phone. What the phone says later counts all the same. */
const patienceMs = 20_000;

/** Gets the files of messages from WhatsApp, and those that WhatsApp no longer keeps from the phone. */
export class Fetching {
  readonly #running = new Map<string, Promise<MediaRecord>>();
  readonly #asked = new Map<string, Promise<MediaRecord>>();

  readonly #ports: FetchPorts;

  constructor(ports: FetchPorts) {
    this.#ports = ports;
  }

  /** The file, on disk. Fetched once however many ask. What failed for good stays failed. Throws as `MediaDesk.bytes`. */
  fetched(record: MediaRecord): Promise<MediaRecord> {
    if (record.state === "ready") return Promise.resolve(record);
    if (record.state === "failed")
      return Promise.reject(new Failure("gone", record.reason ?? "This file could not be fetched."));
    const running = this.#running.get(record.id) ?? this.#fetch(record).finally(() => this.#running.delete(record.id));
    this.#running.set(record.id, running);
    return running;
  }

  async #fetch(record: MediaRecord): Promise<MediaRecord> {
    try {
      return await this.#kept(record).catch((error: unknown) => this.#again(record, error));
    } catch (error) {
      const failure = asFailure(error);
      if (lasts(failure)) await this.#ports.media.update(record.id, { state: "failed", reason: failure.message });
      throw failure;
    }
  }

  async #kept(record: MediaRecord): Promise<MediaRecord> {
    const { media, source, tools, limit, clock } = this.#ports;
    if (record.remote === null) throw new Failure("gone", "WhatsApp does not say where this file is.");
    const kept = await media.keep(source.fetch(record.remote, limit, record), limit);
    const blob = await media.bytes(kept.sha256);
    if (!blob) throw new Failure("unavailable", "The file was written and is not there; check the disk.");
    const thumbnail = record.thumbnail ?? (await tools.thumbnail(blob));
    const change = { ...kept, state: "ready", thumbnail, usedAt: clock.now() } as const;
    await media.update(record.id, change);
    return { ...record, ...change };
  }

  async #again(record: MediaRecord, error: unknown): Promise<MediaRecord> {
    if (asFailure(error).code !== "gone" || record.remote === null) throw error;
    const asked = this.#asked.get(record.id) ?? this.#ask(record, record.remote);
    const { promise: late, reject } = Promise.withResolvers<never>();
    const cancel = this.#ports.clock.after(patienceMs, () => reject(silent()));
    return this.#kept(await Promise.race([asked, late]).finally(cancel));
  }

  #ask(record: MediaRecord, remote: string): Promise<MediaRecord> {
    const asking = this.#renewed(record, remote).finally(() => this.#asked.delete(record.id));
    // Nobody may be waiting any more.
    asking.catch(() => {});
    this.#asked.set(record.id, asking);
    return asking;
  }

  async #renewed(record: MediaRecord, before: string): Promise<MediaRecord> {
    const remote = await this.#ports.renew(record.device, before).catch((error: unknown) => {
      const failure = asFailure(error);
      throw failure.code === "gone" ? failure : unasked(failure);
    });
    await this.#ports.media.update(record.id, { remote });
    return { ...record, remote };
  }
}

const lost = "WhatsApp does not keep this file any more";

const silent = (): Failure =>
  new Failure("gone", `${lost}. The phone was asked for it and is silent: open WhatsApp there, then ask again.`, {
    retryAfter: 60,
  });

const unasked = ({ message, retryAfter = 60 }: Failure): Failure =>
  new Failure("gone", `${lost}, and the phone could not be asked for it: ${message}`, { retryAfter });

/** With time to try again, the phone may still have it. */
const lasts = ({ code, retryAfter }: Failure): boolean =>
  retryAfter === undefined && (code === "gone" || code === "refused" || code === "too_large");
