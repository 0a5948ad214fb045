import { type Static, type TObject, Type } from "@sinclair/typebox";
import { Value, type ValueError } from "@sinclair/typebox/value";
import * as actions from "./draft-actions.ts";
import { event, eventResponse } from "./draft-event.ts";
import { menu } from "./draft-menu.ts";
import * as media from "./draft-media.ts";
import { targetDraft } from "./draft-parts.ts";
import { contacts, groupInvite } from "./draft-people.ts";
import { liveLocation, location } from "./draft-places.ts";
import { poll, pollVote } from "./draft-poll.ts";
import { text } from "./draft-text.ts";
import { Failure } from "../../base/failure.ts";

export type { TargetDraft } from "./draft-parts.ts";

/** What can be sent, by kind: as a caller writes it. */
export const draftContentSchemas = {
  text,
  image: media.image,
  video: media.video,
  gif: media.gif,
  video_note: media.videoNote,
  audio: media.audio,
  voice: media.voice,
  document: media.document,
  sticker: media.sticker,
  location,
  live_location: liveLocation,
  contacts,
  group_invite: groupInvite,
  poll,
  event,
  menu,
  reaction: actions.reaction,
  edit: actions.edit,
  delete: actions.deletion,
  forward: actions.forward,
  pin: actions.pin,
  keep: actions.keep,
  poll_vote: pollVote,
  event_response: eventResponse,
  timer: actions.timer,
} satisfies Record<string, TObject>;

export type DraftKind = keyof typeof draftContentSchemas;
export type DraftOf<K extends DraftKind> = Static<(typeof draftContentSchemas)[K]>;
export type DraftContent = { [K in DraftKind]: DraftOf<K> }[DraftKind];
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

export const sendAt = Type.Integer({
  minimum: 1,
  description: "Unix seconds, up to 365 days ahead: when it is to leave; `max_wait` counts from then",
});

/** How a draft wants to be sent. */
export const draftOptions = {
  max_wait: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 2_592_000,
      description: "seconds, 1 to 2592000, within which it must leave; else it fails with the code `expired`",
    }),
  ),
  send_at: Type.Optional(sendAt),
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
  needWhole(content, "content");
  return content as DraftContent;
}

/** Throws `invalid` when the rest of a draft is not as it should be. */
export function checkContext(context: unknown): asserts context is DraftContext {
  refuse(Value.Errors(contextSchema, context).First(), "");
  needWhole(context, "");
}

/** Throws `invalid` when a draft cannot be sent as it wants. */
export function checkOptions(options: DraftOptions): void {
  refuse(Value.Errors(optionsSchema, options).First(), "");
}

/** Throws `invalid` for half a character (a lone surrogate): phones throw away a whole message that holds one. */
function needWhole(value: unknown, field: string): void {
  if (typeof value === "string" && !value.isWellFormed())
    throw new Failure("invalid", `"${field}" takes whole characters: half of one stands in it, cut off somewhere.`, {
      field,
    });
  if (typeof value !== "object" || value === null) return;
  for (const [name, each] of Object.entries(value)) needWhole(each, field === "" ? name : `${field}.${name}`);
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
