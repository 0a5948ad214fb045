import { Type } from "@sinclair/typebox";
import { exact, kind, target, visible } from "./draft-parts.ts";

export const poll = Type.Object(
  {
    ...kind("poll"),
    question: Type.String({ ...visible, maxLength: 255, description: "a text of 1 to 255 characters" }),
    options: Type.Array(Type.String({ ...visible, maxLength: 100, description: "1 to 100 characters" }), {
      minItems: 2,
      maxItems: 12,
      uniqueItems: true,
      description: "2 to 12 different answers",
    }),
    selectable: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 12, description: "how many may be chosen; 0, the default, is any number" }),
    ),
  },
  exact,
);

export const pollVote = Type.Object(
  {
    ...kind("poll_vote"),
    ...target,
    options: Type.Array(Type.String(), {
      maxItems: 12,
      description: "the answers as the poll words them; [] for none",
    }),
  },
  exact,
);
