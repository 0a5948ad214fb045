import { Curve } from "@whiskeysockets/baileys";
import { agreement, generateCurvePair, rawPublicKey } from "../signal/x25519.ts";
import { signXeddsa, verifyXeddsa } from "../signal/xeddsa.ts";

/**
 * Gives Baileys its curve: the patched package has none of its own. Imported for its effect by whoever makes keys,
 * connects, or checks a signature.
 */
Object.assign(Curve, {
  generateKeyPair: generateCurvePair,
  sharedKey: (privateKey, publicKey) => Buffer.from(agreement(privateKey, rawPublicKey(publicKey))),
  sign: signXeddsa,
  verify: (publicKey, message, signature) => {
    try {
      return verifyXeddsa(rawPublicKey(publicKey), message, signature);
    } catch {
      return false; // no public key
    }
  },
} satisfies typeof Curve);
