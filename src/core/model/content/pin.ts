import { Type } from "@sinclair/typebox";
import { messageRefOf } from "./message-ref.ts";
import { exact, kind, target } from "./draft-parts.ts";
import type { About, Make } from "./kind.ts";
import { nullable, messageRefSchema } from "./parts.ts";

export const about: About = {
  name: { en: "Pin", id: "Sematan" },
  place: 280,
  others: "most",
};

export const content = Type.Object(
  {
    kind: Type.Literal("pin"),
    target: messageRefSchema,
    pinned: Type.Boolean(),
    seconds: nullable(Type.Integer({ minimum: 0, description: "For how long." })),
  },
  { description: "A message pinned for everybody in the chat, or unpinned." },
);

export const draft = Type.Object(
  {
    ...kind("pin"),
    ...target,
    pinned: Type.Optional(Type.Boolean({ description: "false unpins" })),
    seconds: Type.Optional(
      Type.Union(
        [86_400, 604_800, 2_592_000].map((each) => Type.Literal(each)),
        { description: "86400, 604800 or 2592000: a day, a week or 30 days" },
      ),
    ),
  },
  exact,
);

export const make: Make<"pin"> = async ({ target: given, pinned = true, seconds = 604_800 }, desk) => ({
  kind: "pin",
  target: await messageRefOf(given, desk),
  pinned,
  seconds: pinned ? seconds : null,
});
