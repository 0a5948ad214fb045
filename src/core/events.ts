import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { contentSchema } from "./content.ts";
import { reasons } from "./phase.ts";

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const unixSeconds = Type.Integer({ description: "Unix seconds." });
const reason = Type.Union(reasons.map((name) => Type.Literal(name)));

const message = {
  id: Type.String({ description: "WhatsApp's message id." }),
  chat: Type.String({ description: "The chat's JID, as WhatsApp addressed it." }),
  sender: Type.String({ description: "The sender's JID, as WhatsApp addressed it, without the device." }),
  sender_phone: nullable(Type.String({ description: "Digits with country code, when known." })),
  sender_lid: nullable(Type.String({ description: "The sender's LID JID, when known." })),
  from_me: Type.Boolean({ description: "True of what the owner typed on the phone." }),
  is_group: Type.Boolean(),
  push_name: nullable(Type.String()),
  timestamp: unixSeconds,
};

const sentMessage = {
  id: Type.String({ description: "WhatsApp's message id." }),
  message_id: Type.String({ description: "Ours, as the send call answered it." }),
  chat: Type.String(),
  timestamp: unixSeconds,
};

/**
 * Everything that can happen, by type: the one catalogue from which filters, docs, OpenAPI and the SDK's types
 * follow. Fields are only ever added.
 */
export const eventSchemas = {
  "message.received": Type.Object({ ...message, content: contentSchema }),
  "message.undecryptable": Type.Object(message),
  "message.sent": Type.Object({ ...sentMessage, content: contentSchema }),
  "message.failed": Type.Object({ ...sentMessage, error: Type.String(), code: Type.String() }),
  "message.status": Type.Object({
    id: sentMessage.id,
    message_id: sentMessage.message_id,
    chat: sentMessage.chat,
    status: Type.Union([Type.Literal("delivered"), Type.Literal("read"), Type.Literal("played")]),
    participant: nullable(Type.String({ description: "Who, in a group." })),
    timestamp: unixSeconds,
  }),
  "device.qr": Type.Object({ qr: Type.String(), expires_at: unixSeconds }),
  "device.pairing_code": Type.Object({
    pairing_code: Type.String(),
    phone_number: Type.String(),
    expires_at: unixSeconds,
  }),
  "device.passkey_required": Type.Object({ message: Type.String() }),
  "device.paired": Type.Object({ jid: Type.String(), lid: nullable(Type.String()) }),
  "device.connected": Type.Object({
    jid: Type.String(),
    lid: nullable(Type.String()),
    phone_number: Type.String(),
    name: nullable(Type.String()),
  }),
  "device.disconnected": Type.Object({ reason, will_retry: Type.Boolean() }),
  "device.logged_out": Type.Object({ reason }),
  "webhook.test": Type.Object({ webhook_id: Type.String(), message: Type.String() }),
  "webhook.disabled": Type.Object({
    webhook_id: Type.String(),
    url: Type.String({ description: "Without its query." }),
    reason: Type.String({ description: "Why, for people." }),
  }),
};

export type EventType = keyof typeof eventSchemas;
export type EventData<T extends EventType> = Static<(typeof eventSchemas)[T]>;
export const eventTypes = Object.keys(eventSchemas) as EventType[];

/** Told while it is true and never written to the log: `seq` is null, nothing can be replayed. */
export const liveOnly: ReadonlySet<EventType> = new Set<EventType>(["device.qr", "device.pairing_code"]);

/** An event as the core makes it, before the ledger gives it a place. */
export interface NewEvent<T extends EventType = EventType> {
  readonly type: T;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly data: EventData<T>;
  /** The chat whose order must be kept, or null. */
  readonly chat: string | null;
  /** Two events of one device with one `once` are the same event. */
  readonly once: string;
}

/** An event as the log holds it and everybody hears it. `device` is the id its tenant knows. */
export interface BotEvent<T extends EventType = EventType> {
  /** UUIDv7; the same through every retry and replay: the idempotency key. */
  readonly id: string;
  /** Place in the device's log, from 1 without gaps; null for what is live only or has no device. */
  readonly seq: number | null;
  readonly type: T;
  /** ISO 8601 with milliseconds. */
  readonly timestamp: string;
  readonly device: string | null;
  readonly data: EventData<T>;
}

/** Narrows by type: `if (is(event, "message.received")) event.data.content`. */
export function is<T extends EventType>(event: BotEvent, type: T): event is BotEvent<T> {
  return event.type === type;
}
