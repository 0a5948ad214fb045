import { Type } from "@sinclair/typebox";
import { count, nullable } from "./parts.ts";

export const callOutcomes = [
  "connected",
  "missed",
  "failed",
  "rejected",
  "accepted_elsewhere",
  "ongoing",
  "silenced",
] as const;

export const call = Type.Object(
  {
    kind: Type.Literal("call"),
    video: Type.Boolean(),
    outcome: nullable(Type.Union(callOutcomes.map((outcome) => Type.Literal(outcome)))),
    seconds: count,
    participants: Type.Array(Type.String({ description: "JID." })),
  },
  { description: "A call as the chat remembers it." },
);

export const album = Type.Object(
  { kind: Type.Literal("album"), images: count, videos: count },
  { description: "Announces pictures and videos that follow as messages of their own." },
);

export const unsupported = Type.Object(
  {
    kind: Type.Literal("unsupported"),
    type: Type.String({ description: "WhatsApp's own name of the kind, e.g. `requestPaymentMessage`." }),
  },
  { description: "Something this version does not know yet. Never an error." },
);
