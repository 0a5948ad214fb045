import { Type } from "@sinclair/typebox";
import { nullable } from "../../core/model/content/parts.ts";
import { found, operation } from "./answers.ts";
import { failed } from "./failure.ts";

const many = (description: string) => Type.Integer({ minimum: 0, description });

export const imported = Type.Object(
  {
    device_id: Type.String(),
    dry_run: Type.Boolean({ description: "Nothing was changed." }),
    phone_number: nullable(Type.String()),
    wa_jid: Type.String({ description: "The account's JID." }),
    name: nullable(Type.String()),
    kept: Type.Object(
      {
        sessions: many("With devices of people: what they write can be read at once."),
        sender_keys: many("Of groups."),
        pre_keys: many("By which others begin sessions."),
        app_state_keys: many("Of archived, pinned and muted chats, and names."),
        names: many("Numbers whose LID is known."),
        tokens: many("By which people may be written to first."),
      },
      { title: "ImportedKeys" },
    ),
    made_anew: Type.Array(Type.String(), { description: "What did not come along, and what that means." }),
  },
  { title: "ImportedDevice" },
);

export const importing = operation(
  "importDevice",
  "Take over a linked device of another server, without a scan",
  {
    200: ["What came along; start the device to connect it", found(imported)],
    409: failed("An account is linked to this device already"),
  },
  {
    description:
      "The files are those of a Baileys folder; `merpati import` makes them of other servers' stores. The other server must be stopped, for good.",
  },
);
