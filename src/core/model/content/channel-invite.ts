import { Type } from "@sinclair/typebox";
import type { About, KindWords } from "./kind.ts";
import { nullable, unixSeconds } from "./parts.ts";

export const about: About = {
  name: { en: "Channel invitation", id: "Undangan saluran" },
  place: 135,
  others: "–",
};

export const content = Type.Object(
  {
    kind: Type.Literal("channel_invite"),
    channel: Type.String({ description: "The channel's JID." }),
    name: Type.String({ description: "The channel's name." }),
    admin: Type.Boolean({ description: "To run it, rather than to follow it." }),
    expires_at: nullable(unixSeconds),
    caption: Type.Optional(Type.String()),
  },
  { description: "An invitation to follow or to run a channel." },
);

export const words: KindWords<"channel_invite"> = ({ name, caption }) => [name, caption];
