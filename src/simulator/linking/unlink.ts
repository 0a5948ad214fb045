import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { Network } from "../network/network.ts";
import { el } from "../wire/stanza.ts";
import { tellDevices } from "./device-list.ts";

/** Takes a companion off its account: it is told, cut off, and can never log in again. */
export function unlink(network: Network, device: LinkedDevice, by: "phone" | "companion"): void {
  device.removed = true;
  device.user.remove(device.id);
  tellDevices(network, device, "remove");
  network.events.emit({ type: "phone.unlinked", phone: device.user.number, device: device.jid(), by });
  network.online.get(device)?.streamError({ code: "401" }, [el("conflict", { type: "device_removed" })]);
}
