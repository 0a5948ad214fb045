import { type Static, Type } from "@sinclair/typebox";
import type { ActionKind } from "../content/action.ts";
import { contentSchema, contextSchema } from "../content/content.ts";
import { nullable, messageRefSchema, unixSeconds } from "../content/parts.ts";
import { channelRoles } from "../message/channel.ts";
import type { Scope } from "../scopes.ts";
import { loginRefusalSchema } from "../login-refusal.ts";
import { undecryptableCauses, whyUndecryptable } from "../message/undecryptable.ts";
import { passkeyStages } from "../passkey.ts";
import { waitReasons, whyWaiting } from "../waiting.ts";

import {
  reason,
  chat,
  participant,
  member,
  mentioned,
  message,
  reaction,
  edit,
  effect,
  pin,
  keep,
  vote,
  answer,
  timer,
  previous,
  anySent,
  sentMessage,
  bulk,
  anyOf,
  group,
  person,
  author,
  groupChange,
  linked,
  channel,
  post,
  call,
  ownerOfMedia,
} from "./event-parts.ts";

const account = {
  jid: Type.String(),
  lid: nullable(Type.String()),
  phone_number: Type.String(),
  name: nullable(Type.String()),
};

const earlyWords = Type.Optional(
  Type.String({ description: "What is known of why, when a link ends that was made minutes ago." }),
);

/**
 * Everything that can happen, by type: the one catalogue from which filters, docs, OpenAPI and the SDK's types
 * follow. Fields are only ever added.
 */
export const eventSchemas = {
  "message.received": Type.Object({ ...message, content: contentSchema, ...contextSchema.properties, ...mentioned }),
  "message.reaction": Type.Object({ ...message, ...reaction }),
  "message.edited": Type.Object({ ...message, ...edit, ...effect, previous }),
  "message.deleted": Type.Object({ ...message, target: messageRefSchema, ...effect, previous }),
  "message.pinned": Type.Object({ ...message, ...pin }),
  "message.kept": Type.Object({ ...message, ...keep }),
  "poll.vote": Type.Object({ ...message, ...vote }),
  "event.response": Type.Object({ ...message, ...answer }),
  "chat.timer": Type.Object({ ...message, ...timer }),
  "message.undecryptable": Type.Object({
    ...message,
    reason: Type.Union(
      [
        Type.Literal("failed", { description: "It could not be decrypted; its sender is asked for it again." }),
        Type.Literal("view_once", { description: "To be seen once: WhatsApp shows it on the phone only." }),
        Type.Literal("unavailable", { description: "It was sealed for other devices; the phone is asked for it." }),
      ],
      { description: "When it can be read after all, `message.received` follows, with the same id." },
    ),
    cause: Type.Optional(
      Type.Union(
        undecryptableCauses.map((name) => Type.Literal(name, { description: whyUndecryptable[name] })),
        { description: "Why it failed, for who looks for the reason." },
      ),
    ),
  }),
  "message.sent": Type.Object({
    ...sentMessage,
    content: anySent,
    server_id: Type.Optional(Type.Integer({ description: "Of a post: the channel's own number of it." })),
  }),
  "message.failed": Type.Object({ ...sentMessage, error: Type.String(), code: Type.String() }),
  "message.waiting": Type.Object({
    ...sentMessage,
    reason: Type.Union(waitReasons.map((name) => Type.Literal(name, { description: whyWaiting[name] }))),
    release_at: Type.Integer({ description: "Unix seconds; when it may leave, as far as is known now." }),
  }),
  "message.released": Type.Object(sentMessage),
  "message.cancelled": Type.Object(sentMessage),
  "message.status": Type.Object({
    id: sentMessage.id,
    message_id: sentMessage.message_id,
    ...chat,
    status: Type.Union([Type.Literal("delivered"), Type.Literal("read"), Type.Literal("played")]),
    ...participant,
    timestamp: unixSeconds,
    bulk_id: sentMessage.bulk_id,
    album: sentMessage.album,
  }),
  "bulk.progress": Type.Object(bulk),
  "bulk.done": Type.Object({ ...bulk, cancelled: Type.Boolean({ description: "What had not left was taken back." }) }),
  "group.joined": Type.Object({ group, ...author, subject: Type.String(), members: Type.Integer({ minimum: 0 }) }),
  "group.updated": Type.Object({ group, ...author, change: Type.Partial(groupChange) }),
  "group.members": Type.Object({
    group,
    ...author,
    action: anyOf("add", "remove", "promote", "demote", "modify"),
    members: Type.Array(person),
    reason: Type.Optional(Type.String({ description: "In WhatsApp's words; `invite`: by a link." })),
  }),
  "group.join_request": Type.Object({
    group,
    member: person,
    action: anyOf("created", "revoked", "rejected"),
    method: nullable(Type.String({ description: "How they came, in WhatsApp's words, e.g. `invite_link`." })),
  }),
  "community.linked": linked,
  "community.unlinked": linked,
  "channel.post": Type.Object({
    ...post,
    from_me: Type.Boolean({ description: "True of what the owner posted on the phone." }),
    content: contentSchema,
    ...contextSchema.properties,
  }),
  "channel.post_edited": Type.Object({ ...post, content: contentSchema, previous }),
  "channel.post_deleted": Type.Object({ ...post, previous }),
  "channel.post_counts": Type.Object({
    ...channel,
    id: nullable(post.id),
    server_id: Type.Integer(),
    views: nullable(Type.Integer({ minimum: 0 })),
    reactions: Type.Array(Type.Object({ emoji: Type.String(), count: Type.Integer({ minimum: 0 }) }), {
      description: "All there are now, not what was added.",
    }),
    timestamp: unixSeconds,
  }),
  "channel.joined": Type.Object({ ...channel, name: Type.String(), role: anyOf(...channelRoles) }),
  "channel.left": Type.Object(channel),
  "channel.updated": Type.Object({
    ...channel,
    change: Type.Partial(
      Type.Object({
        name: Type.String(),
        description: nullable(Type.String()),
        picture: Type.Boolean({ description: "False: it was taken away." }),
        muted: Type.Boolean({ description: "For this account." }),
        state: Type.String({ description: "In WhatsApp's words: active, suspended, geosuspended, deleted." }),
      }),
    ),
  }),
  presence: Type.Object({
    ...chat,
    ...member,
    state: anyOf("available", "unavailable", "composing", "recording", "paused"),
    last_seen: nullable(unixSeconds),
  }),
  "call.received": call,
  "call.accepted": call,
  "call.rejected": call,
  "call.ended": Type.Object({
    ...call.properties,
    reason: Type.Optional(
      Type.String({
        description: "In WhatsApp's words; `accepted_elsewhere`: answered on another device, `timeout`: missed.",
      }),
    ),
  }),
  "contact.blocked": Type.Object({ ...person.properties, blocked: Type.Boolean() }),
  "contact.updated": Type.Object({
    ...person.properties,
    name: nullable(Type.String({ description: "As the owner saved it." })),
    push_name: nullable(Type.String({ description: "As they call themselves." })),
    changed: Type.Array(anyOf("jid", "phone", "lid", "username", "name", "push_name"), {
      description: "What is not as it was. `jid`: their chat and history moved to this one.",
    }),
    previous: Type.Optional(
      Type.Array(person, { description: "Who they were taken for: two, when two turned out to be one person." }),
    ),
  }),
  "contact.picture": Type.Object({ ...person.properties, removed: Type.Boolean() }),
  "contact.about": Type.Object({ ...person.properties, about: Type.String() }),
  "contact.number_changed": Type.Object(
    { ...person.properties, previous: person },
    { description: "Somebody has another number, or another LID, than before." },
  ),
  "contact.resolved": Type.Object(
    {
      phone: Type.String(),
      jid: Type.String({ description: "One name for one person: it stays as it was." }),
      lid: Type.String(),
      username: person.properties.username,
    },
    { description: "Somebody known by one of their two names is now known by both." },
  ),
  "contacts.checked": Type.Object(
    {
      request: Type.String({ description: "What the call of `contacts/check` answered." }),
      numbers: Type.Array(
        Type.Object({
          phone: Type.String(),
          exists: nullable(
            Type.Boolean({ description: "Whether WhatsApp knows it; null: it could not be asked for hours." }),
          ),
          jid: nullable(Type.String()),
          lid: nullable(Type.String()),
        }),
        { description: "All that were asked about, those that were known at once too." },
      ),
    },
    { description: "The numbers of a call that left some pending are known." },
  ),
  "label.updated": Type.Object({
    label_id: Type.String(),
    name: Type.String(),
    color: Type.Integer(),
    deleted: Type.Boolean(),
  }),
  "label.assigned": Type.Object({
    label_id: Type.String(),
    ...chat,
    message: nullable(
      Type.String({
        description: "WhatsApp's id, when a message was labelled. `target` says whose, where that was told.",
      }),
    ),
    // Two may share an id. It is there when whoever labelled the message said whose it is.
    target: Type.Optional(messageRefSchema),
    assigned: Type.Boolean(),
  }),
  "chat.updated": Type.Object({
    ...chat,
    archived: Type.Optional(Type.Boolean()),
    pinned: Type.Optional(Type.Boolean()),
    muted_until: Type.Optional(nullable(unixSeconds)),
    unread: Type.Optional(Type.Boolean()),
  }),
  "history.synced": Type.Object({
    kind: Type.String({ description: "Which part of the history, in WhatsApp's words." }),
    chats: Type.Integer({ minimum: 0 }),
    messages: Type.Integer({ minimum: 0 }),
    progress: nullable(Type.Integer({ description: "Percent." })),
    chat: Type.Optional(Type.String({ description: "Of history that was asked for: the chat." })),
    chat_phone: Type.Optional(chat.chat_phone),
    chat_lid: Type.Optional(chat.chat_lid),
    request: Type.Optional(Type.String({ description: "Of history that was asked for: what the call answered." })),
    end: Type.Optional(Type.Boolean({ description: "Of history that was asked for: the phone has nothing older." })),
  }),
  "history.refused": Type.Object(
    {
      chat: Type.String(),
      chat_phone: Type.Optional(chat.chat_phone),
      chat_lid: Type.Optional(chat.chat_lid),
      request: Type.String(),
      reason: anyOf("no_answer"),
    },
    { description: "History that was asked for does not come: the phone is off, or says nothing." },
  ),
  "history.missing": Type.Object({
    kind: Type.String({ description: "Which part of the history, in WhatsApp's words." }),
    reason: Type.Union([
      Type.Literal("gone", { description: "WhatsApp does not have its file, and the phone did not bring it again." }),
      Type.Literal("unreadable", { description: "Its file is here and makes no sense." }),
    ]),
  }),
  "media.ready": Type.Object({
    ...ownerOfMedia,
    mime: Type.String(),
    size: Type.Integer({ minimum: 0, description: "Bytes." }),
    sha256: Type.String(),
    url: Type.String({ description: "Path of the file on this server; needs a key." }),
  }),
  "media.failed": Type.Object({ ...ownerOfMedia, error: Type.String(), code: Type.String() }),
  "device.qr": Type.Object({ qr: Type.String(), expires_at: unixSeconds }),
  "device.pairing_code": Type.Object({
    pairing_code: Type.String(),
    phone_number: Type.String(),
    expires_at: unixSeconds,
  }),
  "device.passkey_required": Type.Object({ message: Type.String() }),
  "device.passkey_stage": Type.Object(
    {
      stage: anyOf(...passkeyStages),
      message: Type.String({ description: "What a person has to do now." }),
      code: nullable(Type.String({ description: "`ABCD-EFGH`, to be compared with the phone's." })),
      expires_at: unixSeconds,
    },
    { description: "The ceremony with the account's passkey goes on, with PASSKEY_LINKING=true." },
  ),
  "device.paired": Type.Object({ jid: Type.String(), lid: nullable(Type.String()) }),
  "device.connected": Type.Object(account),
  "device.updated": Type.Object(account, {
    description: "What WhatsApp tells of the account after it is connected: its name, most of the time a moment later.",
  }),
  "device.registering": Type.Object(
    { timestamp: unixSeconds },
    {
      description: "Somebody registers this number on another phone; if that is not the owner, it is being taken over.",
    },
  ),
  "device.restricted": Type.Object(
    {
      restricted: Type.Boolean({ description: "False: it is over." }),
      cause: Type.Union(
        [
          Type.Literal("402", { description: "WhatsApp answers that the account is restricted." }),
          Type.Literal("403", { description: "Several people in a row may not be written to." }),
          Type.Literal("undelivered", {
            description: "Fewer than 40 % of the last people have their messages; only strangers wait.",
          }),
        ],
        { description: "What shows it." },
      ),
      until: nullable(Type.Integer({ description: "Unix seconds: when a message tries again; null when it is over." })),
    },
    { description: "WhatsApp takes no messages of this account, or delivers none. What is to be sent waits." },
  ),
  "device.disconnected": Type.Object({
    reason,
    will_retry: Type.Boolean(),
    failure: Type.Optional(loginRefusalSchema),
    message: earlyWords,
  }),
  "device.logged_out": Type.Object({ reason, failure: Type.Optional(loginRefusalSchema), message: earlyWords }),
  "webhook.test": Type.Object({ webhook_id: Type.String(), message: Type.String() }),
  "webhook.disabled": Type.Object({
    webhook_id: Type.String(),
    url: Type.String({ description: "Without its query." }),
    reason: Type.String({ description: "Why, for people." }),
  }),
  "webhook.dead_lettered": Type.Object({
    webhook_id: Type.String(),
    url: Type.String({ description: "Without its query." }),
    reason: Type.String({ description: "Why they are not attempted any more, for people." }),
    count: Type.Integer({ minimum: 1, description: "How many events." }),
    event_ids: Type.Array(Type.String(), { description: "Of the first hundred." }),
    since: Type.Integer({ description: "Unix seconds: when the first of them happened." }),
    until: Type.Integer({ description: "Unix seconds: when the last of them happened." }),
  }),
  "plugin.fault": Type.Object({
    plugin: Type.String(),
    action: Type.Union([Type.Literal("restarted"), Type.Literal("disabled"), Type.Literal("not_loaded")], {
      description: "What was done about it.",
    }),
    kind: Type.String({ description: "load, throw, crash, exit, stuck, hung, memory or flood." }),
    reason: Type.String({ description: "Why, for people." }),
    place: nullable(Type.String({ description: "File and line, when known." })),
  }),
};

export type EventType = keyof typeof eventSchemas;
export type EventData<T extends EventType> = Static<(typeof eventSchemas)[T]>;
export const eventTypes = Object.keys(eventSchemas) as EventType[];

/** The event that each action of a message is. */
export const eventOfAction = {
  reaction: "message.reaction",
  edit: "message.edited",
  delete: "message.deleted",
  pin: "message.pinned",
  keep: "message.kept",
  poll_vote: "poll.vote",
  event_response: "event.response",
  timer: "chat.timer",
} as const satisfies Record<ActionKind, EventType>;

/** Told while it is true and never written to the log: `seq` is null, nothing can be replayed. */
export const liveOnly: ReadonlySet<EventType> = new Set<EventType>(["device.qr", "device.pairing_code", "presence"]);

/** Those that hold what somebody said, or what becomes of it. */
export const contentEvents: ReadonlySet<EventType> = new Set<EventType>([
  "message.received",
  "message.reaction",
  "message.edited",
  "message.deleted",
  "message.sent",
  "poll.vote",
  "event.response",
  "channel.post",
  "channel.post_edited",
  "channel.post_deleted",
]);

/** Whoever reads these can link a phone of his own: to read them takes more than to read. */
export const linking: ReadonlySet<EventType> = new Set<EventType>([
  "device.qr",
  "device.pairing_code",
  "device.passkey_stage",
]);

/** What a key needs to hear of events of a type. */
export const scopeOf = (type: EventType): Scope => (linking.has(type) ? "manage" : "read");

/** Names of people, which are told with every event, as far as anything was ever learned of them. */
type NameKey<D> = Extract<keyof D, `${string}_phone` | `${string}_lid` | `${string}_username` | "wire">;
type Unnamed<D> = D extends unknown ? Omit<D, NameKey<D>> & Partial<Pick<D, NameKey<D>>> : never;

/** What an event says, before the names of its people are added. */
export type NewEventData<T extends EventType> = Unnamed<EventData<T>>;

/** An event as the core makes it, before the ledger gives it a place. */
export interface NewEvent<T extends EventType = EventType> {
  readonly type: T;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly data: NewEventData<T>;
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
