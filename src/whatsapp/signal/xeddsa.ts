import { createHash, createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign, verify } from "node:crypto";
import { ed25519 } from "@noble/curves/ed25519.js";
import { type CurvePair, publicKeyOf } from "./x25519.ts";

/** Bytes of a signature: the point R and the scalar s. */
export const signatureLength = 64;

// ASN.1 headers of raw Ed25519 keys (RFC 8410).
const privateHeader = Buffer.from("302e020100300506032b657004220420", "hex");
const publicHeader = Buffer.from("302a300506032b6570032100", "hex");

const field = 2n ** 255n - 19n;
const { Point } = ed25519;
const { Fn } = Point;

/** A Curve25519 key pair that was made from an Ed25519 seed, so that its signatures are made natively. */
export interface SigningPair extends CurvePair {
  readonly seed: Buffer;
}

/**
 * The scalar that an Ed25519 seed stands for (RFC 8032, section 5.1.5) is a Curve25519 key, and Ed25519's own signature by
 * the seed is one of XEdDSA where the Edwards key has the sign 0, which every second seed has.
 */
export function generateSigningPair(): SigningPair {
  for (;;) {
    const seed = randomBytes(32);
    const spki = createPublicKey(importSeed(seed)).export({ format: "der", type: "spki" });
    if (((spki.at(-1) ?? 0) & 0x80) !== 0) continue;
    const scalar = clamped(createHash("sha512").update(seed).digest().subarray(0, 32));
    return { seed, private: scalar, public: publicKeyOf(scalar) };
  }
}

/** By a pair of `generateSigningPair`; verifies as any XEdDSA signature does. */
export function signWithSeed(seed: Uint8Array, message: Uint8Array): Buffer {
  return sign(null, message, importSeed(seed));
}

/**
 * XEdDSA (Signal specification, revision 1, section 2.4) by a Curve25519 private key; 64 bytes. A millisecond: keys that
 * sign often are made by `generateSigningPair`.
 */
export function signXeddsa(privateKey: Uint8Array, message: Uint8Array): Buffer {
  const scalar = Fn.create(littleEndian(clamped(privateKey)));
  const negative = ((Point.BASE.multiply(scalar).toBytes().at(-1) ?? 0) & 0x80) !== 0;
  const secret = negative ? Fn.neg(scalar) : scalar;
  const publicBytes = Point.BASE.multiply(secret).toBytes();
  const secretBytes = bytesOf(secret);
  const prefix = Buffer.alloc(32, 0xff);
  prefix[0] = 0xfe;
  const nonce = hashToScalar(prefix, secretBytes, message, randomBytes(64));
  const commitment = Point.BASE.multiply(nonce).toBytes();
  const challenge = hashToScalar(commitment, publicBytes, message);
  const response = bytesOf(Fn.add(nonce, Fn.mul(challenge, secret)));
  secretBytes.fill(0);
  return Buffer.concat([commitment, response]);
}

/**
 * Whether the owner of the Curve25519 key, 32 raw bytes, signed the message. The key's Edwards twin has
 * y = (u - 1) / (u + 1); its sign is that of the specification, 0, or stands in the signature's last bit, where Signal's
 * first implementation puts it. The rest is Ed25519. False for anything malformed.
 */
export function verifyXeddsa(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== signatureLength || publicKey.length !== 32) return false;
  try {
    const plain = Buffer.from(signature);
    const sign = (plain[63] ?? 0) & 0x80;
    plain[63] = (plain[63] ?? 0) & 0x7f;
    return verify(null, message, edwardsKey(publicKey, sign), plain);
  } catch {
    return false;
  }
}

/** The last public keys as Ed25519 has them: who writes in a group signs every message, and the conversion is a third of it. */
const edwardsKeys = new Map<string, KeyObject>();
const maxEdwardsKeys = 1_000;

function edwardsKey(publicKey: Uint8Array, sign: number): KeyObject {
  const name = String.fromCharCode(sign, ...publicKey);
  const known = edwardsKeys.get(name);
  if (known) return known;
  const u = littleEndian(publicKey) & (2n ** 255n - 1n);
  const y = modulo((u - 1n) * inverse(modulo(u + 1n)));
  const bytes = bytesOf(y);
  bytes[31] = (bytes[31] ?? 0) | sign;
  const key = createPublicKey({ key: Buffer.concat([publicHeader, bytes]), format: "der", type: "spki" });
  const [oldest] = edwardsKeys.keys();
  if (edwardsKeys.size >= maxEdwardsKeys && oldest !== undefined) edwardsKeys.delete(oldest);
  edwardsKeys.set(name, key);
  return key;
}

function importSeed(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([privateHeader, seed]), format: "der", type: "pkcs8" });
}

function clamped(scalar: Uint8Array): Buffer {
  const bytes = Buffer.from(scalar);
  bytes[0] = (bytes[0] ?? 0) & 248;
  bytes[31] = ((bytes[31] ?? 0) & 127) | 64;
  return bytes;
}

function hashToScalar(...parts: readonly Uint8Array[]): bigint {
  const hash = createHash("sha512");
  for (const part of parts) hash.update(part);
  return Fn.create(littleEndian(hash.digest()));
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes.toReversed()).toString("hex")}`);
}

function bytesOf(number: bigint): Buffer {
  return Buffer.from(Buffer.from(number.toString(16).padStart(64, "0"), "hex").toReversed());
}

function modulo(number: bigint): bigint {
  const rest = number % field;
  return rest < 0n ? rest + field : rest;
}

/** Throws for 0, which has none: the key u = -1 has no Edwards twin. */
function inverse(number: bigint): bigint {
  if (number === 0n) throw new RangeError("0 has no inverse");
  let [r0, r1, t0, t1] = [field, number, 0n, 1n];
  while (r1 !== 0n) {
    const quotient = r0 / r1;
    [r0, r1] = [r1, r0 - quotient * r1];
    [t0, t1] = [t1, t0 - quotient * t1];
  }
  return modulo(t0);
}
