import type { BinaryNode } from "@whiskeysockets/baileys";
import type { Clock } from "../../core/base/clock.ts";
import type { OfflineQueueFigures } from "../../core/model/offline-queue.ts";

/** WhatsApp Web's numbers (whatsapp-rust `offline_resume.rs`, 2026-08-21). */
const batch = 200;
const nextAfterMs = 100;
/** A second preview within this time adds to the first (whatsapp-rust#1380, 2026-08). */
const samePreviewMs = 1_000;
/** How long nothing may come before it is asked for again, and before the queue counts as stalled. */
const againMs = 15_000;
const stalledMs = 60_000;

export interface OfflineQueueHooks {
  /** Asks the server for so many stanzas more. */
  ask(count: number): void;
  /** Some were announced, and none has come for a minute. It is asked for on, once a minute. */
  stalled(figures: OfflineQueueFigures): void;
}

/**
 * Pulls what WhatsApp kept during an absence: after a first few stanzas the server hands out only what it is asked for,
 * and nothing new before that is through (whatsapp-rust#1377, zapo#269, 2026-09). The server's `<offline>` ends it, but may
 * never come, so what was announced is counted too.
 */
export class OfflineQueue {
  readonly #clock: Clock;
  readonly #hooks: OfflineQueueHooks;
  #state: OfflineQueueFigures["state"] = "none";
  #announced = 0;
  #received = 0;
  #announcedAt = Number.NEGATIVE_INFINITY;
  #movedAt = 0;
  /** The next stanza of the queue is the first since the last request. */
  #isFirst = false;
  #cancelNext = () => {};
  #cancelWatch = () => {};

  constructor(clock: Clock, hooks: OfflineQueueHooks) {
    this.#clock = clock;
    this.#hooks = hooks;
  }

  get figures(): OfflineQueueFigures {
    return { state: this.#state, announced: this.#announced, received: this.#received };
  }

  /** Every stanza passes here. */
  heard({ tag, attrs, content }: BinaryNode): void {
    if (tag === "ib" && Array.isArray(content)) {
      for (const part of content) {
        if (part.tag === "offline_preview") this.#preview(Number(part.attrs.count) || 0);
        else if (part.tag === "offline") this.#end();
      }
    } else if (attrs.offline !== undefined) this.#came();
  }

  stop(): void {
    this.#cancelNext();
    this.#cancelWatch();
  }

  #preview(count: number): void {
    const now = this.#clock.monotonic();
    const isSame = now - this.#announcedAt < samePreviewMs;
    this.#announced = count + (isSame ? this.#announced : 0);
    this.#announcedAt = now;
    if (count <= 0) return;
    if (!isSame) this.#received = 0;
    this.#movedAt = now;
    this.#ask();
    this.#watch();
  }

  #came(): void {
    this.#received++;
    this.#movedAt = this.#clock.monotonic();
    if (this.#state === "stalled") this.#state = "pulling";
    if (this.#state !== "pulling" || !this.#isFirst) return;
    this.#isFirst = false;
    this.#cancelNext = this.#clock.after(nextAfterMs, () => this.#ask());
  }

  #ask(): void {
    if (this.#state !== "stalled") this.#state = "pulling";
    this.#isFirst = true;
    this.#hooks.ask(batch);
  }

  #end(): void {
    this.stop();
    this.#state = "complete";
  }

  #watch(): void {
    this.#cancelWatch();
    const pause = this.#state === "stalled" ? stalledMs : againMs;
    this.#cancelWatch = this.#clock.after(pause, () => this.#look());
  }

  #look(): void {
    const silent = this.#clock.monotonic() - this.#movedAt;
    if (silent >= stalledMs && this.#received >= this.#announced) return this.#end();
    if (silent >= stalledMs && this.#state === "pulling") {
      this.#state = "stalled";
      this.#hooks.stalled(this.figures);
    }
    if (silent >= againMs) this.#ask();
    this.#watch();
  }
}
