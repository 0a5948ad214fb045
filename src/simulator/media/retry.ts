import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { LinkedDevice } from "../accounts/linked-device.ts";
import { hkdf, openGcm, sealGcm } from "../crypto/cipher.ts";
import type { Network } from "../network/network.ts";
import { bytesOf, child, el, type Stanza } from "../wire/stanza.ts";
import { referenceIn } from "./attachment.ts";

const { ResultType } = proto.MediaRetryNotification;

/**
 * A companion could not fetch a file: the own phone uploads it again, if it still has it, and tells where. Returns
 * what is wrong with the question, if anything is.
 */
export function answerMediaRetry(network: Network, device: LinkedDevice, receipt: Stanza): string | undefined {
  const { id = "", to } = receipt.attrs;
  const { history } = device.user;
  const rmr = child(receipt, "rmr");
  const asked = history.find(id);
  const file = referenceIn(asked?.content ?? {});
  if (to !== device.user.jid() || !rmr) return "asked for a file, and not its own phone";
  if (asked && rmr.attrs["from_me"] !== String(asked.fromMe)) return "asked for a file of somebody else's message";
  if (file && !isSealed(receipt, id, file.mediaKey)) return "asked for a file with another's key";
  network.events.emit({ type: "file.asked", id, device: device.jid() });
  device.user.fileQuestions.push((keeping) => {
    const directPath = keeping === "uploads" && file ? network.media.restore(file.directPath) : undefined;
    const found = file && directPath !== undefined ? sealed(network, id, file.mediaKey, directPath) : lost;
    const attrs = { from: device.user.jid(), type: "mediaretry", id, t: network.now };
    network.deliver(device, el("notification", attrs, [found, el("rmr", { ...rmr.attrs })]));
  });
  device.user.answerFiles();
  return undefined;
}

const lost = el("error", { code: String(ResultType.NOT_FOUND) });

const keyOf = (mediaKey: Uint8Array): Buffer => hkdf(mediaKey, 32, "WhatsApp Media Retry Notification");

function sealed(network: Network, id: string, mediaKey: Uint8Array, directPath: string): Stanza {
  const plain = proto.MediaRetryNotification.encode({ stanzaId: id, directPath, result: ResultType.SUCCESS }).finish();
  const iv = network.random.bytes(12);
  const bytes = sealGcm(keyOf(mediaKey), iv, plain, Buffer.from(id));
  return el("encrypt", {}, [el("enc_p", {}, bytes), el("enc_iv", {}, iv)]);
}

/** Whether whoever asks knows the key of the file and names the message. */
function isSealed(receipt: Stanza, id: string, mediaKey: Uint8Array): boolean {
  const encrypt = child(receipt, "encrypt");
  const [bytes, iv] = [bytesOf(child(encrypt, "enc_p")), bytesOf(child(encrypt, "enc_iv"))];
  if (!bytes || !iv) return false;
  try {
    const plain = openGcm(keyOf(mediaKey), iv, bytes, Buffer.from(id));
    return proto.ServerErrorReceipt.decode(plain).stanzaId === id;
  } catch {
    return false;
  }
}
