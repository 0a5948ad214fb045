import type { User } from "../accounts/user.ts";
import type { Network } from "../network/network.ts";
import { el } from "../wire/stanza.ts";

/** Gives an account the "trusted contact" token of another, told to its companions in a notification. */
export function giveToken(network: Network, from: User, to: User): void {
  const token = network.random.bytes(24);
  from.tokens.set(to, token);
  for (const device of to.linked) {
    const attrs = {
      from: from.jid(),
      sender_lid: from.jid("lid"),
      type: "privacy_token",
      id: network.newId(),
      t: network.now,
    };
    const node = el("token", { jid: device.jid(), t: network.now, type: "trusted_contact" }, token);
    network.deliver(device, el("notification", attrs, [el("tokens", {}, [node])]));
  }
}
