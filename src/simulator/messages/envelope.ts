import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { User } from "../accounts/user.ts";
import type { VirtualDevice } from "../accounts/virtual-device.ts";
import type { Network } from "../network/network.ts";
import { warnIfLow } from "./prekeys-low.ts";
import { pad } from "../signal/padding.ts";
import type { Ciphertext } from "../signal/session.ts";
import type { Addressing } from "../wire/address.ts";
import { el, type Stanza } from "../wire/stanza.ts";
import type { MessageContent } from "../content/content.ts";

/** Encrypts for one linked device, over the session the sender has with it or a new one. */
export function seal(network: Network, sender: VirtualDevice, receiver: LinkedDevice, plain: Uint8Array): Ciphertext {
  const sessions = sender.sessions(receiver);
  if (!sessions.established) {
    sessions.open(receiver.takeBundle());
    warnIfLow(network, receiver);
  }
  return sessions.encrypt(pad(plain, sender.random));
}

export function encode(content: MessageContent): Uint8Array {
  return proto.Message.encode(content).finish();
}

/** What lets the receiver of a companion's first message check that the companion belongs to the account. */
export function identityOf(sender: VirtualDevice, type: string): Stanza[] {
  return sender.deviceIdentity && type === "pkmsg" ? [el("device-identity", {}, sender.deviceIdentity)] : [];
}

/** `addressing_mode`, where stanzas say it: most real ones do not (whatsmeow#855). */
export function modeOf(network: Network, addressing: Addressing): Record<string, string> {
  return network.options.addressingMode === "always" ? { addressing_mode: addressing } : {};
}

/** The username of somebody who has one, under the attribute it rides along as. */
export function usernameAs(name: string, { username }: User): Record<string, string> {
  return username === undefined ? {} : { [name]: username };
}

/** What stands beside the ciphertexts of real messages: the token by which a message can be reported (captured 2026-03-18). */
export function besides(network: Network, { random }: User): Stanza[] {
  if (!network.options.extras) return [];
  const parts = [el("reporting_tag", {}, random.bytes(20)), el("reporting_token", { v: "2" }, random.bytes(16))];
  return [el("reporting", {}, parts)];
}

/** `enc`: one ciphertext. `count` marks a repeated one. */
export function enc(
  ciphertext: { type: string; bytes: Buffer },
  attributes: Record<string, string | undefined> = {},
): Stanza {
  return el("enc", { v: "2", type: ciphertext.type, ...attributes }, ciphertext.bytes);
}
