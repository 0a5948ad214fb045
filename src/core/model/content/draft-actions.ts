import { Type } from "@sinclair/typebox";
import { exact, kind, target, visible } from "./draft-parts.ts";

export const reaction = Type.Object(
  {
    ...kind("reaction"),
    ...target,
    emoji: Type.Union([Type.String({ maxLength: 64 }), Type.Null()], {
      description: 'one emoji; null or "" takes the reaction back',
    }),
  },
  exact,
);

export const edit = Type.Object(
  {
    ...kind("edit"),
    ...target,
    text: Type.String({
      ...visible,
      maxLength: 65_536,
      description: "the new text or caption, 1 to 65,536 characters and not only spaces",
    }),
  },
  exact,
);

export const deletion = Type.Object({ ...kind("delete"), ...target }, exact);

export const forward = Type.Object(
  {
    ...kind("forward"),
    ...target,
    chat: Type.Optional(Type.String({ description: "the chat it is in, when it is not the one written to" })),
  },
  exact,
);

export const pin = Type.Object(
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

export const keep = Type.Object({ ...kind("keep"), ...target, kept: Type.Optional(Type.Boolean()) }, exact);

export const timer = Type.Object(
  {
    ...kind("timer"),
    seconds: Type.Union(
      [0, 86_400, 604_800, 7_776_000].map((each) => Type.Literal(each)),
      { description: "0, 86400, 604800 or 7776000: off, a day, a week or 90 days" },
    ),
  },
  exact,
);
