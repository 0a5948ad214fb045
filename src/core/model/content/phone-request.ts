import { Type } from "@sinclair/typebox";
import type { About } from "./kind.ts";

export const about: About = {
  name: { en: "Request for a phone number", id: "Permintaan nomor telepon" },
  place: 228,
  others: "–",
};

export const content = Type.Object(
  { kind: Type.Literal("phone_request") },
  { description: "Somebody who knows this account by its LID asks for its phone number." },
);
