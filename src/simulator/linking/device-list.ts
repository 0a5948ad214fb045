import type { SimulatedDevice } from "../accounts/device.ts";
import { deviceHash } from "../accounts/device-hash.ts";
import type { Network } from "../network/network.ts";
import { el } from "../wire/stanza.ts";

/**
 * A device joined an account or left it: its other companions are told the whole list, everybody else who is linked what
 * changed, with the hash of the list (the server tells those who have the user among their contacts; here, everyone).
 */
export function tellDevices(network: Network, changed: SimulatedDevice, change: "add" | "remove"): void {
  const { user } = changed;
  const news = (type: string) => ({ from: user.jid(), type, id: network.newId(), t: network.now });
  for (const device of user.linked) {
    if (device === changed) continue;
    const list = user.devices.map((one) => el("device", { jid: one.jid(), "key-index": keyIndex(one) }));
    const devices = el("devices", { dhash: deviceHash(user.devices) }, list);
    network.deliver(device, el("notification", news("account_sync"), [devices]));
  }
  const device = el("device", { jid: changed.jid(), lid: changed.jid("lid"), "key-index": keyIndex(changed) });
  const hashes = { device_hash: deviceHash(user.devices), device_lid_hash: deviceHash(user.devices, "lid") };
  for (const receiver of network.directory.linkedDevices) {
    if (receiver.user === user) continue;
    const attrs = { ...news("devices"), lid: user.jid("lid") };
    network.deliver(receiver, el("notification", attrs, [el(change, hashes, [device])]));
  }
}

const keyIndex = ({ id }: SimulatedDevice): string | undefined => (id === 0 ? undefined : String(id));
