import { proxyFaults } from "../base/way-out.ts";
import { unixSeconds } from "../base/durations.ts";
import type { Account } from "../model/account.ts";
import type { AccountEvent, Signal, SignalOf } from "../ports/connector.ts";
import { deviceEvent, unique } from "../model/events/device-event.ts";
import { isAction } from "../model/content/action.ts";
import { type Content, type Context, isMedia } from "../model/content/content.ts";
import { type EventData, eventOfAction, type NewEvent, type NewEventData } from "../model/events/events.ts";
import { assertNever } from "../base/failure.ts";
import type { ContactChange } from "../ports/contacts.ts";
import { type Entry, receivedFileOf, type MessageLookups, emptyEntry, eventEntry } from "./entry.ts";
import type { HistoryChange, NewStoredMessage } from "../ports/history.ts";
import { aimOf, changeOf, effectOf } from "./message-changes.ts";
import { announced, type Envelope, type Incoming, type Message } from "../model/message/message.ts";
import { arrived, failed, sent } from "../policy/message-effects.ts";
import { serverAnswer } from "../policy/server-answers.ts";
import { type PasskeyCeremony, passkeyDemand, passkeySentence } from "../model/passkey.ts";
import { posted, unposted } from "./posts.ts";
import { me, nameOfMessage, nameOfRef } from "../model/message/message-name.ts";
import { phoneOfJid, statusChat } from "../model/recipient.ts";
import type { LoginRefusal } from "../model/login-refusal.ts";
import { type Life, livePhases, type Reason } from "../model/phase.ts";

/** What a signal means for the log. Life signals are the supervisor's; here they are only told. */
export async function entryOf(signal: Signal, now: number, lookups: MessageLookups): Promise<Entry> {
  switch (signal.type) {
    case "message":
      return received(signal, lookups);
    case "undecryptable":
      return eventEntry(await undecryptable(signal, lookups));
    case "ack":
      return acknowledged(signal, await lookups.sent(signal.waId));
    case "receipt":
      return receipted(signal, lookups);
    case "seen":
      return seen(signal);
    case "qr":
    case "pairing_code":
    case "passkey_required":
    case "passkey_stage":
    case "paired":
    case "open":
    case "account":
      return eventEntry(lifeEvent(signal, now));
    case "news":
      return newsEntry(signal.news);
    case "learned":
      return { ...emptyEntry, contacts: signal.contacts, history: signal.history };
    case "post":
      return posted(signal, lookups);
    case "post_deleted":
      return unposted(signal, lookups);
    case "pairing_refused":
    case "passkey_ended":
    case "closed":
    case "time_lock":
    case "chat_cap":
    case "token":
      return emptyEntry;
    default:
      return assertNever(signal);
  }
}

function seen({ chat, waIds, at }: SignalOf<"seen">): Entry {
  const once = `seen|${chat}|${waIds.join()}`;
  const event: NewEvent = { type: "chat.updated", at, chat, once, data: { chat, unread: false } };
  const read = waIds.map((id): HistoryChange => ({ type: "read", chat, id }));
  return { ...eventEntry(event), history: read };
}

/** Two participants may use one id, and the owner's phone a contact's: all four parts make the identity. */
function identity(message: Envelope): string {
  return `${message.chat}|${message.sender}|${message.id}|${message.fromMe ? "me" : "them"}`;
}

function envelopeData(message: Envelope): Omit<NewEventData<"message.undecryptable">, "reason"> {
  return {
    id: message.id,
    chat: message.chat,
    sender: message.sender,
    wire: message.wire,
    from_me: message.fromMe,
    is_group: message.isGroup,
    push_name: message.pushName,
    timestamp: message.timestamp,
  };
}

async function received({ message, wire, remote, late }: SignalOf<"message">, lookups: MessageLookups): Promise<Entry> {
  const { content, chat, timestamp } = message;
  const context = await withKnownFile(message, lookups);
  const base = { at: timestamp * 1000, chat, once: `message|${identity(message)}${late ? "|late" : ""}` };
  const data = { ...envelopeData(message), ...(await collisionOf(message, lookups)) };
  const contacts = senderOf(message);
  if (!isAction(content)) {
    const said: HistoryChange = late
      ? { type: "edited", ...nameOfMessage(message), content, at: base.at }
      : { type: "said", said: { ...saidOf(message, content, context), wire } };
    const event = eventEntry({ ...base, type: "message.received", data: { ...data, content, ...context } });
    return { ...event, contacts, history: [said], media: isMedia(content) ? [receivedFileOf(content, remote)] : [] };
  }
  const { kind, ...action } = content;
  const change = content.kind === "edit" || content.kind === "delete" ? content : null;
  const aim = change && aimOf(change, message);
  const before = aim && (await lookups.said(aim));
  const effect = aim ? { ...effectOf(change, message.chat, aim, before), previous: before?.content ?? null } : {};
  return {
    ...eventEntry({ ...base, type: eventOfAction[kind], data: { ...data, ...action, ...effect } }),
    contacts,
    history: aim ? changeOf(change, message, aim, before) : [],
  };
}

/** Whoever sends chooses the id: of somebody else's message that has one of ours it is told. */
async function collisionOf({ fromMe, id }: Envelope, lookups: MessageLookups): Promise<{ id_collision?: true }> {
  return !fromMe && (await lookups.isOurs(id)) ? { id_collision: true } : {};
}

/**
 * What a message says beside its content. A file that it quotes goes by the id under which it came, whatever name its author
 * had then.
 */
async function withKnownFile({ context, chat }: Incoming, lookups: MessageLookups): Promise<Context> {
  const { reply_to: reply } = context;
  if (!reply?.sender || !reply.content || !isMedia(reply.content)) return context;
  const content = (await lookups.said({ chat: reply.chat ?? chat, author: reply.sender, id: reply.id }))?.content;
  if (!content || isAction(content) || content.kind !== reply.content.kind || !isMedia(content)) return context;
  const { media_id, url } = content;
  return { ...context, reply_to: { ...reply, content: { ...reply.content, media_id, url } } };
}

/** What a message tells of its sender. */
function senderOf({ fromMe, sender, pushName }: Envelope): ContactChange[] {
  const phone = phoneOfJid(sender);
  return fromMe ? [] : [{ phone, lid: phone === null ? sender : null, name: null, pushName }];
}

function saidOf(message: Incoming, content: Content, context: Context): Omit<NewStoredMessage, "wire"> {
  const { id, chat, sender, fromMe, pushName, timestamp, wire: addressed } = message;
  return { id, chat, sender, fromMe, pushName, at: timestamp * 1000, content, context, addressed };
}

function newsEntry({ history = [], media = [], contacts = [], once, ...news }: AccountEvent): Entry {
  const event = { ...news, once: once ?? unique(news.type, news.at) };
  return { ...eventEntry(event), history, media, contacts };
}

async function undecryptable(
  { message, reason, cause }: SignalOf<"undecryptable">,
  lookups: MessageLookups,
): Promise<NewEvent<"message.undecryptable">> {
  const collision = await collisionOf(message, lookups);
  return {
    type: "message.undecryptable",
    at: message.timestamp * 1000,
    data: { ...envelopeData(message), ...collision, reason, ...(cause && { cause }) },
    chat: message.chat,
    once: `undecryptable|${identity(message)}`,
  };
}

function acknowledged(signal: SignalOf<"ack">, message: Message | null): Entry {
  if (!message) return emptyEntry;
  if (signal.error === null) {
    // A receipt told it before.
    if (message.state === "sent" && signal.serverId === undefined) return emptyEntry;
    if (message.content.kind === "album") return announcedAlbum(message, signal.at);
    const { chat, waId: id } = message;
    const { serverId } = signal;
    const name = { chat, author: me, id };
    const number = serverId === undefined ? {} : { server_id: serverId };
    const numbered: HistoryChange[] = serverId === undefined ? [] : [{ type: "numbered", ...name, serverId }];
    return {
      ...emptyEntry,
      ...sent(message, signal.at, number),
      history: [...doneBy(message, signal.at), ...numbered],
    };
  }
  const { class: kind, words } = serverAnswer(signal.error);
  // Its sender lets it leave again.
  if (kind === "passing") return emptyEntry;
  return { ...emptyEntry, ...failed(message, signal.at, signal.error as `${number}`, words) };
}

/** An album is sent once its files are; until then it is `sending`. */
function announcedAlbum(album: Message, at: number): Entry {
  if (!isUnanswered(album) || album.reason === announced) return emptyEntry;
  return { ...emptyEntry, messages: [{ waId: album.waId, state: "sending", reason: announced, error: null, at }] };
}

/** What an action of ours does to what is remembered, once WhatsApp took it. */
function doneBy({ chat, content }: Message, at: number): HistoryChange[] {
  if (content.kind === "edit" && content.content)
    return [{ type: "edited", ...nameOfRef(chat, content.target), content: content.content, at }];
  if (content.kind === "delete") return [{ type: "deleted", ...nameOfRef(chat, content.target), at }];
  return [];
}

async function receipted(signal: SignalOf<"receipt">, lookups: MessageLookups): Promise<Entry> {
  const entry: Entry = { ...emptyEntry, events: [], messages: [], history: [] };
  for (const waId of signal.waIds) {
    const message = await lookups.sent(waId);
    // One who was not written to can have read nothing.
    if (!message || !(await isFromItsChat(message, signal, lookups))) continue;
    if (isUnanswered(message)) addTo(entry, acknowledged({ type: "ack", waId, error: null, at: signal.at }, message));
    const { events, messages } = arrived(message, signal.state, signal.participant, signal.at);
    entry.messages.push(...messages);
    // An album is sent once its files are: that it arrived is told behind that.
    if (message.content.kind !== "album" || !isUnanswered(message)) entry.events.push(...events);
  }
  return entry;
}

/** Of a status post its readers tell, each in their own chat too. */
async function isFromItsChat(
  { chat, context }: Message,
  { chat: from, participant }: SignalOf<"receipt">,
  lookups: MessageLookups,
): Promise<boolean> {
  if (chat !== statusChat) return lookups.isSame(chat, from);
  const reader = participant ?? from;
  for (const one of context.audience ?? []) if (await lookups.isSame(one, reader)) return true;
  return false;
}

/** WhatsApp's answer was lost: that somebody has it is an answer too. */
const isUnanswered = ({ state }: Message): boolean => state === "queued" || state === "sending" || state === "waiting";

function addTo(entry: Entry, more: Entry): void {
  entry.events.push(...more.events);
  entry.messages.push(...more.messages);
  entry.history.push(...more.history);
}

type Told = "qr" | "pairing_code" | "passkey_required" | "passkey_stage" | "paired" | "open" | "account";

function lifeEvent(signal: SignalOf<Told>, now: number): NewEvent {
  switch (signal.type) {
    case "qr":
      return deviceEvent("device.qr", now, { qr: signal.qr, expires_at: unixSeconds(signal.expiresAt) });
    case "pairing_code":
      return deviceEvent("device.pairing_code", now, {
        pairing_code: signal.code,
        phone_number: signal.phone,
        expires_at: unixSeconds(signal.expiresAt),
      });
    case "passkey_required":
      return deviceEvent("device.passkey_required", now, { message: passkeyDemand(signal.ceremony) });
    case "passkey_stage":
      return deviceEvent("device.passkey_stage", now, stageData(signal.ceremony));
    case "paired":
      return deviceEvent("device.paired", now, { jid: signal.jid, lid: signal.lid });
    case "open":
      return deviceEvent("device.connected", now, connectedData(signal));
    case "account":
      return deviceEvent("device.updated", now, connectedData(signal));
    default:
      return assertNever(signal);
  }
}

/** Without what is to be signed: it stands behind the link. */
function stageData(ceremony: PasskeyCeremony): EventData<"device.passkey_stage"> {
  const { stage, code, expiresAt } = ceremony;
  return { stage, message: passkeySentence(ceremony), code, expires_at: unixSeconds(expiresAt) };
}

function connectedData(account: Account): EventData<"device.connected"> {
  return {
    jid: account.jid,
    lid: account.lid,
    phone_number: phoneOfJid(account.jid) ?? "",
    name: account.name,
  };
}

const isProxyFault = (reason: Reason): boolean => proxyFaults.some((fault) => fault === reason);

interface ToldOfEnd {
  failure?: LoginRefusal | undefined;
  /** What is known of why a link ended that had just been made. */
  early?: string | undefined;
}

/** What is told when a phase ends. */
export function endEvents(before: Life, after: Life, now: number, { failure, early }: ToldOfEnd = {}): NewEvent[] {
  const why = { reason: after.reason, ...(failure && { failure }), ...(early && { message: early }) };
  if (after.phase === "logged_out") return [deviceEvent("device.logged_out", now, why)];
  const pauses = after.delay !== undefined;
  const ended =
    after.phase === "failed" ||
    (after.phase === "stopped" && livePhases.has(before.phase)) ||
    // Not the network's moods, but these are news though nothing was open before.
    (pauses && (after.phase === "restricted" || after.reason === "outdated_version")) ||
    // Once, not with each attempt.
    (pauses && isProxyFault(after.reason) && after.reason !== before.reason);
  if (!ended && before.phase !== "connected") return [];
  return [deviceEvent("device.disconnected", now, { ...why, will_retry: pauses })];
}
