import { Type } from "@sinclair/typebox";
import type { About } from "./kind.ts";
import { count, nullable } from "./parts.ts";

export const about: About = {
  name: { en: "Call", id: "Panggilan" },
  place: 210,
  others: "–",
};

const outcomes = ["connected", "missed", "failed", "rejected", "accepted_elsewhere", "ongoing", "silenced"] as const;

export const content = Type.Object(
  {
    kind: Type.Literal("call"),
    video: Type.Boolean(),
    outcome: nullable(Type.Union(outcomes.map((outcome) => Type.Literal(outcome)))),
    seconds: count,
    participants: Type.Array(Type.String({ description: "JID." })),
  },
  { description: "A call as the chat remembers it." },
);
