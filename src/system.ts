import { createHash, randomBytes } from "node:crypto";
import type { Clock } from "./core/clock.ts";
import type { OutboxPorts } from "./core/outbox.ts";

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, fire) {
    // A longer delay would overflow and fire at once.
    const timer = setTimeout(fire, Math.min(ms, 2 ** 31 - 1));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export const ids: OutboxPorts["ids"] = {
  message: () => Bun.randomUUIDv7(),
  /** `3EB0` marks a message of WhatsApp Web; the rest is random (WA Web, `WAWebMsgKeyNewId`). */
  whatsapp: () => `3EB0${randomBytes(9).toString("hex").toUpperCase()}`,
  hash: (text) => createHash("sha256").update(text).digest("hex"),
};
