import { Type } from "@sinclair/typebox";
import { caption, exact, kind, moment, visible } from "./draft-parts.ts";

export const contacts = Type.Object(
  {
    ...kind("contacts"),
    contacts: Type.Array(
      Type.Object(
        {
          name: Type.String({ ...visible, maxLength: 255, description: "the name on the card, up to 255 characters" }),
          phone: Type.Optional(Type.String({ description: "digits with country code" })),
          vcard: Type.Optional(Type.String({ maxLength: 65_536, description: "a whole vCard instead of a phone" })),
        },
        exact,
      ),
      { minItems: 1, maxItems: 257, description: "1 to 257 cards of { name, phone } or { name, vcard }" },
    ),
  },
  exact,
);

export const groupInvite = Type.Object(
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
