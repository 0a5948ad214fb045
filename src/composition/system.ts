import { createHash, randomBytes } from "node:crypto";
import { uptime } from "node:os";
import type { Clock } from "../core/base/clock.ts";
import type { DrafterPorts } from "../core/sending/drafting/drafter.ts";

/** How often the machine is asked how long it has been up: asking takes as long as ten looks at a clock. */
const askMs = 10_000;
/** The machine counts in seconds. */
const grainMs = 3_000;

/**
 * Milliseconds that have passed, those the machine slept included: `performance.now` stands still then on Linux and
 * macOS, and a laptop that is opened at nine would believe that it is still last night. `uptime` in seconds.
 */
export function passing(awake: () => number, uptime: () => number): () => number {
  const sleptSoFar = () => uptime() * 1000 - awake();
  const before = sleptSoFar();
  let slept = 0;
  let asked = awake();
  return () => {
    const now = awake();
    if (now - asked >= askMs) {
      asked = now;
      const more = sleptSoFar() - before;
      if (more > slept + grainMs) slept = more;
    }
    return now + slept;
  };
}

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: passing(() => performance.now(), uptime),
  after(ms, fire) {
    // A longer delay would overflow and fire at once.
    const timer = setTimeout(fire, Math.min(ms, 2 ** 31 - 1));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export const ids: DrafterPorts["ids"] & { hash(text: string): string } = {
  message: () => Bun.randomUUIDv7(),
  /** `3EB0` marks a message of WhatsApp Web; the rest is random (WA Web, `WAWebMsgKeyNewId`). */
  whatsapp: () => `3EB0${randomBytes(9).toString("hex").toUpperCase()}`,
  hash: (text) => createHash("sha256").update(text).digest("hex"),
  hashAll: async (texts) => {
    const hash = createHash("sha256");
    for await (const text of texts) hash.update(text);
    return hash.digest("hex");
  },
};
