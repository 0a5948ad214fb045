import { type Static, type TObject, Type } from "@sinclair/typebox";
import { Value, type ValueError } from "@sinclair/typebox/value";
import { answers } from "./content/event.ts";
import { place } from "./content/places.ts";
import { linkPreview } from "./content/text.ts";
import { Failure } from "./failure.ts";

/** A message that a draft speaks of. */
export const targetDraft = Type.Union(
  [
    Type.String({ minLength: 1, maxLength: 128 }),
    Type.Object(
      {
        id: Type.String({ minLength: 1, maxLength: 128 }),
        sender: Type.Optional(Type.String()),
        from_me: Type.Optional(Type.Boolean()),
      },
      { additionalProperties: false },
    ),
  ],
  {
    description:
      "the id of a message of that chat, as the event or the send call gave it; { id, sender, from_me } for one this server has never seen",
  },
);

const exact = { additionalProperties: false };
const kind = <K extends string>(name: K) => ({ kind: Type.Literal(name) });
const target = { target: targetDraft };
const caption = {
  caption: Type.Optional(Type.String({ maxLength: 4_096, description: "a text of up to 4,096 characters" })),
};

/** Where the bytes of a file come from: exactly one of them. */
const source = {
  url: Type.Optional(Type.String({ maxLength: 4_096, description: "an http(s) address this server fetches" })),
  base64: Type.Optional(Type.String({ description: "the file itself in base64, with or without a data: prefix" })),
  media_id: Type.Optional(Type.String({ description: "a file that was uploaded, sent or received before" })),
  mime: Type.Optional(Type.String({ maxLength: 255, description: "its type, when the file itself does not tell" })),
};
const media = <K extends string, P extends object>(name: K, more: P) =>
  Type.Object({ ...kind(name), ...source, ...more }, exact);

const question = { minLength: 1, maxLength: 255 };

/** What can be sent, by kind: as a caller writes it. */
export const draftContentSchemas = {
  text: Type.Object(
    {
      ...kind("text"),
      text: Type.String({ minLength: 1, maxLength: 65_536, description: "a text of 1 to 65,536 characters" }),
      preview: Type.Optional(
        Type.Union([linkPreview, Type.Boolean()], { description: "{ url, title, description }, or true to make one" }),
      ),
    },
    exact,
  ),
  image: media("image", caption),
  video: media("video", caption),
  gif: media("gif", caption),
  video_note: media("video_note", {}),
  audio: media("audio", {}),
  voice: media("voice", {}),
  document: media("document", {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: "the file's name" })),
    ...caption,
  }),
  sticker: media("sticker", {}),
  location: Type.Object({ ...kind("location"), ...place.properties }, exact),
  live_location: Type.Object(
    {
      ...kind("live_location"),
      latitude: place.properties.latitude,
      longitude: place.properties.longitude,
      accuracy: Type.Optional(Type.Integer({ minimum: 0, description: "metres" })),
      caption: Type.Optional(Type.String({ maxLength: 1_024 })),
    },
    exact,
  ),
  contacts: Type.Object(
    {
      ...kind("contacts"),
      contacts: Type.Array(
        Type.Object(
          {
            name: Type.String({ minLength: 1, maxLength: 255, description: "the name on the card" }),
            phone: Type.Optional(Type.String({ description: "digits with country code" })),
            vcard: Type.Optional(Type.String({ maxLength: 65_536, description: "a whole vCard instead of a phone" })),
          },
          exact,
        ),
        { minItems: 1, maxItems: 257, description: "1 to 257 cards of { name, phone } or { name, vcard }" },
      ),
    },
    exact,
  ),
  group_invite: Type.Object(
    {
      ...kind("group_invite"),
      group: Type.String({ pattern: "@g\\.us$", description: "a group id (1203…@g.us)" }),
      code: Type.String({ minLength: 1, maxLength: 128 }),
      name: Type.String({ minLength: 1, maxLength: 255 }),
      expires_at: Type.Optional(Type.Integer({ minimum: 0, description: "Unix seconds" })),
      ...caption,
    },
    exact,
  ),
  poll: Type.Object(
    {
      ...kind("poll"),
      question: Type.String({ ...question, description: "a text of 1 to 255 characters" }),
      options: Type.Array(Type.String({ minLength: 1, maxLength: 100, description: "1 to 100 characters" }), {
        minItems: 2,
        maxItems: 12,
        uniqueItems: true,
        description: "2 to 12 different answers",
      }),
      selectable: Type.Optional(
        Type.Integer({ minimum: 0, maximum: 12, description: "how many may be chosen; 0, the default, is any number" }),
      ),
    },
    exact,
  ),
  event: Type.Object(
    {
      ...kind("event"),
      name: Type.String({ minLength: 1, maxLength: 100, description: "a text of 1 to 100 characters" }),
      description: Type.Optional(Type.String({ maxLength: 2_048 })),
      start_at: Type.Integer({ minimum: 1, description: "Unix seconds" }),
      end_at: Type.Optional(Type.Integer({ minimum: 1, description: "Unix seconds" })),
      place: Type.Optional(Type.Partial(place)),
      join_link: Type.Optional(Type.String({ maxLength: 2_048, description: "an address to join at" })),
      cancelled: Type.Optional(Type.Boolean()),
      extra_guests: Type.Optional(Type.Boolean()),
    },
    exact,
  ),
  reaction: Type.Object(
    {
      ...kind("reaction"),
      ...target,
      emoji: Type.Union([Type.String({ maxLength: 64 }), Type.Null()], {
        description: 'one emoji; null or "" takes the reaction back',
      }),
    },
    exact,
  ),
  edit: Type.Object(
    {
      ...kind("edit"),
      ...target,
      text: Type.String({ minLength: 1, maxLength: 65_536, description: "the new text, or the new caption" }),
    },
    exact,
  ),
  delete: Type.Object({ ...kind("delete"), ...target }, exact),
  forward: Type.Object(
    {
      ...kind("forward"),
      ...target,
      chat: Type.Optional(Type.String({ description: "the chat it is in, when it is not the one written to" })),
    },
    exact,
  ),
  pin: Type.Object(
    {
      ...kind("pin"),
      ...target,
      pinned: Type.Optional(Type.Boolean({ description: "false unpins" })),
      seconds: Type.Optional(
        Type.Union(
          [86_400, 604_800, 2_592_000].map((each) => Type.Literal(each)),
          { description: "86400, 604800 or 2592000: a day, a week or 30 days" },
        ),
      ),
    },
    exact,
  ),
  keep: Type.Object({ ...kind("keep"), ...target, kept: Type.Optional(Type.Boolean()) }, exact),
  poll_vote: Type.Object(
    {
      ...kind("poll_vote"),
      ...target,
      options: Type.Array(Type.String(), {
        maxItems: 12,
        description: "the answers as the poll words them; [] for none",
      }),
    },
    exact,
  ),
  event_response: Type.Object(
    {
      ...kind("event_response"),
      ...target,
      response: Type.Union(
        answers.map((answer) => Type.Literal(answer)),
        { description: answers.join(", ") },
      ),
      extra_guests: Type.Optional(Type.Integer({ minimum: 0, maximum: 10 })),
    },
    exact,
  ),
  timer: Type.Object(
    {
      ...kind("timer"),
      seconds: Type.Union(
        [0, 86_400, 604_800, 7_776_000].map((each) => Type.Literal(each)),
        { description: "0, 86400, 604800 or 7776000: off, a day, a week or 90 days" },
      ),
    },
    exact,
  ),
} satisfies Record<string, TObject>;

export type DraftKind = keyof typeof draftContentSchemas;
export type DraftOf<K extends DraftKind> = Static<(typeof draftContentSchemas)[K]>;
export type DraftContent = { [K in DraftKind]: DraftOf<K> }[DraftKind];
export type TargetDraft = Static<typeof targetDraft>;
export const draftKinds = Object.keys(draftContentSchemas) as DraftKind[];

/** What a draft says beside its content. */
export const draftContext = {
  reply_to: Type.Optional(targetDraft),
  mentions: Type.Optional(
    Type.Array(Type.String(), {
      maxItems: 1_024,
      description: "up to 1,024 phone numbers, JIDs or LIDs; write @ and the digits in the text where each belongs",
    }),
  ),
  mentions_everyone: Type.Optional(Type.Boolean({ description: "notifies every member of a group" })),
  audience: Type.Optional(
    Type.Array(Type.String(), {
      minItems: 1,
      maxItems: 5_000,
      description: "for status@broadcast: the phone numbers, JIDs or LIDs who may see the post",
    }),
  ),
  view_once: Type.Optional(Type.Boolean({ description: "image, video, audio and voice only" })),
  expires_in: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 7_776_000, description: "seconds, up to 7776000; the chat's timer" }),
  ),
};
const contextSchema = Type.Object(draftContext);

/** How a draft wants to be sent. */
export const draftOptions = {
  max_wait: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 2_592_000,
      description: "seconds, 1 to 2592000, within which it must leave; else it fails with the code `expired`",
    }),
  ),
};
const optionsSchema = Type.Object(draftOptions);
export type DraftOptions = Static<typeof optionsSchema>;
export type DraftContext = Static<typeof contextSchema>;

/** The same content, checked. Throws `invalid` naming the field and what it takes. */
export function checkedContent(content: unknown): DraftContent {
  const given = typeof content === "object" && content !== null && "kind" in content ? content.kind : undefined;
  const schema = draftContentSchemas[given as DraftKind] as TObject | undefined;
  if (!schema || !Object.hasOwn(draftContentSchemas, given as string)) {
    throw new Failure("invalid", `"content.kind" takes one of ${draftKinds.join(", ")}.`, { field: "content.kind" });
  }
  refuse(Value.Errors(schema, content).First(), "content");
  return content as DraftContent;
}

/** Throws `invalid` when the rest of a draft is not as it should be. */
export function checkContext(context: unknown): asserts context is DraftContext {
  refuse(Value.Errors(contextSchema, context).First(), "");
}

/** Throws `invalid` when a draft cannot be sent as it wants. */
export function checkOptions(options: DraftOptions): void {
  refuse(Value.Errors(optionsSchema, options).First(), "");
}

function refuse(mistake: ValueError | undefined, within: string): void {
  if (!mistake) return;
  const field = [within, ...mistake.path.split("/").slice(1)].filter((part) => part !== "").join(".");
  if (mistake.message === "Unexpected property") {
    throw new Failure("invalid", `"${field}" is not a field here: leave it out or check its spelling.`, { field });
  }
  const takes = mistake.schema.description ?? mistake.message.toLowerCase();
  const verb = mistake.value === undefined ? "is missing: it takes" : "takes";
  throw new Failure("invalid", `"${field}" ${verb} ${takes}.`, { field });
}
