import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { VirtualDevice } from "../accounts/virtual-device.ts";
import { groupSealer } from "../groups/post.ts";
import type { Network } from "../network/network.ts";
import type { MessageContent } from "../content/content.ts";
import { enc, encode, identityOf, seal } from "../messages/envelope.ts";
import type { Stanza } from "../wire/stanza.ts";

/** A stanza on the wire, as the server saw it. `device` is undefined before login. */
export interface Traced {
  readonly direction: "in" | "out";
  readonly device: string | undefined;
  readonly stanza: Stanza;
}

/**
 * Stanzas of the test's own making, for replays of what real servers sent. A device is named by its phone-number JID,
 * with its number: `628…:1@s.whatsapp.net`.
 */
export class RawStanzas {
  readonly #network: Network;

  constructor(network: Network) {
    this.#network = network;
  }

  /** Puts a stanza into the device's queue, where it stays until the device settles it; `record.of(id)` tells how. */
  queue(device: string, stanza: Stanza): void {
    this.#network.deliver(this.#device(device), stanza);
  }

  /** Sends a stanza once and forgets it. Throws when the device is offline. */
  send(device: string, stanza: Stanza): void {
    const connection = this.#network.online.get(this.#device(device));
    if (!connection) throw new Error(`${device} is offline`);
    connection.send(stanza);
  }

  /** Sends a last stanza and ends the stream of the device. Throws when the device is offline. */
  end(device: string, last: Stanza): void {
    const connection = this.#network.online.get(this.#device(device));
    if (!connection) throw new Error(`${device} is offline`);
    connection.end(last);
  }

  /** What a message to this device, encoded or not, carries: its ciphertext, and the identity of a companion that writes first. */
  seal(sender: VirtualDevice, device: string, content: MessageContent | Uint8Array): Stanza[] {
    const plain = content instanceof Uint8Array ? content : encode(content);
    const ciphertext = seal(this.#network, sender, this.#device(device), plain);
    return [enc(ciphertext), ...identityOf(sender, ciphertext.type)];
  }

  /** The same of a message to a group or the status feed: the sender's key where the device lacks it, then the message. */
  sealForGroup(sender: VirtualDevice, group: string, device: string, content: MessageContent): Stanza[] {
    return groupSealer(this.#network, sender, group, content)(this.#device(device));
  }

  /** Calls `listener` with every stanza in both directions; returns the function that ends that. */
  trace(listener: (traced: Traced) => void): () => void {
    const network = this.#network;
    const before = network.tracer;
    network.tracer = (direction, connection, stanza) => {
      before?.(direction, connection, stanza);
      const online = [...network.online].find(([, { number }]) => number === connection);
      listener({ direction, device: online?.[0].jid(), stanza });
    };
    return () => (network.tracer = before);
  }

  #device(jid: string): LinkedDevice {
    const device = this.#network.directory.device(jid);
    if (device?.kind !== "linked") throw new Error(`${jid} is not a linked device`);
    return device;
  }
}
