import { hkdfSha256, wipe } from "./primitives.ts";
import { SignalError } from "./signal-error.ts";
import type { PreKeyMessageParts } from "./signal-message.ts";
import type { SessionState } from "./session-state.ts";
import { stepRoot } from "./double-ratchet.ts";
import { agreement, type CurvePair, generateCurvePair, typedPublicKey } from "./x25519.ts";
import { verifyXeddsa } from "./xeddsa.ts";

/** The public keys by which a session with a device is begun; keys are 32 raw bytes. */
export interface PreKeyBundle {
  readonly registrationId: number;
  readonly identity: Buffer;
  readonly signedPreKey: { readonly id: number; readonly key: Buffer; readonly signature: Uint8Array };
  /** For this session alone; null when the server has none left. */
  readonly preKey: { readonly id: number; readonly key: Buffer } | null;
}

/** The private keys of this device. */
export interface LocalKeys {
  readonly identity: CurvePair;
  readonly registrationId: number;
  /** Null when it is spent or was never made. */
  preKey(id: number): CurvePair | null;
  signedPreKey(id: number): CurvePair | null;
}

// X3DH specification, revision 1, section 2.2: 32 bytes of 0xff before the agreements, a salt of zeros.
const filler = Buffer.alloc(32, 0xff);
const noSalt = Buffer.alloc(32);

/** X3DH towards a device. Throws `forged` when the signed pre-key is not signed by its identity. */
export function beginSession(local: Pick<LocalKeys, "identity">, bundle: PreKeyBundle): SessionState {
  const { identity, signedPreKey, preKey, registrationId } = bundle;
  if (!verifyXeddsa(identity, typedPublicKey(signedPreKey.key), signedPreKey.signature)) {
    throw new SignalError("forged", "The signed pre-key is not signed by the identity that it came with.");
  }
  const base = generateCurvePair();
  const root = sharedRoot([
    agreement(local.identity.private, signedPreKey.key),
    agreement(base.private, identity),
    agreement(base.private, signedPreKey.key),
    ...(preKey ? [agreement(base.private, preKey.key)] : []),
  ]);
  wipe(base.private);
  const ownRatchet = generateCurvePair();
  const [next, key] = stepRoot(root, ownRatchet.private, signedPreKey.key);
  return {
    remoteIdentity: identity,
    remoteRegistrationId: registrationId,
    baseKey: base.public,
    root: next,
    ownRatchet,
    sending: { key, next: 0 },
    previousCounter: 0,
    receiving: [],
    pending: { preKeyId: preKey?.id ?? null, signedPreKeyId: signedPreKey.id },
  };
}

/** X3DH from the other end, by what a device's first message says. Throws `unknown_pre_key`. */
export function acceptSession(local: LocalKeys, message: PreKeyMessageParts): SessionState {
  const { baseKey, identity, preKeyId, signedPreKeyId, registrationId } = message;
  const signed = local.signedPreKey(signedPreKeyId);
  if (!signed) throw new SignalError("unknown_pre_key", `Signed pre-key ${signedPreKeyId} is none of this device.`);
  const preKey = preKeyId === null ? null : local.preKey(preKeyId);
  if (preKeyId !== null && !preKey) {
    throw new SignalError("unknown_pre_key", `Pre-key ${preKeyId} is spent or was never made.`);
  }
  const root = sharedRoot([
    agreement(signed.private, identity),
    agreement(local.identity.private, baseKey),
    agreement(signed.private, baseKey),
    ...(preKey ? [agreement(preKey.private, baseKey)] : []),
  ]);
  return {
    remoteIdentity: identity,
    remoteRegistrationId: registrationId,
    baseKey,
    root,
    // A copy: the ratchet wipes its keys when it has turned, and this one is needed for other sessions too.
    ownRatchet: { private: Buffer.from(signed.private), public: Buffer.from(signed.public) },
    sending: null,
    previousCounter: 0,
    receiving: [],
    pending: null,
  };
}

function sharedRoot(agreements: Buffer[]): Buffer {
  const secret = Buffer.concat([filler, ...agreements]);
  const root = hkdfSha256(secret, noSalt, "WhisperText", 32);
  wipe(secret, ...agreements);
  return root;
}
