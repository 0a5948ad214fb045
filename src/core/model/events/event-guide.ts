import type { EventType } from "./events.ts";

/** When an event comes, and what comes after it or is to be done: sentences for whoever writes a receiver. */
export interface EventGuide {
  readonly when: string;
  readonly follows: string;
}

const guide = (when: string, follows = "Nothing."): EventGuide => ({ when, follows });

/** One for each event of the catalogue. */
export const eventGuides: Readonly<Record<EventType, EventGuide>> = {
  "message.received": guide(
    "Somebody wrote to the account, or the owner wrote on the phone or another device (`from_me` is true then).",
    "`message.edited`, `message.deleted`, `message.reaction` and the like, if anybody does that. With `MEDIA_DOWNLOAD=eager` `media.ready` or `media.failed` for a file.",
  ),
  "message.reaction": guide("Somebody put an emoji on a message, or took it back (`emoji` is null)."),
  "message.edited": guide(
    "Somebody changed the text or caption of their message. `previous` is what it said. With `applied` false nothing changed: `reason` says why, as `not_author` of who speaks of somebody else's message.",
    "The history has the new words. Perhaps another edit.",
  ),
  "message.deleted": guide(
    "Somebody took a message back for everybody. `previous` is what it said, as far as it was known here. With `applied` false nothing was: `reason` says why, as `not_author` of who is neither its author nor an admin.",
    "Nothing: the history keeps that there was one.",
  ),
  "message.pinned": guide("Somebody pinned a message in a chat, or took the pin off."),
  "message.kept": guide("Somebody kept a message that would have disappeared, or let it go."),
  "poll.vote": guide(
    "Somebody voted in a poll that is known here, or changed their vote: `options` is their whole choice.",
    "Another one when they change it; with `options` null the same once more when the poll, or the answer that somebody added, has come.",
  ),
  "event.response": guide(
    "Somebody said whether they come to an event that is known here.",
    "Another one when they change it.",
  ),
  "chat.timer": guide("Somebody set how long messages of a chat stay."),
  "message.undecryptable": guide(
    "A message came that cannot be read here: `reason` says why.",
    "`message.received` with the same id when its sender or the phone sends it again in a form that can be read. Often it never comes: show that there was one.",
  ),
  "message.sent": guide(
    "WhatsApp has a message of ours.",
    "`message.status` as its recipients get and read it. Nothing, while their phones are off.",
  ),
  "message.failed": guide(
    "A message of ours was given up: `code` and `error` say why. It is not tried again.",
    "Nothing. Mend what `error` names and send anew.",
  ),
  "message.waiting": guide(
    "A message of ours is held back: `reason` says why, `release_at` until when, as far as is known.",
    "`message.released`, `message.sent`, `message.failed` or `message.cancelled`; again `message.waiting` when it is held back for another reason.",
  ),
  "message.released": guide("A message that was held back may leave.", "`message.sent` or `message.failed`."),
  "message.cancelled": guide("A message was taken back before it left."),
  "message.status": guide(
    "A recipient's phone has our message (`delivered`), or they opened it (`read`) or played it (`played`). In groups each member has their own.",
    "The next stage. `read` never comes from people who switched that off.",
  ),
  "bulk.progress": guide("A part of a bulk was settled.", "More of these, at last `bulk.done`."),
  "bulk.done": guide(
    "Every message of a bulk is sent, failed or cancelled.",
    "`message.status` of those that were sent.",
  ),
  "group.joined": guide(
    "The account is in a group: it was added, joined, or made it.",
    "`group.members` and `group.updated`.",
  ),
  "group.updated": guide(
    "Somebody changed a group's subject, description, picture or settings: `change` has what is new.",
  ),
  "group.members": guide(
    "Members came, went, or became admins or not. `remove` with the account itself: it is out of the group.",
  ),
  "group.join_request": guide(
    "Somebody asks to join a group whose admin the account is, or took that back, or was refused.",
    "`group.members` when an admin lets them in: `POST …/groups/{group}/requests`.",
  ),
  "community.linked": guide("A group became part of a community."),
  "community.unlinked": guide("A group is part of a community no longer."),
  "channel.post": guide(
    "A channel that the account follows posted.",
    "`channel.post_edited`, `channel.post_deleted`, `channel.post_counts`.",
  ),
  "channel.post_edited": guide("A post of a channel was changed."),
  "channel.post_deleted": guide("A post of a channel was taken back."),
  "channel.post_counts": guide(
    "Views or reactions of posts are known anew, for a while after `POST …/channels/{channel}/watch`.",
    "The next count.",
  ),
  "channel.joined": guide("The account follows a channel, or made one.", "`channel.post`."),
  "channel.left": guide("The account follows a channel no longer."),
  "channel.updated": guide("A channel's name, description, picture or state changed, or the account muted it."),
  presence: guide(
    "Somebody came online, went, or types. Only of those that were asked for with `POST …/contacts/{contact}/presence`, while the account is shown as online.",
    "The next change. It is not logged: what was missed is gone.",
  ),
  "call.received": guide(
    "Somebody calls; calls cannot be answered here.",
    "`call.accepted`, `call.rejected` or `call.ended`. `POST …/calls/{call}/reject` rejects it.",
  ),
  "call.accepted": guide("The call was answered on another device.", "`call.ended`."),
  "call.rejected": guide("The call was rejected, on another device or here.", "Perhaps `call.ended`."),
  "call.ended": guide("The call is over, or was missed: `reason` says which."),
  "contact.blocked": guide("The account blocked somebody, or blocks them no longer, on whichever device."),
  "contact.updated": guide(
    "What is known of somebody changed: `changed` says what. With `jid` in it their chat and history moved.",
    "Nothing. Move what you keep under the names in `previous`.",
  ),
  "contact.picture": guide("Somebody changed their picture.", "Nothing. `GET …/contacts/{contact}` has the new one."),
  "contact.about": guide("Somebody changed the words about themselves."),
  "contact.number_changed": guide(
    "Somebody has another number.",
    "`contact.updated`; their chat goes on under the new one.",
  ),
  "contact.resolved": guide(
    "The phone number of somebody known by LID became known, or the other way round.",
    "Perhaps `contact.updated`.",
  ),
  "contacts.checked": guide("Numbers of a `contacts/check` that were `pending` are known."),
  "label.updated": guide("A label of a business account was made, changed or deleted."),
  "label.assigned": guide("A label was put on a chat or a message, or taken off."),
  "chat.updated": guide("A chat was archived, pinned, muted or marked unread, on whichever device."),
  "history.synced": guide(
    "The phone told of the past: after linking in several parts, or because it was asked for.",
    "More parts after linking, until `progress` is 100. The messages are in the history and no events of their own.",
  ),
  "history.refused": guide(
    "The phone did not answer within a minute when it was asked for older messages.",
    "Nothing. Open WhatsApp on the phone and ask again.",
  ),
  "history.missing": guide(
    "A part of the past was announced and cannot be had: for half an hour its file was asked for, and the phone once.",
    "Nothing. `POST …/chats/{chat}/history` asks the phone for older messages of a chat.",
  ),
  "media.ready": guide("A file is here, with `MEDIA_DOWNLOAD=eager`.", "Nothing. `GET` its `url`."),
  "media.failed": guide("A file cannot be had any more.", "Nothing. Ask its sender to send it again."),
  "device.qr": guide(
    "A QR code is there to be scanned; needs a key with `manage`.",
    "The next one in 20 seconds (the first holds 60), or `device.paired`. After the last one `device.disconnected`.",
  ),
  "device.pairing_code": guide(
    "A pairing code is there to be typed on the phone; needs a key with `manage`.",
    "`device.paired`, or it expires.",
  ),
  "device.passkey_required": guide(
    "WhatsApp wants a passkey to link this account.",
    "`device.passkey_stage` with `PASSKEY_LINKING=true`. Else nothing until a person acts: `message` says how.",
  ),
  "device.passkey_stage": guide(
    "The ceremony with the account's passkey has come to another stage; needs a key with `manage`.",
    "The next stage, then `device.paired`; `device.disconnected` when it comes to nothing, whose `reason` says why.",
  ),
  "device.paired": guide("The phone confirmed the link.", "`device.connected`, then parts of `history.synced`."),
  "device.connected": guide(
    "The device is connected to WhatsApp: after each start and each interruption.",
    "`device.updated` when WhatsApp tells the account's name; what was missed comes as if it came now.",
  ),
  "device.updated": guide("WhatsApp told something new of the account, such as its name."),
  "device.registering": guide(
    "Somebody registers this number on another phone.",
    "Nothing. If that is not the owner, the account is being taken over: warn them.",
  ),
  "device.restricted": guide(
    "WhatsApp takes no messages of the account, or delivers none (`restricted: true`), or does so again.",
    "While it holds, messages wait with `message.waiting`; then one with `restricted: false`.",
  ),
  "device.disconnected": guide(
    "The connection is lost or was stopped; `reason` says why.",
    "`device.connected` where `will_retry` is true. Else start it again.",
  ),
  "device.logged_out": guide(
    "The account is linked no longer: unlinked on the phone, logged out here, or refused by WhatsApp.",
    "`device.qr` once somebody links it again.",
  ),
  "webhook.test": guide("Somebody asked for a test of a webhook."),
  "webhook.disabled": guide(
    "A webhook was given up: it answered 410, or took nothing for five days. Your other webhooks hear of it.",
    "Nothing is owed to it until `POST /v1/webhooks/{webhook}/resume`.",
  ),
  "webhook.dead_lettered": guide(
    "Events were given up for a webhook or removed before it took them. Your other webhooks hear of it.",
    "Nothing. `POST /v1/webhooks/{webhook}/redeliver` makes those that are still kept due again.",
  ),
  "plugin.fault": guide(
    "A plugin failed: `action` says what was done about it. For the tenant that plugins run for.",
    "Nothing when it was restarted. A disabled one stays so until somebody enables it.",
  ),
};
