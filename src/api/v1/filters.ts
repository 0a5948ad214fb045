import type { EventType } from "../../core/events.ts";
import { eventFilters, typesOf } from "../../core/targets.ts";

/** Comma-separated text as a list; null when it is absent. */
export function listOf<T>(read: (parts: string[]) => T[], text: string | undefined): T[] | null {
  if (text === undefined) return null;
  const parts = text.split(",").map((part) => part.trim());
  return read(parts.filter((part) => part !== ""));
}

/** Types and families (`message.*`) as types. Throws `invalid`. */
export const types = (filters: string[]): EventType[] => typesOf(eventFilters(filters, "types"));

export const ids = (parts: string[]): string[] => parts;
