import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import { LinkedDevice } from "../accounts/linked-device.ts";
import type { User } from "../accounts/user.ts";
import type { Network } from "../network/network.ts";
import type { DeviceConnection } from "../network/connection.ts";
import { Mailbox } from "../queue/mailbox.ts";
import { bytesOf, child, el, type Stanza } from "../wire/stanza.ts";
import { CodePairing } from "./code.ts";
import { tellDevices } from "./device-list.ts";
import { attestIdentity, type Forgery, identityFault } from "./identity.ts";
import { Pairing, readPairingData } from "./pairing.ts";
import { parseQr, type QrContent } from "./qr.ts";

declare module "../network/network.ts" {
  interface Network {
    pairings: Pairings;
  }
}

/** All companions that wait to be linked, and the linking itself. */
export class Pairings {
  readonly #network: Network;
  readonly #open = new Map<DeviceConnection, Pairing>();
  /** Code requests by the phone number they named; the latest counts. */
  readonly codes = new Map<string, CodePairing>();

  constructor(network: Network) {
    this.#network = network;
  }

  begin(
    connection: DeviceConnection,
    noiseKey: Buffer,
    data: proto.ClientPayload.IDevicePairingRegistrationData,
  ): void {
    try {
      const pairing = new Pairing(connection, noiseKey, readPairingData(data));
      this.#open.set(connection, pairing);
      pairing.offer();
    } catch (cause) {
      connection.complain(cause instanceof Error ? cause.message : String(cause));
      connection.end(el("failure", { reason: "400", location: "sim" }));
    }
  }

  /** The connections of companions that nobody has taken yet. */
  get waiting(): DeviceConnection[] {
    return [...this.#open.values()].filter((one) => !one.taken).map((one) => one.connection);
  }

  on(connection: DeviceConnection): Pairing | undefined {
    return this.#open.get(connection);
  }

  /** The line of a waiting companion broke. */
  abandon(connection: DeviceConnection): void {
    this.#open.delete(connection);
    for (const [number, code] of this.codes) if (code.pairing.connection === connection) this.codes.delete(number);
  }

  /** The companion that shows this QR. Throws with a sentence when there is none or the QR is out of date. */
  find(qrText: string): { pairing: Pairing; content: QrContent } {
    const content = parseQr(qrText);
    for (const pairing of this.#open.values()) {
      const ref = pairing.refs.find((one) => one.ref === content.ref);
      if (!ref) continue;
      if (pairing.taken) throw new Error("this QR code was used already");
      if (ref.expiresAt <= Date.now()) throw new Error("this QR code has expired; scan the one shown now");
      if (!pairing.noiseKey.equals(content.noiseKey) || !pairing.preKeys.identity.equals(content.identity)) {
        throw new Error("the keys in this QR code are not those of the client that shows it");
      }
      if (pairing.retiredSecrets.has(content.advSecret.toString("hex"))) {
        throw new Error("the server has retired the secret in this QR code; scan the new one");
      }
      return { pairing, content };
    }
    throw new Error("no connected client shows this QR code; it may have expired or been shown by another server");
  }

  /**
   * The phone takes the companion in: pair-success, the companion's signature, 515. Resolves with the new device once
   * the companion has signed; it has yet to log in.
   */
  link(pairing: Pairing, user: User, advSecret: Buffer, forgery?: Forgery): Promise<LinkedDevice> {
    const { connection, preKeys } = pairing;
    pairing.taken = true;
    const id = user.nextDeviceId();
    const rawId = this.#network.random.below(0x7fffffff);
    const request = {
      accountKey: user.accountKey,
      companion: preKeys.identity,
      keyIndex: id,
      rawId,
      advSecret,
      forgery,
    };
    const wrapped = attestIdentity(request);
    return new Promise((resolve, reject) => {
      connection.onClose(() => reject(new Error("the client broke off the pairing")));
      connection.ask(this.#pairSuccess(connection, user, id, wrapped), (answer) => {
        const signed = bytesOf(child(child(answer, "pair-device-sign"), "device-identity"));
        const fault = this.#fault(answer, signed, user, preKeys.identity, id);
        if (fault !== undefined || !signed) {
          connection.complain(`answered pair-success with an identity that ${fault}`);
          connection.streamError({ code: "400" });
          return reject(new Error(`the client's signed identity ${fault}`));
        }
        if (forgery !== undefined) connection.complain(`accepted a pairing with a forged ${forgery}`);
        const device = this.#register(pairing, user, id, signed);
        resolve(device);
        connection.streamError({ code: "515" });
      });
    });
  }

  #pairSuccess(connection: DeviceConnection, user: User, id: number, wrapped: Buffer): Stanza {
    const jids = { jid: `${user.number}:${id}@s.whatsapp.net`, lid: `${user.lidNumber}:${id}@lid` };
    const attrs = { from: "@s.whatsapp.net", type: "set", id: connection.newId(), xmlns: "md", t: this.#network.now };
    return el("iq", attrs, [
      el("pair-success", {}, [
        el("device-identity", {}, wrapped),
        el("platform", { name: "android" }),
        el("device", jids),
        el("client-props", {}, clientProps(this.#network, user)),
      ]),
    ]);
  }

  #fault(answer: Stanza, signed: Buffer | undefined, user: User, companion: Buffer, id: number): string | undefined {
    const node = child(child(answer, "pair-device-sign"), "device-identity");
    if (!signed || answer.attrs["type"] !== "result") return "is missing";
    if (node?.attrs["key-index"] !== String(id)) return `names key index ${node?.attrs["key-index"]}, not ${id}`;
    return identityFault(signed, user.accountKey.public, companion, "answer");
  }

  #register(pairing: Pairing, user: User, id: number, deviceIdentity: Buffer): LinkedDevice {
    const { events } = this.#network;
    const device = new LinkedDevice(user, id, {
      keyIndex: id,
      noiseKey: pairing.noiseKey,
      preKeys: pairing.preKeys,
      deviceIdentity,
      mailbox: new Mailbox(`${user.number}:${id}@s.whatsapp.net`, this.#network),
    });
    user.add(device);
    tellDevices(this.#network, device, "add");
    events.emit({ type: "phone.linked", phone: user.number, device: device.jid() });
    return device;
  }
}

/** What the new companion is told of the account: whether it goes by LID already (whatsapp-rust pair.rs, 2026-08). */
function clientProps(network: Network, user: User): Uint8Array {
  const isChatDbLidMigrated = network.isMigrated(user) ?? false;
  return proto.ClientPairingProps.encode({ isChatDbLidMigrated }).finish();
}
