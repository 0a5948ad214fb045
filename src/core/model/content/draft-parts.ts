import { type Static, Type } from "@sinclair/typebox";

/** Pieces that several kinds of drafts share. */
export const exact = { additionalProperties: false };
export const kind = <K extends string>(name: K) => ({ kind: Type.Literal(name) });

/** A message that a draft speaks of. */
export const targetDraft = Type.Union(
  [
    Type.String({ minLength: 1, maxLength: 128 }),
    Type.Object(
      {
        id: Type.String({ minLength: 1, maxLength: 128 }),
        sender: Type.Optional(Type.String()),
        from_me: Type.Optional(Type.Boolean()),
        server_id: Type.Optional(Type.Integer({ minimum: 1 })),
      },
      { additionalProperties: false },
    ),
  ],
  {
    description:
      "the id of a message of that chat, as the event or the send call gave it; { id, sender, from_me } for one this server has never seen, { id, server_id } for such a post",
  },
);
export type TargetDraft = Static<typeof targetDraft>;
/** Of a text that has something to be seen. */
export const visible = { pattern: "\\S" };

/** A moment before the year 10000: what is larger is milliseconds, or no moment. */
export const moment = { minimum: 1, maximum: 253_402_300_799, description: "Unix seconds" };

export const target = { target: targetDraft };

/** More than WhatsApp's own apps let anybody write; they show it all. */
export const mostCaption = 4_096;
export const caption = {
  caption: Type.Optional(Type.String({ maxLength: mostCaption, description: "a text of up to 4,096 characters" })),
};
