import { Type } from "@sinclair/typebox";
import { targetOf } from "./aim.ts";
import { exact, kind, target } from "./draft-parts.ts";
import type { About, Make } from "./kind.ts";
import { targetSchema } from "./parts.ts";

export const about: About = {
  name: { en: "Kept message", id: "Pesan yang disimpan" },
  place: 290,
  others: "–",
};

export const content = Type.Object(
  { kind: Type.Literal("keep"), target: targetSchema, kept: Type.Boolean() },
  { description: "A disappearing message that is kept, or no longer." },
);

export const draft = Type.Object({ ...kind("keep"), ...target, kept: Type.Optional(Type.Boolean()) }, exact);

export const make: Make<"keep"> = async ({ target: given, kept = true }, desk) => ({
  kind: "keep",
  target: await targetOf(given, desk),
  kept,
});
