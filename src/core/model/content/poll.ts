import { Type } from "@sinclair/typebox";
import { invalid } from "./message-ref.ts";
import { exact, kind, visible } from "./draft-parts.ts";
import type { About, Make, KindWords } from "./kind.ts";
import { unixSeconds } from "./parts.ts";

export const about: About = {
  name: { en: "Poll", id: "Jajak pendapat" },
  place: 140,
  can: ["forwarded", "posted"],
  others: "all but two",
};

export const content = Type.Object(
  {
    kind: Type.Literal("poll"),
    question: Type.String(),
    options: Type.Array(Type.String()),
    selectable: Type.Integer({ minimum: 0, description: "How many options one may choose; 0 is any number." }),
    ends_at: Type.Optional(unixSeconds),
    hides_voters: Type.Optional(Type.Literal(true, { description: "Nobody sees who chose what." })),
    open: Type.Optional(Type.Literal(true, { description: "Members may add options." })),
  },
  { description: "A poll." },
);

export const draft = Type.Object(
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

export const make: Make<"poll"> = ({ question, options, selectable = 0 }) => {
  if (new Set(options.map((option) => option.trim())).size < options.length)
    throw invalid("content.options", "takes 2 to 12 different answers");
  if (selectable > options.length)
    throw invalid("content.selectable", `takes 0 to ${options.length}, the number of options`);
  return { kind: "poll", question, options, selectable };
};

export const words: KindWords<"poll"> = ({ question, options }) => [question, ...options];
