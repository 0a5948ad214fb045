import { Type } from "@sinclair/typebox";
import { exact, kind, target } from "./draft-parts.ts";
import type { About } from "./kind.ts";

export const about: About = {
  name: { en: "Forwarded message", id: "Pesan terusan" },
  place: 270,
  can: ["posted", "status"],
  others: "most",
};

/** What it becomes is what the message said: see `sending/drafting/forward.ts`. */
export const draft = Type.Object(
  {
    ...kind("forward"),
    ...target,
    chat: Type.Optional(Type.String({ description: "the chat it is in, when it is not the one written to" })),
  },
  exact,
);
