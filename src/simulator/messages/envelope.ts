import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { VirtualDevice } from "../accounts/virtual-device.ts";
import type { Network } from "../network/network.ts";
import { warnIfLow } from "./prekeys-low.ts";
import { pad } from "../signal/padding.ts";
import type { Ciphertext } from "../signal/session.ts";
import { el, type Stanza } from "../wire/stanza.ts";
import type { Content } from "../content/content.ts";

/** Encrypts for one linked device, over the session the sender has with it or a new one. */
export function seal(network: Network, sender: VirtualDevice, receiver: LinkedDevice, plain: Uint8Array): Ciphertext {
  const sessions = sender.sessions(receiver);
  if (!sessions.established) {
    sessions.open(receiver.takeBundle());
    warnIfLow(network, receiver);
  }
  return sessions.encrypt(pad(plain, sender.random));
}

export function encode(content: Content): Uint8Array {
  return proto.Message.encode(content).finish();
}

/** What lets the receiver of a companion's first message check that the companion belongs to the account. */
export function identityOf(sender: VirtualDevice, type: string): Stanza[] {
  return sender.deviceIdentity && type === "pkmsg" ? [el("device-identity", {}, sender.deviceIdentity)] : [];
}

/** `enc`: one ciphertext. `count` marks a repeated one. */
export function enc(
  ciphertext: { type: string; bytes: Buffer },
  attributes: Record<string, string | undefined> = {},
): Stanza {
  return el("enc", { v: "2", type: ciphertext.type, ...attributes }, ciphertext.bytes);
}
