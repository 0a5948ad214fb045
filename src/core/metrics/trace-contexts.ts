import type { BotEvent } from "../model/events/events.ts";

/** The newest so many messages are remembered. */
const most = 10_000;
/** W3C Trace Context, level 1 (2021): version, trace id, span id, flags. */
const shape = /^00-([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/;

/**
 * Whose trace a message belongs to: the `traceparent` of the call that sent it goes out with the webhooks about it. Kept
 * in memory, since a trace is over long before a restart matters.
 */
export class TraceContexts {
  readonly #known = new Map<string, { trace: string; flags: string }>();
  readonly #randomHex: (bytes: number) => string;

  constructor(randomHex: (bytes: number) => string) {
    this.#randomHex = randomHex;
  }

  /** Whether a header is one; others are ignored, as the standard says. */
  static isValid(header: string): boolean {
    return shape.test(header) && !header.startsWith(`00-${"0".repeat(32)}`);
  }

  note(message: string, header: string): void {
    const [, trace = "", flags = "00"] = shape.exec(header) ?? [];
    if (trace === "") return;
    this.#known.set(message, { trace, flags });
    const oldest = this.#known.keys().next();
    if (this.#known.size > most && !oldest.done) this.#known.delete(oldest.value);
  }

  /** The header for a webhook about this event: the same trace, a span of its own. */
  of({ data }: BotEvent): string | null {
    const id = "message_id" in data ? data.message_id : null;
    const known = typeof id === "string" ? this.#known.get(id) : undefined;
    return known === undefined ? null : `00-${known.trace}-${this.#randomHex(8)}-${known.flags}`;
  }
}
