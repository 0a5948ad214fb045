import { type TInteger, type TObject, Type } from "@sinclair/typebox";
import { type MessageStatus, messageStatuses } from "../message/message.ts";
import { actionSchemas } from "../content/action.ts";
import { contentSchema } from "../content/content.ts";
import { sentContentSchema } from "../content/sent.ts";
import { nullable, unixSeconds } from "../content/parts.ts";
import { reasons } from "../phase.ts";

/** What the data of several events is made of. */

export const reason = Type.Union(reasons.map((name) => Type.Literal(name)));

const phone = nullable(
  Type.String({
    description: "Digits with country code, when known. It may never come: who has a username need not show a number.",
  }),
);
const lid = nullable(Type.String({ description: "The LID JID, when known." }));
const username = nullable(Type.String({ description: "Without the `@` that shows it, when there is one." }));
/** What a field that names a person is told with. */
const namesOf = <const F extends string>(field: F) =>
  ({ [`${field}_phone`]: phone, [`${field}_lid`]: lid, [`${field}_username`]: username }) as {
    [K in "phone" | "lid" | "username" as `${F}_${K}`]: typeof phone;
  };

/** The chat, and of whom it is when it is a person's. */
export const chat = {
  chat: Type.String({
    description: "The chat's JID: one name for one conversation, whatever names its people are addressed by.",
  }),
  chat_phone: phone,
  chat_lid: lid,
};

export const message = {
  id: Type.String({ description: "WhatsApp's message id." }),
  ...chat,
  sender: Type.String({ description: "The sender's JID: one name for one person." }),
  ...namesOf("sender"),
  wire: Type.Object(
    { chat: Type.String(), sender: Type.String() },
    { description: "The same two as WhatsApp addressed them this time, without the device." },
  ),
  id_collision: Type.Optional(
    Type.Boolean({
      description:
        "This account sent a message of the same id, into this chat or another: they are two, told apart by chat and sender.",
    }),
  ),
  from_me: Type.Boolean({ description: "True of what the owner typed on the phone." }),
  is_group: Type.Boolean(),
  push_name: nullable(Type.String()),
  timestamp: unixSeconds,
};

// The event's type says of what kind an action is.
const acted = <T extends TObject>(action: T) => Type.Omit(action, ["kind"]).properties;
export const reaction = acted(actionSchemas.reaction);
export const edit = acted(actionSchemas.edit);
export const pin = acted(actionSchemas.pin);
export const keep = acted(actionSchemas.keep);
export const vote = acted(actionSchemas.poll_vote);
export const answer = acted(actionSchemas.event_response);
export const timer = acted(actionSchemas.timer);
export const previous = Type.Union([contentSchema, Type.Null()], {
  description: "What it said before, when that is known.",
});
/** Why an edit or a deletion changed nothing. A closed list. */
export const whyNotApplied = {
  not_author: "It speaks of a message of somebody else, and its sender is no admin who may delete it.",
  unknown_message: "Its message is not known here; it is done to it when it comes.",
  deleted: "Its message was deleted before.",
  unreadable: "What it says could not be read.",
} as const;
export type NotApplied = keyof typeof whyNotApplied;
/** What became of an edit or a deletion. */
export const effect = {
  applied: Type.Boolean({
    description: "Whether it was done to the message that is kept here. False: nothing changed, and `reason` says why.",
  }),
  reason: Type.Optional(
    Type.Union(
      (Object.keys(whyNotApplied) as NotApplied[]).map((name) =>
        Type.Literal(name, { description: whyNotApplied[name] }),
      ),
    ),
  ),
};
export const anySent = sentContentSchema;

export const sentMessage = {
  id: Type.String({ description: "WhatsApp's message id." }),
  message_id: Type.String({ description: "Ours, as the send call answered it." }),
  ...chat,
  timestamp: unixSeconds,
  bulk_id: Type.Optional(Type.String({ description: "The bulk it is part of." })),
  album: Type.Optional(Type.String({ description: "Id of the album whose file it is." })),
};

export const bulk = {
  bulk_id: Type.String(),
  total: Type.Integer({ minimum: 1, description: "How many messages it was made of." }),
  counts: Type.Object(
    Object.fromEntries(messageStatuses.map((status) => [status, Type.Integer({ minimum: 0 })])) as Record<
      MessageStatus,
      TInteger
    >,
    { description: "How many of them are where; each counts once." },
  ),
  timestamp: unixSeconds,
};

export const anyOf = <T extends string>(...names: T[]) => Type.Union(names.map((name) => Type.Literal(name)));
export const group = Type.String({ description: "The group's JID." });
export const person = Type.Object(
  { jid: Type.String({ description: "One name for one person." }), phone, lid, username },
  { title: "EventPerson" },
);
export const author = {
  author: nullable(Type.String({ description: "Who did it, as a JID, when that is told." })),
  ...namesOf("author"),
};
export const participant = {
  participant: nullable(Type.String({ description: "Who, in a group." })),
  ...namesOf("participant"),
};
export const member = {
  member: Type.String({ description: "Who, as a JID; in a chat of two the chat itself." }),
  ...namesOf("member"),
};
export const mentioned = {
  mentioned: Type.Optional(
    Type.Array(
      Type.Object({
        ...person.properties,
        wire: Type.String({ description: "The JID by which the words mention them: `@` and its digits." }),
      }),
      { description: "Those of `mentions`, by all their names." },
    ),
  ),
  mentions_me: Type.Optional(Type.Boolean({ description: "True when this account is among them." })),
};
export const groupChange = Type.Object({
  subject: Type.String(),
  description: nullable(Type.String()),
  announce_only: Type.Boolean(),
  locked: Type.Boolean(),
  join_approval: Type.Boolean(),
  members_add: Type.Boolean(),
  timer: Type.Integer({ description: "Seconds; 0 is off." }),
  invite_code: Type.String(),
  picture: Type.Boolean({ description: "False: it was taken away." }),
  suspended: Type.Boolean({ description: "By WhatsApp." }),
  deleted: Type.Boolean({ description: "It is no more, as a community that was ended." }),
});
export const linked = Type.Object({
  community: Type.String({ description: "The community's JID." }),
  group: Type.String({ description: "The group's JID." }),
  subject: nullable(Type.String({ description: "The group's, when that is told." })),
  ...author,
});
export const channel = { channel: Type.String({ description: "The channel's JID." }) };
export const post = {
  ...channel,
  id: Type.String({ description: "WhatsApp's message id of the post." }),
  server_id: nullable(Type.Integer({ description: "The channel's own number of it, which rises." })),
  timestamp: unixSeconds,
};
export const call = Type.Object({
  call_id: Type.String({ description: "Rejecting the call takes it." }),
  from: Type.String({ description: "The caller's JID." }),
  ...namesOf("from"),
  group: nullable(Type.String({ description: "The group that is called." })),
  video: Type.Boolean(),
  timestamp: unixSeconds,
});
export const ownerOfMedia = {
  media_id: Type.String(),
  id: nullable(Type.String({ description: "WhatsApp's id of the message it came in." })),
  chat: nullable(Type.String()),
};
