import { t } from "elysia";
import { type DeliveryStage, deliveryStages } from "../../core/ports/deliveries.ts";
import { contentKinds } from "../../core/model/content/content.ts";
import type { EventType } from "../../core/model/events/events.ts";
import { Failure } from "../../core/base/failure.ts";
import { eventFilters, typesOf } from "../../core/model/events/targets.ts";
import { wholeNumber } from "../paging.ts";

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

/** Kinds of messages. Throws `invalid`. */
export function kinds(parts: string[]): string[] {
  const unknown = parts.find((part) => !contentKinds.some((kind) => kind === part));
  if (unknown === undefined && parts.length > 0) return parts;
  throw new Failure("invalid", `"kind" takes some of ${contentKinds.join(", ")}, with commas.`, { field: "kind" });
}

/** What Unix seconds can say in milliseconds. */
const lastSecond = 8_640_000_000_000;
export const period = {
  since: wholeNumber("since", 0, lastSecond, "Unix seconds: at the earliest"),
  until: wholeNumber("until", 0, lastSecond, "Unix seconds: at the latest"),
};

/** Milliseconds; what is left out stays out. */
export const momentsIn = ({ since, until }: { since?: number | undefined; until?: number | undefined }) => ({
  ...(since !== undefined && { since: since * 1_000 }),
  ...(until !== undefined && { until: until * 1_000 + 999 }),
});

/** Asks how many there are in all. */
export const counted = t.Optional(
  t.Union([t.Literal("true"), t.Literal("false")], { description: "true: `total` says how many there are in all" }),
);

/** Ids of devices. Throws `invalid` for none, which nothing could pass. */
export function ids(parts: string[]): string[] {
  if (parts.length > 0) return parts;
  throw new Failure("invalid", '"devices" takes ids of devices with commas; leave it out for every device.', {
    field: "devices",
  });
}
