import type { EventData, EventType } from "./events.ts";

const timestamp = 1_795_181_820;
const chat = "628123456789@s.whatsapp.net";
const chatNames = { chat, chat_phone: "628123456789", chat_lid: "84729104638201@lid" };
const envelope = {
  id: "3EB0C767D097E1D5B4A1",
  ...chatNames,
  sender: chat,
  sender_phone: "628123456789",
  sender_lid: "84729104638201@lid",
  sender_username: null,
  wire: { chat: "84729104638201@lid", sender: "84729104638201@lid" },
  from_me: false,
  is_group: false,
  push_name: "Ann",
  timestamp,
};
const target = { id: "3EB0A1B2C3D4E5F60718", sender: null, from_me: true };
const sent = {
  id: "3EB0C767D097E1D5B4A1",
  message_id: "019a9f2e-4c51-7b3a-9d7e-2f0c6a1b4e55",
  ...chatNames,
  timestamp,
};

const bulk_id = "019a9f2e-4c51-7b3a-9d7e-2f0c6a1b4e57";
const counts = {
  queued: 0,
  waiting: 0,
  sending: 0,
  sent: 0,
  delivered: 0,
  read: 0,
  played: 0,
  failed: 0,
  cancelled: 0,
};

const account = { jid: "6281100000001@s.whatsapp.net", lid: "84729104638202@lid" };

const group = "120363000000000001@g.us";
const person = { jid: chat, phone: "628123456789", lid: "84729104638201@lid", username: null };
const author = {
  author: person.jid,
  author_phone: person.phone,
  author_lid: person.lid,
  author_username: person.username,
};
const nobody = { participant: null, participant_phone: null, participant_lid: null, participant_username: null };
const member = { member: chat, member_phone: person.phone, member_lid: person.lid, member_username: null };
const channel = "120363000000000007@newsletter";
const post = { channel, id: "3EB0C767D097E1D5B4A1", server_id: 117, timestamp };
const call = {
  call_id: "0B6C2F1D9A8E4C37",
  from: chat,
  from_phone: "628123456789",
  from_lid: "84729104638201@lid",
  from_username: null,
  group: null,
  video: false,
  timestamp,
};
const ofMedia = { media_id: "qbSgZmzOwpIkboX_kcga0t", id: "3A0194F6B07C1E7D3A9D", chat };

/** One example of every event, for docs, for `merpati webhook send` and for tests. */
export const eventExamples: { readonly [T in EventType]: EventData<T> } = {
  "message.received": { ...envelope, content: { kind: "text", text: "Halo!" } },
  "message.reaction": { ...envelope, target, emoji: "👍" },
  "message.edited": {
    ...envelope,
    target,
    content: { kind: "text", text: "Halo, Budi!" },
    applied: true,
    previous: { kind: "text", text: "Halo, Bdi!" },
  },
  "message.deleted": { ...envelope, target, applied: true, previous: { kind: "text", text: "Halo!" } },
  "message.pinned": { ...envelope, target, pinned: true, seconds: 604_800 },
  "message.kept": { ...envelope, target, kept: true },
  "poll.vote": { ...envelope, target, options: ["Yes"] },
  "event.response": { ...envelope, target, response: "going", extra_guests: 0 },
  "chat.timer": { ...envelope, seconds: 604_800 },
  "message.undecryptable": { ...envelope, reason: "failed", cause: "no_session" },
  "message.sent": { ...sent, content: { kind: "text", text: "Halo juga!" } },
  "message.failed": { ...sent, error: "WhatsApp refused the message (error 463).", code: "463" },
  "message.waiting": { ...sent, reason: "time_locked", release_at: timestamp + 86_400 },
  "message.released": sent,
  "message.cancelled": sent,
  "message.status": { ...sent, status: "read", ...nobody },
  "bulk.progress": { bulk_id, total: 500, counts: { ...counts, queued: 380, sent: 40, delivered: 80 }, timestamp },
  "bulk.done": {
    bulk_id,
    total: 500,
    counts: { ...counts, sent: 100, delivered: 250, read: 148, failed: 2 },
    timestamp,
    cancelled: false,
  },
  "group.joined": { group, ...author, subject: "Pigeons", members: 3 },
  "group.updated": { group, ...author, change: { subject: "Carrier pigeons" } },
  "group.members": { group, ...author, action: "add", members: [person] },
  "group.join_request": { group, member: person, action: "created", method: "invite_link" },
  "community.linked": { community: "120363000000000009@g.us", group, subject: "Pigeons", ...author },
  "community.unlinked": { community: "120363000000000009@g.us", group, subject: null, ...author },
  "channel.post": { ...post, from_me: false, content: { kind: "text", text: "Pigeons race at noon." } },
  "channel.post_edited": {
    ...post,
    content: { kind: "text", text: "Pigeons race at one." },
    previous: { kind: "text", text: "Pigeons race at noon." },
  },
  "channel.post_deleted": { ...post, previous: { kind: "text", text: "Pigeons race at one." } },
  "channel.post_counts": {
    channel,
    id: post.id,
    server_id: post.server_id,
    views: 1_204,
    reactions: [{ emoji: "👍", count: 31 }],
    timestamp,
  },
  "channel.joined": { channel, name: "Pigeon news", role: "subscriber" },
  "channel.left": { channel },
  "channel.updated": { channel, change: { name: "Pigeon post" } },
  presence: { ...chatNames, ...member, state: "composing", last_seen: null },
  "call.received": call,
  "call.accepted": call,
  "call.rejected": call,
  "call.ended": call,
  "contact.blocked": { ...person, blocked: true },
  "contact.updated": { ...person, name: null, push_name: "Ann", changed: ["push_name"] },
  "contact.picture": { ...person, removed: false },
  "contact.about": { ...person, about: "At the loft" },
  "contact.number_changed": {
    ...person,
    previous: { jid: "6281234567890@s.whatsapp.net", phone: "6281234567890", lid: null, username: null },
  },
  "contact.resolved": { phone: "628123456789", jid: chat, lid: "84729104638201@lid", username: null },
  "contacts.checked": {
    request: "0199a1de-0d3a-7000-9af1-7d1b3c2c5f10",
    numbers: [{ phone: person.phone, exists: true, jid: person.jid, lid: person.lid }],
  },
  "label.updated": { label_id: "6", name: "Paid", color: 2, deleted: false },
  "label.assigned": { label_id: "6", ...chatNames, message: null, assigned: true },
  "chat.updated": { ...chatNames, archived: true },
  "history.refused": { chat, request: "3EB0C767D097E1D5B4A1", reason: "no_answer" },
  "history.missing": { kind: "RECENT", reason: "gone" },
  "history.synced": { kind: "RECENT", chats: 12, messages: 340, progress: 100 },
  "media.ready": {
    ...ofMedia,
    mime: "image/jpeg",
    size: 48_213,
    sha256: "e3b0c442…",
    url: "/v1/media/qbSgZmzOwpIkboX_kcga0t",
  },
  "media.failed": { ...ofMedia, error: "WhatsApp does not keep this file any more.", code: "gone" },
  "device.qr": { qr: "https://wa.me/settings/linked_devices#2@AbC,dEf,gHi,jKl", expires_at: timestamp + 60 },
  "device.pairing_code": { pairing_code: "ABCD-EFGH", phone_number: "6281100000001", expires_at: timestamp + 160 },
  "device.passkey_required": {
    message:
      "WhatsApp asks this account for a passkey before it links a device. PASSKEY_LINKING=true lets its owner sign with it; docs/linking.md says how, and how to bring a device that is linked elsewhere.",
  },
  "device.passkey_stage": {
    stage: "signature",
    message: "WhatsApp asks this account for a passkey: its owner signs on web.whatsapp.com, in a browser that has it.",
    code: null,
    expires_at: timestamp + 600,
  },
  "device.paired": account,
  "device.connected": { ...account, phone_number: "6281100000001", name: "Budi" },
  "device.updated": { ...account, phone_number: "6281100000001", name: "Toko Budi" },
  "device.registering": { timestamp },
  "device.restricted": { restricted: true, cause: "402", until: timestamp + 1800 },
  "device.disconnected": { reason: "connection_lost", will_retry: true },
  "device.logged_out": { reason: "revoked" },
  "webhook.test": { webhook_id: "019a9f2e-4c51-7b3a-9d7e-2f0c6a1b4e56", message: "A test of your webhook." },
  "webhook.dead_lettered": {
    webhook_id: "019a9f2e-4c51-7b3a-9d7e-2f0c6a1b4e56",
    url: "https://example.com/hook",
    reason: "5 attempts failed while the target took other events",
    count: 1,
    event_ids: ["019a9f2e-4c51-7b3a-9d7e-2f0c6a1b4e55"],
    since: 1795181820,
    until: 1795181820,
  },
  "webhook.disabled": {
    webhook_id: "019a9f2e-4c51-7b3a-9d7e-2f0c6a1b4e56",
    url: "https://example.com/hook",
    reason: "it answered 410 Gone",
  },
  "plugin.fault": {
    plugin: "weather",
    action: "restarted",
    kind: "stuck",
    reason: "command weather stood still for 1200 ms",
    place: "plugins/weather.ts:12",
  },
};
