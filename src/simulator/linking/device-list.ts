import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { SimulatedDevice } from "../accounts/device.ts";
import { deviceHash } from "../accounts/device-hash.ts";
import type { Network } from "../network/network.ts";
import type { User } from "../accounts/user.ts";
import { sign } from "../crypto/curve.ts";
import { el, type Stanza } from "../wire/stanza.ts";

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
    const signed = keyIndexList(user, network.now);
    network.deliver(receiver, el("notification", attrs, [el(change, hashes, [device, signed])]));
  }
}

// Prefix of the list of devices that the account key signs (ADV), from zapo's attestation/constants.ts, 2026-08.
const LIST_OF_ACCOUNT = Buffer.from([6, 2]);

/** Which devices belong to an account, signed by its phone. */
export function keyIndexList(user: User, now: string): Stanza {
  const validIndexes = user.devices.map((device) => device.id);
  const index = { rawId: 1, timestamp: Number(now), currentIndex: Math.max(...validIndexes), validIndexes };
  const details = proto.ADVKeyIndexList.encode(index).finish();
  const accountSignature = sign(user.accountKey, Buffer.concat([LIST_OF_ACCOUNT, details]));
  const signed = { details, accountSignature, accountSignatureKey: user.accountKey.public };
  return el("key-index-list", { ts: now }, proto.ADVSignedKeyIndexList.encode(signed).finish());
}

const keyIndex = ({ id }: SimulatedDevice): string | undefined => (id === 0 ? undefined : String(id));
