import { Type } from "@sinclair/typebox";
import { isGroupJid } from "../recipient.ts";
import { invalid } from "./message-ref.ts";
import { exact, kind } from "./draft-parts.ts";
import type { About, Make } from "./kind.ts";

export const about: About = {
  name: { en: "Timer of disappearing messages", id: "Pengatur waktu pesan sementara" },
  place: 320,
  others: "three",
};

export const content = Type.Object(
  {
    kind: Type.Literal("timer"),
    seconds: Type.Integer({ minimum: 0, description: "How long messages stay; 0 is for ever." }),
  },
  { description: "The chat's timer for disappearing messages." },
);

export const draft = Type.Object(
  {
    ...kind("timer"),
    seconds: Type.Union(
      [0, 86_400, 604_800, 7_776_000].map((each) => Type.Literal(each)),
      { description: "0, 86400, 604800 or 7776000: off, a day, a week or 90 days" },
    ),
  },
  exact,
);

export const make: Make<"timer"> = ({ seconds }, { chat }) => {
  if (isGroupJid(chat))
    throw invalid("content.kind", "takes timer in a chat of two only; a group's timer is one of its settings");
  return { kind: "timer", seconds };
};
