import { Type } from "@sinclair/typebox";
import type { About } from "./kind.ts";
import { nullable } from "./parts.ts";

export const about: About = {
  name: { en: "Scheduled message", id: "Pesan terjadwal" },
  place: 226,
  others: "–",
};

export const content = Type.Object(
  { kind: Type.Literal("scheduled"), key: nullable(Type.String({ description: "Names the key that will open it." })) },
  { description: "A message that WhatsApp shows at a later time; until then nobody but its sender can read it." },
);
