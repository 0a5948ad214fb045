import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { User } from "../accounts/user.ts";
import type { Network } from "../network/network.ts";
import { el } from "../wire/stanza.ts";

/** An account blocks somebody, or no longer; its companions are told, but for the one that did it. */
export function block(network: Network, user: User, jid: string, blocked: boolean, by?: LinkedDevice): void {
  if (blocked) user.blocked.add(jid);
  else user.blocked.delete(jid);
  const item = el("item", { jid, action: blocked ? "block" : "unblock" });
  for (const device of user.linked) {
    if (device === by) continue;
    const attrs = { from: user.jid(), type: "account_sync", id: network.newId(), t: network.now };
    const list = el("blocklist", { action: "modify", dhash: "sim", prev_dhash: "sim" }, [item]);
    network.deliver(device, el("notification", attrs, [list]));
  }
}
