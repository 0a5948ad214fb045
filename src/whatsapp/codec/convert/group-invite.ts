import type { Converter, Writer } from "./converter.ts";
import { natural, only } from "./fields.ts";

export const groupInvite: Converter<"group_invite"> & Writer<"group_invite"> = {
  read({ groupInviteMessage: invite }) {
    if (!invite) return null;
    return {
      kind: "group_invite",
      group: invite.groupJid ?? "",
      code: invite.inviteCode ?? "",
      name: invite.groupName ?? "",
      expires_at: natural(invite.inviteExpiration) || null,
      ...only({ caption: invite.caption }),
    };
  },
  write({ group, code, name, expires_at: expires, caption }) {
    return {
      groupInviteMessage: {
        groupJid: group,
        inviteCode: code,
        groupName: name,
        ...only({ inviteExpiration: expires, caption }),
      },
    };
  },
};
