import { Type } from "@sinclair/typebox";
import { nullable, unixSeconds } from "./parts.ts";

export const contacts = Type.Object(
  {
    kind: Type.Literal("contacts"),
    contacts: Type.Array(
      Type.Object({
        name: Type.String(),
        phones: Type.Array(Type.String(), { description: "As the card says, with the WhatsApp number first." }),
        vcard: Type.String(),
      }),
    ),
  },
  { description: "One contact card or several." },
);

export const groupInvite = Type.Object(
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
