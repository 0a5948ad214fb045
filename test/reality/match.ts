import type { BotEvent } from "../../src/core/model/events/events.ts";
import type { ExpectedEvent } from "./cases.ts";

/** Whether `value` holds all of `wanted`: of an object the named fields, of a list each item in some place. */
export function matches(value: unknown, wanted: unknown): boolean {
  if (isAny(wanted)) return wanted.any.some((one) => matches(value, one));
  if (Array.isArray(wanted)) {
    return Array.isArray(value) && wanted.every((one) => value.some((item) => matches(item, one)));
  }
  if (typeof wanted !== "object" || wanted === null) return value === wanted;
  return isRecord(value) && Object.entries(wanted).every(([name, inner]) => matches(value[name], inner));
}

/** What is wrong with the events that came, as sentences without a subject. */
export function wrongEvents(wanted: readonly (string | ExpectedEvent)[], came: readonly BotEvent[]): string[] {
  const left = [...came];
  const missing = wanted.flatMap((one) => {
    const { type, data = {} } = typeof one === "string" ? { type: one } : one;
    const at = left.findIndex((event) => event.type === type && matches(event.data, data));
    if (at < 0) return [`brings no ${type} with ${JSON.stringify(data)}`];
    left.splice(at, 1);
    return [];
  });
  return [...missing, ...left.map(({ type, data }) => `brings ${type} ${JSON.stringify(data)}`)];
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const isAny = (wanted: unknown): wanted is { any: unknown[] } =>
  isRecord(wanted) && Array.isArray(wanted["any"]) && Object.keys(wanted).length === 1;
