import type { Clock } from "../base/clock.ts";
import { day, hour, minute } from "../base/durations.ts";
import type { Log } from "../base/log.ts";
import type { Service } from "../base/service.ts";
import type { TextFile } from "../base/text-file.ts";
import type { GaugeReading } from "./gauges.ts";
import type { Meter } from "./meter.ts";

/** What is kept of each minute and hour. `sum`: what happened in it; `last`: how it was at its end; `most`: its worst. */
export const figureNames = {
  messages_received: "sum",
  messages_sent: "sum",
  messages_failed: "sum",
  webhook_deliveries: "sum",
  webhook_failures: "sum",
  webhook_ms: "sum",
  http_requests: "sum",
  http_errors: "sum",
  devices: "last",
  devices_connected: "last",
  messages_waiting: "last",
  deliveries_pending: "last",
  oldest_delivery_ms: "most",
  loop_lag_ms: "most",
  memory_bytes: "most",
  database_bytes: "last",
  disk_free_bytes: "last",
} as const satisfies Record<string, "sum" | "last" | "most">;

export type FigureName = keyof typeof figureNames;
export type Figure = Readonly<Record<FigureName, number>>;
export const resolutions = ["minute", "hour"] as const;
export type Resolution = (typeof resolutions)[number];

/** What was in the minute or hour that begins at `at`, milliseconds since 1970. */
export interface FigurePoint {
  readonly at: number;
  readonly figures: Figure;
}

const kept: Record<Resolution, number> = { minute: day / minute, hour: (31 * day) / hour };
/** How often it is written, milliseconds; a crash loses that much. */
const writeMs = 10 * minute;

export interface FigureLogPorts {
  readonly meter: Meter;
  readonly gauges: () => Promise<GaugeReading>;
  /** Milliseconds that the event loop was late at worst since the last call. */
  readonly worstLag: () => number;
  readonly note: TextFile;
  readonly clock: Clock;
  readonly log: Log;
}

/** The figures of each minute for a day, and of each hour for a month, over restarts. */
export class FigureLog implements Service {
  readonly #ports: FigureLogPorts;
  readonly #points: Record<Resolution, FigurePoint[]>;
  #before = new Map<FigureName, number>();
  #cancel = (): void => {};
  #writtenAt: number;

  private constructor(ports: FigureLogPorts, points: Record<Resolution, FigurePoint[]>) {
    this.#ports = ports;
    this.#points = points;
    this.#writtenAt = ports.clock.now();
  }

  static async load(ports: FigureLogPorts): Promise<FigureLog> {
    return new FigureLog(ports, read(await ports.note.read().catch(() => null)));
  }

  start(): void {
    const { clock } = this.#ports;
    // At the full minute, so that the points of two restarts fit together.
    this.#cancel = clock.after(minute - (clock.now() % minute), () => void this.#round());
  }

  async stop(): Promise<void> {
    this.#cancel();
    await this.#write();
  }

  /** From `since`, milliseconds since 1970, the oldest first. */
  since(resolution: Resolution, since: number): FigurePoint[] {
    return this.#points[resolution].filter(({ at }) => at >= since);
  }

  /** Takes down the minute that ends now. */
  async sample(): Promise<void> {
    const { clock, gauges } = this.#ports;
    const figures = this.#figures(await gauges());
    // The timer may come a moment early or late.
    const at = Math.round(clock.now() / minute) * minute - minute;
    this.#add("minute", { at, figures });
    const began = at - (at % hour);
    const last = this.#points.hour.at(-1);
    if (last?.at === began) this.#points.hour.pop();
    this.#add("hour", { at: began, figures: last?.at === began ? merged(last.figures, figures) : figures });
  }

  #figures(now: GaugeReading): Figure {
    const { meter, worstLag } = this.#ports;
    const attempts = "merpati_delivery_attempts_total";
    const requests = "merpati_http_requests_total";
    const { sum } = meter.observed("merpati_delivery_attempt_duration_seconds", "webhook");
    return {
      messages_received: this.#grown("messages_received", meter.total("merpati_messages_total", "received")),
      messages_sent: this.#grown("messages_sent", meter.total("merpati_messages_total", "sent")),
      messages_failed: this.#grown("messages_failed", meter.total("merpati_messages_total", "failed")),
      webhook_deliveries: this.#grown("webhook_deliveries", meter.total(attempts, "webhook", "ok")),
      webhook_failures: this.#grown("webhook_failures", meter.total(attempts, "webhook", "failed")),
      webhook_ms: this.#grown("webhook_ms", Math.round(sum * 1_000)),
      http_requests: this.#grown("http_requests", meter.total(requests)),
      http_errors: this.#grown("http_errors", meter.total(requests, "5xx")),
      devices: now.devices.length,
      devices_connected: now.devices.filter(({ phase }) => phase === "connected").length,
      messages_waiting: now.messagesWaiting,
      deliveries_pending: now.deliveriesPending,
      oldest_delivery_ms: now.oldestDeliveryMs,
      loop_lag_ms: worstLag(),
      memory_bytes: now.memoryBytes,
      database_bytes: now.databaseBytes,
      disk_free_bytes: now.diskFreeBytes,
    };
  }

  /** By how much a counter grew since the last minute. */
  #grown(name: FigureName, total: number): number {
    const before = this.#before.get(name) ?? 0;
    this.#before.set(name, total);
    return total - before;
  }

  #add(resolution: Resolution, point: FigurePoint): void {
    const points = this.#points[resolution];
    points.push(point);
    points.splice(0, points.length - kept[resolution]);
  }

  async #round(): Promise<void> {
    try {
      await this.sample();
      if (this.#ports.clock.now() - this.#writtenAt >= writeMs) await this.#write();
    } catch (error) {
      this.#ports.log.warn({ err: error }, "the figures of a minute were not taken down");
    }
    this.start();
  }

  async #write(): Promise<void> {
    this.#writtenAt = this.#ports.clock.now();
    const names = Object.keys(figureNames) as FigureName[];
    const packed = (points: FigurePoint[]) =>
      points.map(({ at, figures }) => [at, ...names.map((name) => figures[name])]);
    const text = JSON.stringify({ names, minute: packed(this.#points.minute), hour: packed(this.#points.hour) });
    await this.#ports.note.write(text).catch((error: unknown) => {
      this.#ports.log.warn({ err: error }, "the figures were not written");
    });
  }
}

function merged(hourSoFar: Figure, next: Figure): Figure {
  const entries = (Object.entries(figureNames) as [FigureName, "sum" | "last" | "most"][]).map(([name, how]) => {
    if (how === "sum") return [name, hourSoFar[name] + next[name]];
    return [name, how === "most" ? Math.max(hourSoFar[name], next[name]) : next[name]];
  });
  return Object.fromEntries(entries) as Figure;
}

/** What `#write` wrote; nothing of what is damaged. A figure that is new since then is 0. */
function read(text: string | null): Record<Resolution, FigurePoint[]> {
  try {
    const {
      names,
      minute: minutes,
      hour: hours,
    } = JSON.parse(text ?? "") as {
      names: string[];
      minute: number[][];
      hour: number[][];
    };
    const unpacked = (rows: number[][]): FigurePoint[] =>
      rows.map(([at = 0, ...values]) => {
        const found = new Map(names.map((name, place) => [name, values[place] ?? 0]));
        const entries = Object.keys(figureNames).map((name) => [name, found.get(name) ?? 0]);
        return { at, figures: Object.fromEntries(entries) as Figure };
      });
    return { minute: unpacked(minutes), hour: unpacked(hours) };
  } catch {
    return { minute: [], hour: [] };
  }
}
