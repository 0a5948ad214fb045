import { VirtualDevice } from "../accounts/virtual-device.ts";
import type { User } from "../accounts/user.ts";
import { tellDevices } from "../linking/device-list.ts";
import { signIdentity } from "../linking/identity.ts";
import type { Network } from "../network/network.ts";

/** Links another simulated device to a user's phone, as a contact that opens WhatsApp Web does. */
export function addCompanion(network: Network, user: User): VirtualDevice {
  const device = new VirtualDevice(user, user.nextDeviceId(), user.random);
  const { identity } = device.keys;
  device.deviceIdentity = signIdentity(user.accountKey, identity, device.id);
  user.add(device);
  tellDevices(network, device, "add");
  return device;
}

/** The number of every device that Meta hosts. */
const HOSTED_DEVICE = 99;

/** A business answers from Meta's cloud too: a device of its own, which reads and writes as any other. */
export function addHostedDevice(network: Network, user: User): VirtualDevice {
  const device = new VirtualDevice(user, HOSTED_DEVICE, user.random);
  device.hosted = true;
  device.deviceIdentity = signIdentity(user.accountKey, device.keys.identity, device.id, true);
  user.add(device);
  tellDevices(network, device, "add");
  return device;
}

/** Unlinks it again. */
export function removeCompanion(network: Network, device: VirtualDevice): void {
  device.user.remove(device.id);
  tellDevices(network, device, "remove");
}
