import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { LinkedDevice } from "../accounts/linked-device.ts";
import { hkdf, sealGcm } from "../crypto/cipher.ts";
import type { Network } from "../network.ts";
import { child, el, type Stanza } from "../wire/stanza.ts";
import { referenceIn } from "./attachment.ts";

const { ResultType } = proto.MediaRetryNotification;

/** A companion could not fetch a file: the own phone uploads it again, if it still has it, and tells where. */
export function answerMediaRetry(network: Network, device: LinkedDevice, receipt: Stanza): void {
  const { id = "" } = receipt.attrs;
  const asked = child(receipt, "rmr");
  const all = [...device.user.history.chats.values()].flat();
  const reference = referenceIn(all.find((one) => one.id === id)?.content ?? {});
  const directPath = reference && network.media.restore(reference.directPath);
  const attrs = { from: device.user.jid(), type: "mediaretry", id, t: network.now };
  const rmr = el("rmr", { ...asked?.attrs });
  if (!reference || directPath === undefined) {
    const error = el("error", { code: String(ResultType.NOT_FOUND) });
    return network.deliver(device, el("notification", attrs, [error, rmr]));
  }
  const plain = proto.MediaRetryNotification.encode({ stanzaId: id, directPath, result: ResultType.SUCCESS }).finish();
  const iv = network.random.bytes(12);
  const key = hkdf(reference.mediaKey, 32, "WhatsApp Media Retry Notification");
  const sealed = [el("enc_p", {}, sealGcm(key, iv, plain, Buffer.from(id))), el("enc_iv", {}, iv)];
  network.deliver(device, el("notification", attrs, [el("encrypt", {}, sealed), rmr]));
}
