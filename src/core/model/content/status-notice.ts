import { Type } from "@sinclair/typebox";
import type { About } from "./kind.ts";
import { nullable, messageRefSchema } from "./parts.ts";

export const about: About = {
  name: { en: "Notice about a status", id: "Pemberitahuan status" },
  place: 222,
  others: "–",
};

const actions = [
  "mentioned",
  "group_mentioned",
  "add_yours",
  "reshared",
  "answer_reshared",
  "group_reply",
  "sticker",
] as const;

export const content = Type.Object(
  {
    kind: Type.Literal("status_notice"),
    action: nullable(Type.Union(actions.map((action) => Type.Literal(action)))),
    status: nullable(messageRefSchema),
  },
  {
    description:
      "Somebody mentions this account, or its group, in a status, or does something with a status of its own.",
  },
);
