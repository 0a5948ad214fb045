import { Type } from "@sinclair/typebox";
import { nullable, targetSchema } from "./parts.ts";

/** What is done to a message or a chat rather than said in it. Each is an event of its own. */
const target = { target: targetSchema };

export const reaction = Type.Object(
  {
    kind: Type.Literal("reaction"),
    ...target,
    emoji: nullable(Type.String({ description: "Null takes the reaction back." })),
  },
  { description: "A reaction to a message." },
);

export const pin = Type.Object(
  {
    kind: Type.Literal("pin"),
    ...target,
    pinned: Type.Boolean(),
    seconds: nullable(Type.Integer({ minimum: 0, description: "For how long." })),
  },
  { description: "A message pinned for everybody in the chat, or unpinned." },
);

export const keep = Type.Object(
  { kind: Type.Literal("keep"), ...target, kept: Type.Boolean() },
  { description: "A disappearing message that is kept, or no longer." },
);

export const deletion = Type.Object(
  { kind: Type.Literal("delete"), ...target },
  { description: "A message taken back for everybody." },
);

export const timer = Type.Object(
  {
    kind: Type.Literal("timer"),
    seconds: Type.Integer({ minimum: 0, description: "How long messages stay; 0 is for ever." }),
  },
  { description: "The chat's timer for disappearing messages." },
);
