import { Type } from "@sinclair/typebox";
import { asMessageRef, invalid, lookUpKind } from "./message-ref.ts";
import { exact, kind, target } from "./draft-parts.ts";
import type { About, Make } from "./kind.ts";
import { nullable, messageRefSchema } from "./parts.ts";

export const about: About = {
  name: { en: "Vote", id: "Suara" },
  place: 300,
  here: "decrypted",
  others: "S in two; R in most",
};

export const content = Type.Object(
  {
    kind: Type.Literal("poll_vote"),
    target: messageRefSchema,
    options: nullable(
      Type.Array(Type.String(), { description: "What is chosen now; empty when the vote was taken back." }),
    ),
  },
  {
    description:
      "A vote in a poll; `options` is null when the poll, or an answer that was chosen, is not known here; it is told again when that comes.",
  },
);

export const draft = Type.Object(
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

/** Throws `not_found`, `invalid`. */
export const make: Make<"poll_vote"> = async ({ target: given, options }, desk) => {
  const poll = await lookUpKind(given, desk, "poll");
  const { options: answers, selectable } = poll.content;
  if (options.some((option) => !answers.includes(option)))
    throw invalid("content.options", `takes answers of this poll: ${answers.join(", ")}`);
  const most = selectable || answers.length;
  const chosen = [...new Set(options)];
  if (chosen.length > most) throw invalid("content.options", `takes at most ${most} of this poll's answers`);
  return { kind: "poll_vote", target: asMessageRef(poll), options: chosen };
};
