import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { User } from "../accounts/user.ts";
import type { Network } from "../network/network.ts";
import { enc, encode, seal } from "../messages/envelope.ts";
import { pad } from "../signal/padding.ts";
import { el, type Stanza } from "../wire/stanza.ts";

/** A message's content and ciphertext as no honest client makes them. */
type Poisoner = (network: Network, from: User, to: LinkedDevice) => Stanza[];

/** Messages a client cannot read, or must not choke on. Each is queued and must be settled like any other. */
const POISONS = {
  /** A ciphertext of no session there ever was. */
  undecryptable: (_, from) => [
    enc({ type: "msg", bytes: Buffer.concat([Buffer.from([0x33]), from.random.bytes(90)]) }),
  ],
  /** A first message whose one-time pre-key does not exist. */
  "unknown-prekey": (network, from, to) => [enc({ type: "pkmsg", bytes: unknownPreKey(network, from, to) })],
  /** Opens, and holds bytes that are no message. */
  "no-protobuf": (network, from, to) => [enc(seal(network, from.phone, to, Buffer.from("ffffffff", "hex")))],
  /** Opens, and holds a message without any content. */
  empty: (network, from, to) => [enc(seal(network, from.phone, to, Buffer.alloc(0)))],
  /** Opens, and holds something newer than any client knows. */
  "unknown-kind": (network, from, to) => [enc(seal(network, from.phone, to, Buffer.from("fa7d0568656c6c6f", "hex")))],
  /** A kind of encryption nobody has heard of. */
  "unknown-encryption": (_, from) => [enc({ type: "xyzmsg", bytes: from.random.bytes(50) })],
  /** An `enc` without bytes. */
  "empty-enc": () => [el("enc", { v: "2", type: "msg" })],
  /** No `enc` at all. */
  "no-enc": () => [],
  /** What the server says of a message a companion is not shown. */
  unavailable: () => [el("unavailable", { type: "view_once" })],
  /** A message of Meta's bots, which clients of this kind do not read. */
  msmsg: (_, from) => [enc({ type: "msmsg", bytes: from.random.bytes(50) })],
  /** An order to sync app state, as only the own phone may give it. */
  spoof: (network, from, to) => [enc(seal(network, from.phone, to, spoofed()))],
} as const satisfies Record<string, Poisoner>;

export type Poison = keyof typeof POISONS;

export const POISON_NAMES: readonly Poison[] = Object.keys(POISONS).filter(isPoison);

/** Whether a name is one of `POISON_NAMES`. */
export function isPoison(name: string): name is Poison {
  return name in POISONS;
}

/** Queues a poisoned message for every linked device of someone. */
export function poison(network: Network, from: User, to: User, kind: Poison, id: string): void {
  const make: Poisoner = POISONS[kind];
  for (const device of to.linked) {
    const attrs = { from: from.jid(), sender_lid: from.jid("lid"), addressing_mode: "pn", id, type: "text" };
    network.deliver(
      device,
      el("message", { ...attrs, notify: from.name, t: network.now }, make(network, from, device)),
    );
  }
}

function unknownPreKey(network: Network, from: User, to: LinkedDevice): Buffer {
  const sessions = from.phone.freshSessions();
  const bundle = to.takeBundle();
  sessions.open({ ...bundle, preKey: { id: 0xfffffe, key: from.random.bytes(32) } });
  return sessions.encrypt(pad(encode({ conversation: "never read" }), network.random)).bytes;
}

function spoofed(): Uint8Array {
  const { Type } = proto.Message.ProtocolMessage;
  return encode({ protocolMessage: { type: Type.APP_STATE_SYNC_KEY_SHARE, appStateSyncKeyShare: { keys: [] } } });
}
