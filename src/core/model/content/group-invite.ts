import { Type } from "@sinclair/typebox";
import { invalid } from "./message-ref.ts";
import { caption, exact, kind, moment, visible } from "./draft-parts.ts";
import type { About, Make } from "./kind.ts";
import { nullable, unixSeconds } from "./parts.ts";

export const about: About = {
  name: { en: "Group invitation", id: "Undangan grup" },
  place: 130,
  can: ["forwarded"],
  others: "few, raw",
};

export const content = Type.Object(
  {
    kind: Type.Literal("group_invite"),
    group: Type.String({ description: "The group's JID." }),
    code: Type.String(),
    name: Type.String({ description: "The group's name." }),
    expires_at: nullable(unixSeconds),
    caption: Type.Optional(Type.String()),
  },
  { description: "A personal invitation into a group." },
);

export const draft = Type.Object(
  {
    ...kind("group_invite"),
    group: Type.String({ pattern: "^\\d{1,25}(-\\d{1,15})?@g\\.us$", description: "a group id (1203…@g.us)" }),
    code: Type.String({ pattern: "^[\\w-]{1,128}$", description: "the invitation's code, letters and digits" }),
    name: Type.String({ ...visible, maxLength: 100, description: "the group's name, up to 100 characters" }),
    expires_at: Type.Optional(Type.Integer(moment)),
    ...caption,
  },
  exact,
);

export const make: Make<"group_invite"> = ({ expires_at: expires = null, ...given }, { now }) => {
  if (expires !== null && expires * 1000 <= now) throw invalid("content.expires_at", "takes a moment to come");
  return { ...given, expires_at: expires };
};
