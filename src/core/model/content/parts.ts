import { type Static, type TSchema, Type } from "@sinclair/typebox";

/** Pieces that several kinds of content share. */
export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
/** The same schema with the name that OpenAPI and generated clients know it by: `live_location`, `Content` is `LiveLocationContent`. */
export const titled = <T extends TSchema>(schema: T, kind: string, suffix: string): T => ({
  ...schema,
  title: `${kind.replaceAll(/(?:^|[._])([a-z])/g, (_, letter: string) => letter.toUpperCase())}${suffix}`,
});
export const unixSeconds = Type.Integer({ description: "Unix seconds." });
export const count = Type.Integer({ minimum: 0 });

/** Another message, as whoever speaks of it knows it. */
export const messageRefSchema = Type.Object(
  {
    id: Type.String({ description: "WhatsApp's id of that message." }),
    sender: nullable(Type.String({ description: "Its sender's JID, when known." })),
    from_me: Type.Boolean({ description: "True when this account sent it." }),
    server_id: Type.Optional(Type.Integer({ description: "Of a post: the channel's own number of it." })),
  },
  { title: "MessageRef", description: "The message that is meant." },
);
export type MessageRef = Static<typeof messageRefSchema>;
