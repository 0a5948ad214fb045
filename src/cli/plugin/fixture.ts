import type { BotEvent } from "../../core/model/events/events.ts";
import { Failure } from "../../core/base/failure.ts";

/**
 * Recorded events: JSON Lines as `merpati plugin record` writes them, one event as JSON, a list of them, or an answer of
 * `GET /v1/events`. Throws `not_found` and `invalid`.
 */
export async function readFixture(path: string): Promise<BotEvent[]> {
  const file = Bun.file(path);
  if (!(await file.exists())) throw new Failure("not_found", `"${path}" is neither the seq of an event nor a file.`);
  return eventsIn(await parse(path, await file.text()), `${path}: `);
}

/** Throws `invalid`. */
export function eventsIn(values: readonly unknown[], where = ""): BotEvent[] {
  return values.map((value, index) => {
    if (isEvent(value)) return value;
    throw new Failure("invalid", `${where}entry ${index + 1} is no event: it needs id, type, timestamp and data.`);
  });
}

async function parse(path: string, text: string): Promise<unknown[]> {
  try {
    if (path.endsWith(".jsonl")) return Bun.JSONL.parse(text);
    const whole = JSON.parse(text) as unknown;
    if (Array.isArray(whole)) return whole;
    const listed = (whole as { data?: unknown } | null)?.data;
    return Array.isArray(listed) ? listed : [whole];
  } catch (thrown) {
    throw new Failure("invalid", `${path}: ${thrown instanceof Error ? thrown.message : String(thrown)}`, {
      cause: thrown,
    });
  }
}

function isEvent(value: unknown): value is BotEvent {
  const { id, type, timestamp, data } = (value ?? {}) as Record<string, unknown>;
  return [id, type, timestamp].every((field) => typeof field === "string") && typeof data === "object" && data !== null;
}
