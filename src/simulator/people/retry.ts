import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { VirtualDevice } from "../accounts/virtual-device.ts";
import { rawPublic } from "../crypto/curve.ts";
import type { Network } from "../network/network.ts";
import { bundleContent } from "../messages/bundle-content.ts";
import type { Bundle } from "../signal/bundle.ts";
import { addressingOf, isShared } from "../wire/address.ts";
import { bigEndian, bytesOf, child, el, numberOf, type Stanza } from "../wire/stanza.ts";

/** A simulated device could not decrypt: it asks the sender to encrypt again, with fresh keys of its own. */
export function askAgain(network: Network, sender: LinkedDevice, receiver: VirtualDevice, stanza: Stanza): void {
  const { id = "", to = "" } = stanza.attrs;
  const count = receiver.retries.get(id) ?? 0;
  if (count >= 5) return;
  receiver.retries.set(id, count + 1);
  const t = network.now;
  const keys = bundleContent(receiver.takeBundle()).filter((one) => one.tag !== "registration");
  const content = [
    el("retry", { count: String(count + 1), id, t, v: "1", error: "0" }),
    el("registration", {}, bigEndian(receiver.keys.registrationId, 4)),
    el("keys", {}, keys),
  ];
  const group = network.groups.get(to);
  const from = isShared(to)
    ? { from: to, participant: receiver.jid(group?.addressing ?? "lid") }
    : { from: receiver.jid(addressingOf(to)) };
  network.deliver(sender, el("receipt", { ...from, id, type: "retry", t }, content));
}

/** A client could not decrypt what a simulated person said: a new session, and the same message again. */
export function answerRetry(network: Network, device: LinkedDevice, receipt: Stanza): void {
  const { id = "" } = receipt.attrs;
  const message = network.sent.get(id);
  const retry = child(receipt, "retry");
  if (!message || !retry) return;
  const sessions = message.sender.sessions(device);
  const keys = child(receipt, "keys");
  sessions.open(keys ? bundleIn(keys, receipt) : device.takeBundle());
  message.again(device, Number(retry.attrs["count"] ?? "1"));
}

/** The keys a client sent along with its retry receipt. Throws when one is missing. */
function bundleIn(keys: Stanza, receipt: Stanza): Bundle {
  const identity = bytesOf(child(keys, "identity"));
  const skey = child(keys, "skey");
  const key = child(keys, "key");
  const signed = {
    id: numberOf(child(skey, "id")) ?? 0,
    key: bytesOf(child(skey, "value")),
    signature: bytesOf(child(skey, "signature")),
  };
  if (!identity || !signed.key || !signed.signature) throw new Error("a retry receipt lacks keys");
  const preKey = bytesOf(child(key, "value"));
  return {
    registrationId: numberOf(child(receipt, "registration")) ?? 0,
    identity: rawPublic(identity),
    signedPreKey: { id: signed.id, key: rawPublic(signed.key), signature: signed.signature },
    preKey: preKey && { id: numberOf(child(key, "id")) ?? 0, key: rawPublic(preKey) },
  };
}
