import { type Endpoint, plainDelivery } from "../../src/core/ports/endpoint.ts";
import type { NewEvent } from "../../src/core/model/events/events.ts";
import { unrestricted } from "../../src/core/model/account-limits.ts";
import type { PersonChange } from "../../src/core/ports/persons.ts";
import type { NewMessage } from "../../src/core/ports/messages.ts";
import type { DeviceRecord } from "../../src/core/ports/devices.ts";

export function device(uid: string, changes: Partial<DeviceRecord> = {}): DeviceRecord {
  return {
    uid,
    tenant: "default",
    id: uid,
    label: null,
    group: null,
    wanted: "stopped",
    phase: "stopped",
    reason: "requested",
    since: 0,
    account: null,
    lastAccount: null,
    unlinked: null,
    lastConnectAt: null,
    limits: unrestricted,
    restUntil: null,
    createdAt: 0,
    ...changes,
  };
}

let count = 0;

/** Somebody who turns out to be who went by another name, if any is given. */
export function known(phone: string, lid: string, ...formerly: string[]): PersonChange {
  const jid = `${phone}@s.whatsapp.net`;
  const person = { jid, phone, lid, username: null };
  return { person, names: [jid, lid], formerly, source: "message", at: 1 };
}

export function received(chat: string, text: string, once = `once-${(count += 1)}`): NewEvent<"message.received"> {
  const sender = { sender: chat, push_name: null, wire: { chat, sender: chat } };
  const data = { id: once, chat, ...sender, from_me: false, is_group: false, timestamp: 1 };
  return { type: "message.received", at: 1_000, chat, once, data: { ...data, content: { kind: "text", text } } };
}

export function qr(text: string): NewEvent {
  return { type: "device.qr", at: 1_000, chat: null, once: `qr-${text}`, data: { qr: text, expires_at: 2 } };
}

export function outgoing(id: string, changes: Partial<NewMessage> = {}): NewMessage {
  const content = { kind: "text" as const, text: id };
  const base = { priority: 3, notBefore: 0, sendAt: null, expiresAt: null, idempotency: null };
  return { id, waId: `WA-${id}`, chat: "a@lid", content, createdAt: 1, ...base, ...changes };
}

/** A webhook of the operator's, which no guard looks at. */
export function endpoint(url: string, changes: Partial<Endpoint> = {}): Endpoint {
  const texts = { id: "w", tenant: "default", url, description: null, reason: null };
  const lists = { events: ["*"], devices: null, headers: {}, secrets: [], ...plainDelivery };
  const state = { state: "active", origin: "environment", failingSince: null, createdAt: 0, updatedAt: 0 } as const;
  return { ...texts, ...lists, ...state, ...changes };
}
