import { VirtualDevice } from "../accounts/virtual-device.ts";
import type { User } from "../accounts/user.ts";
import { signIdentity } from "../linking/identity.ts";
import type { Network } from "../network/network.ts";
import { el, type Stanza } from "../wire/stanza.ts";

/** Links another simulated device to a user's phone, as a contact that opens WhatsApp Web does. */
export function addCompanion(network: Network, user: User): VirtualDevice {
  const device = new VirtualDevice(user, user.nextDeviceId(), user.random);
  const { identity } = device.keys;
  device.deviceIdentity = signIdentity(user.accountKey, identity, device.id);
  user.add(device);
  tellDevices(network, user, el("add", {}, [deviceNode(device)]));
  return device;
}

/** Unlinks it again. */
export function removeCompanion(network: Network, device: VirtualDevice): void {
  device.user.remove(device.id);
  tellDevices(network, device.user, el("remove", {}, [deviceNode(device)]));
}

function deviceNode(device: VirtualDevice): Stanza {
  return el("device", { jid: device.jid(), "key-index": String(device.id) });
}

// The server tells those who have the user among their contacts; here, everyone who is linked.
function tellDevices(network: Network, user: User, change: Stanza): void {
  for (const device of network.directory.linkedDevices) {
    const attrs = { from: user.jid(), lid: user.jid("lid"), type: "devices", id: network.newId(), t: network.now };
    network.deliver(device, el("notification", attrs, [change]));
  }
}
