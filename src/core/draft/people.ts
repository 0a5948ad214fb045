import { Type } from "@sinclair/typebox";
import { caption, exact, kind } from "./parts.ts";

export const contacts = Type.Object(
  {
    ...kind("contacts"),
    contacts: Type.Array(
      Type.Object(
        {
          name: Type.String({ minLength: 1, maxLength: 255, description: "the name on the card" }),
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
    group: Type.String({ pattern: "@g\\.us$", description: "a group id (1203…@g.us)" }),
    code: Type.String({ minLength: 1, maxLength: 128 }),
    name: Type.String({ minLength: 1, maxLength: 255 }),
    expires_at: Type.Optional(Type.Integer({ minimum: 0, description: "Unix seconds" })),
    ...caption,
  },
  exact,
);
