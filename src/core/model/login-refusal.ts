import { type Static, Type } from "@sinclair/typebox";

const text = Type.Optional(Type.String());

/** What WhatsApp says once, by its own names, when it lets a device in no more (whatsapp-rust#1165, 2026-08). */
export const loginRefusalSchema = Type.Object(
  {
    reason: Type.Optional(Type.String({ description: "WhatsApp's number: 401, 402, 403, …" })),
    code: text,
    expire: Type.Optional(Type.String({ description: "Seconds that a ban still lasts." })),
    message: text,
    url: Type.Optional(Type.String({ description: "Where the owner may read on." })),
    violation_reason: text,
    appeal_token: Type.Optional(Type.String({ description: "What an appeal of the owner needs." })),
    logout_message_header: Type.Optional(Type.String({ description: "In the words that the phone shows." })),
    logout_message_subtext: text,
    logout_message_locale: text,
  },
  { title: "LoginRefusal", description: "What WhatsApp said of it, by its own names. It is told once." },
);

export type LoginRefusal = Static<typeof loginRefusalSchema>;
export const loginRefusalFields = Object.keys(loginRefusalSchema.properties) as (keyof LoginRefusal)[];
