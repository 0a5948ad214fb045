import { t } from "elysia";
import { type DeliveryStage, deliveryStages } from "../../core/ports/deliveries.ts";
import type { EventType } from "../../core/model/events/events.ts";
import { Failure } from "../../core/base/failure.ts";
import { eventFilters, typesOf } from "../../core/model/events/targets.ts";

/** A parameter that is a list with commas; OpenAPI tells it as a list of `items`. */
export const commaList = (description: string, items: object = { type: "string" }) =>
  t.Optional(t.String({ description, openapi: { type: "array", items } }));

/** Comma-separated text as a list; null when it is absent. */
export function parseList<T>(read: (parts: string[]) => T[], text: string | undefined): T[] | null {
  if (text === undefined) return null;
  const parts = text.split(",").map((part) => part.trim());
  return read(parts.filter((part) => part !== ""));
}

/** Types and families (`message.*`) as types. Throws `invalid`. */
export const types = (filters: string[]): EventType[] => typesOf(eventFilters(filters, "types"));

/** Stages of deliveries. Throws `invalid`. */
export function stages(parts: string[]): DeliveryStage[] {
  const known = parts.filter((part): part is DeliveryStage => deliveryStages.some((stage) => stage === part));
  if (known.length === parts.length && parts.length > 0) return known;
  throw new Failure("invalid", `"status" takes some of ${deliveryStages.join(", ")}, with commas.`, {
    field: "status",
  });
}

/** Ids of devices. Throws `invalid` for none, which nothing could pass. */
export function ids(parts: string[]): string[] {
  if (parts.length > 0) return parts;
  throw new Failure("invalid", '"devices" takes ids of devices with commas; leave it out for every device.', {
    field: "devices",
  });
}
