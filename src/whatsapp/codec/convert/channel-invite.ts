import type { Converter } from "./converter.ts";
import { moment, only } from "./fields.ts";

export const channelInvite: Converter<"channel_invite"> = {
  read({ newsletterAdminInviteMessage: toRun, newsletterFollowerInviteMessageV2: toFollow }) {
    const invite = toRun ?? toFollow;
    if (!invite) return null;
    return {
      kind: "channel_invite",
      channel: invite.newsletterJid ?? "",
      name: invite.newsletterName ?? "",
      admin: toRun != null,
      expires_at: moment(toRun?.inviteExpiration) || null,
      ...only({ caption: invite.caption }),
    };
  },
};
