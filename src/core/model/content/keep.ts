import { Type } from "@sinclair/typebox";
import { messageRefOf } from "./message-ref.ts";
import { exact, kind, target } from "./draft-parts.ts";
import type { About, Make } from "./kind.ts";
import { messageRefSchema } from "./parts.ts";

export const about: About = {
  name: { en: "Kept message", id: "Pesan yang disimpan" },
  place: 290,
  others: "–",
};

export const content = Type.Object(
  { kind: Type.Literal("keep"), target: messageRefSchema, kept: Type.Boolean() },
  { description: "A disappearing message that is kept, or no longer." },
);

export const draft = Type.Object({ ...kind("keep"), ...target, kept: Type.Optional(Type.Boolean()) }, exact);

export const make: Make<"keep"> = async ({ target: given, kept = true }, desk) => ({
  kind: "keep",
  target: await messageRefOf(given, desk),
  kept,
});
