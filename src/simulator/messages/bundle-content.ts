import type { Bundle } from "../signal/bundle.ts";
import { bigEndian, el, type Stanza } from "../wire/stanza.ts";

/** Signal's key type, as stanzas name it. */
export const CURVE = Buffer.from([5]);

/** A bundle as stanzas carry it. */
export function bundleContent(bundle: Bundle): Stanza[] {
  const { signedPreKey, preKey } = bundle;
  return [
    el("registration", {}, bigEndian(bundle.registrationId, 4)),
    el("type", {}, CURVE),
    el("identity", {}, bundle.identity),
    ...(preKey ? [el("key", {}, [el("id", {}, bigEndian(preKey.id, 3)), el("value", {}, preKey.key)])] : []),
    el("skey", {}, [
      el("id", {}, bigEndian(signedPreKey.id, 3)),
      el("value", {}, signedPreKey.key),
      el("signature", {}, signedPreKey.signature),
    ]),
  ];
}
