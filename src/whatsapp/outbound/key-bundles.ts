import {
  type BinaryNode,
  getBinaryNodeChild,
  getBinaryNodeChildBuffer,
  getBinaryNodeChildren,
  getBinaryNodeChildUInt,
} from "@whiskeysockets/baileys";
import type { PreKeyBundle } from "../signal/x3dh.ts";

/** The keys of a device as stanzas carry them; null when some are missing. `registration` may stand outside of `keys`. */
export function keyBundle(keys: BinaryNode, around: BinaryNode = keys): PreKeyBundle | null {
  const signed = getBinaryNodeChild(keys, "skey");
  const one = getBinaryNodeChild(keys, "key");
  const identity = getBinaryNodeChildBuffer(keys, "identity");
  const registrationId = getBinaryNodeChildUInt(around, "registration", 4);
  const signedPreKey = signed && preKey(signed);
  const signature = signed && getBinaryNodeChildBuffer(signed, "signature");
  if (!identity || registrationId === undefined || !signedPreKey || !signature) return null;
  return {
    registrationId,
    identity: Buffer.from(identity),
    signedPreKey: { ...signedPreKey, signature: Buffer.from(signature) },
    preKey: (one && preKey(one)) ?? null,
  };
}

function preKey(node: BinaryNode): { id: number; key: Buffer } | null {
  const id = getBinaryNodeChildUInt(node, "id", 3);
  const key = getBinaryNodeChildBuffer(node, "value");
  return id === undefined || !key ? null : { id, key: Buffer.from(key) };
}

/** What WhatsApp answered to a question for keys: bundles by device, and who has none, with its code. */
export function bundlesIn(answer: BinaryNode): { bundles: [string, PreKeyBundle][]; without: [string, string][] } {
  const bundles: [string, PreKeyBundle][] = [];
  const without: [string, string][] = [];
  for (const user of getBinaryNodeChildren(getBinaryNodeChild(answer, "list"), "user")) {
    const { jid = "" } = user.attrs;
    const error = getBinaryNodeChild(user, "error")?.attrs.code;
    const bundle = error === undefined ? keyBundle(user) : null;
    if (bundle) bundles.push([jid, bundle]);
    else without.push([jid, error ?? "incomplete"]);
  }
  return { bundles, without };
}
