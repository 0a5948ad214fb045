import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import { hmac } from "../crypto/cipher.ts";
import { type KeyPair, rawPublic, sign, verify } from "../crypto/curve.ts";

// Prefixes of what is signed in WhatsApp's ADV scheme (account device verification), from the clients' source.
const BY_ACCOUNT = Buffer.from([6, 0]);
const BY_DEVICE = Buffer.from([6, 1]);
const BY_ACCOUNT_HOSTED = Buffer.from([6, 5]);
const BY_DEVICE_HOSTED = Buffer.from([6, 6]);
const { E2EE, HOSTED } = proto.ADVEncryptionType;

/** Ways to forge a pairing, to see that a client refuses it. */
export type Forgery = "hmac" | "account-signature";

export interface IdentityRequest {
  readonly accountKey: KeyPair;
  /** The companion's Signal identity, 32 bytes. */
  readonly companion: Buffer;
  readonly keyIndex: number;
  readonly rawId: number;
  /** The secret the phone read from the QR or derived from the code; it keys the HMAC. */
  readonly advSecret: Buffer;
  readonly forgery?: Forgery | undefined;
}

/** The phone's statement "this companion is mine", wrapped in an HMAC: the content of `device-identity` in pair-success. */
export function attestIdentity(request: IdentityRequest): Buffer {
  const { accountKey, companion, keyIndex, rawId, forgery } = request;
  const details = detailsOf(keyIndex, rawId);
  const accountSignature = sign(accountKey, Buffer.concat([BY_ACCOUNT, details, companion]));
  if (forgery === "account-signature") accountSignature[0] = (accountSignature[0] ?? 0) ^ 1;
  const parts = { details, accountSignatureKey: accountKey.public, accountSignature };
  const signed = proto.ADVSignedDeviceIdentity.encode(parts).finish();
  const mac = hmac(request.advSecret, signed);
  if (forgery === "hmac") mac[0] = (mac[0] ?? 0) ^ 1;
  return Buffer.from(proto.ADVSignedDeviceIdentityHMAC.encode({ details: signed, hmac: mac }).finish());
}

/** The identity of a companion the simulator plays, signed by both sides. */
export function signIdentity(accountKey: KeyPair, companion: KeyPair, keyIndex: number, hosted = false): Buffer {
  const details = detailsOf(keyIndex, 1, hosted);
  const [account, device] = hosted ? [BY_ACCOUNT_HOSTED, BY_DEVICE_HOSTED] : [BY_ACCOUNT, BY_DEVICE];
  const accountSignature = sign(accountKey, Buffer.concat([account, details, companion.public]));
  const deviceSignature = sign(companion, Buffer.concat([device, details, companion.public, accountKey.public]));
  const parts = { details, accountSignatureKey: accountKey.public, accountSignature, deviceSignature };
  return Buffer.from(proto.ADVSignedDeviceIdentity.encode(parts).finish());
}

function detailsOf(keyIndex: number, rawId: number, hosted = false): Buffer {
  const timestamp = Math.floor(Date.now() / 1000);
  const types = hosted ? { accountType: E2EE, deviceType: HOSTED } : {};
  return Buffer.from(proto.ADVDeviceIdentity.encode({ rawId, timestamp, keyIndex, ...types }).finish());
}

/**
 * Checks the identity a companion signed back, in its answer to pair-success (where the account key is left out) or in a
 * message's `device-identity` (where it stands). Returns what is wrong, or undefined.
 */
export function identityFault(
  bytes: Buffer,
  accountKey: Buffer,
  companion: Buffer,
  placed: "answer" | "message",
): string | undefined {
  const identity = proto.ADVSignedDeviceIdentity.decode(bytes);
  const { details, accountSignature, deviceSignature, accountSignatureKey } = identity;
  if (!details?.length || !accountSignature?.length || !deviceSignature?.length) return "lacks a part";
  const named = accountSignatureKey?.length ? rawPublic(accountSignatureKey) : undefined;
  if (placed === "answer" && named) return "still carries the account key";
  if (placed === "message" && !named?.equals(accountKey)) return "does not carry the account key";
  if (!verify(accountKey, Buffer.concat([BY_ACCOUNT, details, companion]), accountSignature)) {
    return "has a wrong account signature";
  }
  const byDevice = Buffer.concat([BY_DEVICE, details, companion, accountKey]);
  return verify(companion, byDevice, deviceSignature) ? undefined : "has a wrong device signature";
}
