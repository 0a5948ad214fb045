import { Type } from "@sinclair/typebox";
import type { About } from "./kind.ts";
import { count } from "./parts.ts";

export const about: About = {
  name: { en: "Shared history", id: "Riwayat yang dibagikan" },
  place: 227,
  others: "–",
};

export const content = Type.Object(
  {
    kind: Type.Literal("history_shared"),
    messages: count,
    members: Type.Array(Type.String({ description: "JID." }), { description: "Who was given them." }),
  },
  { description: "Earlier messages of the group were shared with new members." },
);
