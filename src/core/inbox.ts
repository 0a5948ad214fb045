import type { Account, Signal, SignalOf } from "./connector.ts";
import { isAction } from "./content.ts";
import { type EventData, type EventType, eventOfAction, type NewEvent } from "./events.ts";
import { assertNever } from "./failure.ts";
import type { Envelope, Incoming, Message } from "./message.ts";
import { phoneOfJid } from "./recipient.ts";
import type { MessageChange } from "./store.ts";

/** The part of a batch that follows from one signal. */
export interface Entry {
  events: NewEvent[];
  messages: MessageChange[];
}

const nothing: Entry = { events: [], messages: [] };

/** What the inbox asks about a message of ours. */
export type FindSent = (waId: string) => Promise<Message | null>;

/** What a signal means for the log. Life signals are the supervisor's; here they are only told. */
export async function entryOf(signal: Signal, now: number, findSent: FindSent): Promise<Entry> {
  switch (signal.type) {
    case "message":
      return told(received(signal.message));
    case "undecryptable":
      return told(undecryptable(signal.message));
    case "ack":
      return acknowledged(signal, await findSent(signal.waId));
    case "receipt":
      return receipted(signal, findSent);
    case "qr":
    case "pairing_code":
    case "passkey_required":
    case "paired":
    case "open":
      return told(lifeEvent(signal, now));
    case "closed":
      return nothing;
    default:
      return assertNever(signal);
  }
}

const told = (event: NewEvent): Entry => ({ events: [event], messages: [] });
const seconds = (ms: number): number => Math.floor(ms / 1000);

/** Two participants may use one id, and the owner's phone a contact's: all four parts make the identity. */
function identity(message: Envelope): string {
  return `${message.chat}|${message.sender}|${message.id}|${message.fromMe ? "me" : "them"}`;
}

function envelopeData(message: Envelope): EventData<"message.undecryptable"> {
  return {
    id: message.id,
    chat: message.chat,
    sender: message.sender,
    sender_phone: message.senderPhone,
    sender_lid: message.senderLid,
    from_me: message.fromMe,
    is_group: message.isGroup,
    push_name: message.pushName,
    timestamp: message.timestamp,
  };
}

function received(message: Incoming): NewEvent {
  const { content, context, chat, timestamp } = message;
  const base = { at: timestamp * 1000, chat, once: `message|${identity(message)}` };
  if (!isAction(content)) {
    return { ...base, type: "message.received", data: { ...envelopeData(message), content, ...context } };
  }
  const { kind, ...action } = content;
  return { ...base, type: eventOfAction[kind], data: { ...envelopeData(message), ...action } };
}

function undecryptable(message: Envelope): NewEvent<"message.undecryptable"> {
  return {
    type: "message.undecryptable",
    at: message.timestamp * 1000,
    data: envelopeData(message),
    chat: message.chat,
    once: `undecryptable|${identity(message)}`,
  };
}

function acknowledged(signal: SignalOf<"ack">, message: Message | null): Entry {
  if (!message) return nothing;
  const common = { id: message.waId, message_id: message.id, chat: message.chat, timestamp: seconds(signal.at) };
  const base = { at: signal.at, chat: message.chat, once: `ack|${message.waId}` };
  if (signal.error === null) {
    return {
      events: [{ ...base, type: "message.sent", data: { ...common, content: message.content } }],
      messages: [{ waId: message.waId, state: "sent", reason: null, sentAt: signal.at, at: signal.at }],
    };
  }
  const error = `WhatsApp refused the message (error ${signal.error}).`;
  return {
    events: [{ ...base, type: "message.failed", data: { ...common, error, code: signal.error } }],
    messages: [{ waId: message.waId, state: "failed", reason: error, at: signal.at }],
  };
}

async function receipted(signal: SignalOf<"receipt">, findSent: FindSent): Promise<Entry> {
  const entry: Entry = { events: [], messages: [] };
  for (const waId of signal.waIds) {
    const message = await findSent(waId);
    if (!message) continue;
    entry.messages.push({ waId, delivery: signal.state, at: signal.at });
    entry.events.push({
      type: "message.status",
      at: signal.at,
      data: {
        id: waId,
        message_id: message.id,
        chat: message.chat,
        status: signal.state,
        participant: signal.participant,
        timestamp: seconds(signal.at),
      },
      chat: message.chat,
      once: `status|${waId}|${signal.state}|${signal.participant ?? ""}`,
    });
  }
  return entry;
}

type Told = "qr" | "pairing_code" | "passkey_required" | "paired" | "open";

function lifeEvent(signal: SignalOf<Told>, now: number): NewEvent {
  switch (signal.type) {
    case "qr":
      return deviceEvent("device.qr", now, { qr: signal.qr, expires_at: seconds(signal.expiresAt) });
    case "pairing_code":
      return deviceEvent("device.pairing_code", now, {
        pairing_code: signal.code,
        phone_number: signal.phone,
        expires_at: seconds(signal.expiresAt),
      });
    case "passkey_required":
      return deviceEvent("device.passkey_required", now, {
        message: "WhatsApp asks this account for a passkey before it links a device. Try again in a few days.",
      });
    case "paired":
      return deviceEvent("device.paired", now, { jid: signal.jid, lid: signal.lid });
    case "open":
      return deviceEvent("device.connected", now, connectedData(signal));
    default:
      return assertNever(signal);
  }
}

function connectedData(account: Account): EventData<"device.connected"> {
  return {
    jid: account.jid,
    lid: account.lid,
    phone_number: phoneOfJid(account.jid) ?? "",
    name: account.name,
  };
}

let counter = 0;

/** An event of the device's life: every one is a new one, so `once` only has to be unlike all others. */
export function deviceEvent<T extends EventType>(type: T, at: number, data: EventData<T>): NewEvent<T> {
  return { type, at, data, chat: null, once: `${type}|${at}|${counter++}|${Math.random()}` };
}
