import { Type } from "@sinclair/typebox";
import type { About } from "./kind.ts";
import { count } from "./parts.ts";

export const about: About = {
  name: { en: "Poll result", id: "Hasil jajak pendapat" },
  place: 150,
  others: "–",
};

export const content = Type.Object(
  {
    kind: Type.Literal("poll_result"),
    question: Type.String(),
    votes: Type.Array(Type.Object({ option: Type.String(), count })),
  },
  { description: "The result of a poll, frozen." },
);
