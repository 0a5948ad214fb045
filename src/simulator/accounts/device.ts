import type { Bundle } from "../signal/bundle.ts";
import { type Addressing, formatAddress } from "../wire/address.ts";
import type { LinkedDevice } from "./linked-device.ts";
import type { User } from "./user.ts";
import type { VirtualDevice } from "./virtual-device.ts";

/** A device of a user: played by the simulator, or a real client that linked itself. */
export type SimulatedDevice = VirtualDevice | LinkedDevice;

/** What both kinds have. Device 0 is the phone; companions count from 1. */
export abstract class DeviceBase {
  readonly user: User;
  readonly id: number;
  /** A device in Meta's cloud, of a business that answers from there too. */
  hosted = false;

  constructor(user: User, id: number) {
    this.user = user;
    this.id = id;
  }

  jid(addressing: Addressing = "pn"): string {
    const name = addressing === "pn" ? this.user.number : this.user.lidNumber;
    return formatAddress(name, addressing, this.id, this.hosted);
  }

  /** The keys a stranger starts a session with; a one-time pre-key in it is gone from the store. */
  abstract takeBundle(): Bundle;
}
