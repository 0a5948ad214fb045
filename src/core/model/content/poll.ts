import { Type } from "@sinclair/typebox";
import { count, nullable, targetSchema } from "./parts.ts";

export const poll = Type.Object(
  {
    kind: Type.Literal("poll"),
    question: Type.String(),
    options: Type.Array(Type.String()),
    selectable: Type.Integer({ minimum: 0, description: "How many options one may choose; 0 is any number." }),
  },
  { description: "A poll." },
);

export const pollVote = Type.Object(
  {
    kind: Type.Literal("poll_vote"),
    target: targetSchema,
    options: nullable(
      Type.Array(Type.String(), { description: "What is chosen now; empty when the vote was taken back." }),
    ),
  },
  { description: "A vote in a poll; `options` is null when the poll is not known here." },
);

export const pollResult = Type.Object(
  {
    kind: Type.Literal("poll_result"),
    question: Type.String(),
    votes: Type.Array(Type.Object({ option: Type.String(), count })),
  },
  { description: "The result of a poll, frozen." },
);
