import { type TObject, Type } from "@sinclair/typebox";
import { titled } from "../content/parts.ts";
import { eventExamples } from "./event-examples.ts";
import { Failure } from "../../base/failure.ts";
import { type BotEvent, type EventType, eventSchemas, eventTypes, liveOnly } from "./events.ts";

/** Rises only if a field ever had to change its meaning; added fields do not raise it. */
export const eventVersion = 1;

/** An event type, as receivers look it up. */
export interface EventDescription {
  type: EventType;
  /** Told while it is true and never logged: QR codes and pairing codes. */
  live_only: boolean;
  /** JSON Schema of the whole event; `$id` carries the version. */
  schema: TObject;
  example: BotEvent;
}

/** One entry of the catalogue. Throws `not_found`. */
export function describeEvent(name: string): EventDescription {
  const type = eventTypes.find((each) => each === name);
  if (type === undefined) {
    throw new Failure("not_found", `There is no event "${name}"; there are: ${eventTypes.join(", ")}.`);
  }
  return { type, live_only: liveOnly.has(type), schema: schemaOfEvent(type), example: exampleOf(type) };
}

/** The whole event. */
export function schemaOfEvent(type: EventType): TObject {
  const perDevice = ofTenant(type) ? Type.Null() : Type.String({ description: "The device's id." });
  const logged = Type.Integer({ minimum: 1, description: "Place in the device's log, without gaps." });
  const schema = Type.Object(
    {
      id: Type.String({ description: "The same through every retry and replay: the idempotency key." }),
      seq: liveOnly.has(type) || ofTenant(type) ? Type.Null() : logged,
      type: Type.Literal(type),
      timestamp: Type.String({ format: "date-time", description: "ISO 8601 with milliseconds." }),
      device: perDevice,
      data: eventSchemas[type],
    },
    { $id: `urn:merpati:event:${type}:${eventVersion}` },
  );
  return titled(schema, type, "Event");
}

/** Any event. */
export const eventSchema = Type.Unsafe<BotEvent>(Type.Union(eventTypes.map(schemaOfEvent), { title: "Event" }));

/** An event as it could have happened; the same at every call. */
export function exampleOf<T extends EventType>(type: T): BotEvent<T> {
  return {
    id: "019a9f2e-4c51-7b3a-9d7e-2f0c6a1b4e55",
    seq: liveOnly.has(type) || ofTenant(type) ? null : 42,
    type,
    timestamp: "2026-11-20T13:37:00.000Z",
    device: ofTenant(type) ? null : "default",
    data: eventExamples[type],
  };
}

/** Concerns a tenant and no device. */
function ofTenant(type: EventType): boolean {
  return type.startsWith("webhook.") || type.startsWith("plugin.");
}
