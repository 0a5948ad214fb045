import type { SimulatedDevice } from "./device.ts";
import type { Random } from "../base/random.ts";
import { ReceivedSenderKeys, SenderKey } from "../signal/sender-key.ts";

/** The sender keys of one simulated device, by the JID of the group: its own, and what it was told of others'. */
export class GroupKeys {
  readonly #random: Random;
  readonly #own = new Map<string, { key: SenderKey; told: Set<SimulatedDevice> }>();
  readonly #others = new Map<string, Map<SimulatedDevice, ReceivedSenderKeys>>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** Its key in a group, and the devices that have it already. */
  own(group: string): { key: SenderKey; told: Set<SimulatedDevice> } {
    const known = this.#own.get(group);
    if (known) return known;
    const fresh = { key: new SenderKey(this.#random), told: new Set<SimulatedDevice>() };
    this.#own.set(group, fresh);
    return fresh;
  }

  /** Throws its own key away, since someone who knew it has left. */
  rotate(group: string): void {
    this.#own.delete(group);
  }

  of(group: string, sender: SimulatedDevice): ReceivedSenderKeys {
    const senders = this.#others.get(group) ?? new Map<SimulatedDevice, ReceivedSenderKeys>();
    this.#others.set(group, senders);
    const keys = senders.get(sender) ?? new ReceivedSenderKeys();
    senders.set(sender, keys);
    return keys;
  }

  /** Loses what it was told. */
  forget(): void {
    this.#others.clear();
  }
}
