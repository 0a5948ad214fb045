import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { Network } from "../network/network.ts";
import { SERVER } from "../wire/address.ts";
import { el } from "../wire/stanza.ts";

/** Tells a client once that its one-time pre-keys are running out; again after it has uploaded some. */
export function warnIfLow(network: Network, device: LinkedDevice): void {
  const left = device.preKeys.count;
  if (left > network.options.preKeyLow || !device.settled) return;
  if (network.record.unsettled("notification").some((one) => one.device === device.jid() && one.type === "encrypt"))
    return;
  const attrs = { from: SERVER, type: "encrypt", id: network.newId(), t: network.now };
  network.deliver(device, el("notification", attrs, [el("count", { value: String(left) })]));
}
