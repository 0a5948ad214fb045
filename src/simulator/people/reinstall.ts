import type { User } from "../accounts/user.ts";
import { unlink } from "../linking/unlink.ts";
import type { Network } from "../network/network.ts";
import { el } from "../wire/stanza.ts";

/** A phone set up anew: new keys, no sessions, companions unlinked. Clients get the identity notification. */
export function reinstall(network: Network, user: User): void {
  for (const device of user.linked) unlink(network, device, "phone");
  user.replacePhone();
  for (const device of network.directory.linkedDevices) {
    const attrs = { from: user.jid(), lid: user.jid("lid"), type: "encrypt", id: network.newId(), t: network.now };
    network.deliver(device, el("notification", attrs, [el("identity")]));
  }
}
