import type { User } from "../accounts/user.ts";
import type { Network } from "../network/network.ts";
import { el, type Stanza } from "../wire/stanza.ts";

/** The stanza a client is told by that its account may not start chats, or may again. */
export function timelockNotice(network: Network, user: User): Stanza {
  const data = { xwa2_notify_account_reachout_timelock: user.timelock ?? { is_active: false } };
  return notice(network, "NotificationUserReachoutTimelockUpdate", data);
}

/** The stanza a client is told by how many chats its account may still start. */
export function capNotice(network: Network, user: User): Stanza {
  const data = { xwa2_notify_new_chat_messages_capping_info_update: user.cap };
  return notice(network, "MessageCappingInfoNotification", data);
}

/** The stanza others are told by that somebody goes by a username, or no more (zapo, 2026-08). */
export function usernameNotice(network: Network, user: User): Stanza {
  const data = { xwa2_notify_username_on_change: { username: user.username ?? null, lid: user.jid("lid") } };
  return notice(network, "UsernameSetNotification", data);
}

function notice(network: Network, operation: string, data: object): Stanza {
  const update = el("update", { op_name: operation }, Buffer.from(JSON.stringify({ data })));
  return el("notification", { from: "@s.whatsapp.net", type: "mex", id: network.newId(), t: network.now }, [update]);
}
