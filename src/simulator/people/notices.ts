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

/** The two ways in which others are told that a LID is another now: WhatsApp Web's own, and by a query's notice. */
export type LidNotice = "contacts" | "mex";

/** The stanza others are told by that `old` became the LID of now (whatsapp-rust#351, 2026-03; zapo, 2026-08). */
export function lidNotice(network: Network, user: User, old: string, how: LidNotice): Stanza {
  const now = user.jid("lid");
  if (how === "mex") return notice(network, "LidChangeNotification", { xwa2_notify_lid_change: { old, new: now } });
  const names = { old: user.jid(), new: user.jid(), old_lid: old, new_lid: now };
  const head = { from: user.jid(), type: "contacts", id: network.newId(), t: network.now };
  return el("notification", head, [el("modify", names)]);
}

/** The stanza a companion is told by that somebody registers the number anew. */
export function registrationNotice(network: Network): Stanza {
  const head = { from: "@s.whatsapp.net", type: "registration", id: network.newId(), t: network.now };
  return el("notification", head, [el("device_logout", { device: "A new phone", t: network.now })]);
}

function notice(network: Network, operation: string, data: object): Stanza {
  const update = el("update", { op_name: operation }, Buffer.from(JSON.stringify({ data })));
  return el("notification", { from: "@s.whatsapp.net", type: "mex", id: network.newId(), t: network.now }, [update]);
}
