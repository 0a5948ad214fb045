import { Type } from "@sinclair/typebox";

export const linkPreview = Type.Object(
  {
    url: Type.String(),
    title: Type.Optional(Type.String()),
    description: Type.Optional(Type.String()),
    media_id: Type.Optional(Type.String({ description: "The picture on a card that was made here." })),
  },
  { description: "The card WhatsApp shows below the text." },
);

export const text = Type.Object(
  { kind: Type.Literal("text"), text: Type.String(), preview: Type.Optional(linkPreview) },
  { description: "Plain text." },
);
