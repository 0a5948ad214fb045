import {
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  sign as signEd25519,
  verify as verifyEd25519,
} from "node:crypto";
import type { Random } from "../base/random.ts";

/** A Curve25519 key pair; both halves are 32 raw bytes, without Signal's leading 0x05. */
export interface KeyPair {
  readonly public: Buffer;
  readonly private: Buffer;
  /**
   * The Ed25519 seed the pair was made from, if it was. Its Edwards key is the same point, so Ed25519's own signature,
   * with the key's sign bit put into its last bit, is a valid XEdDSA signature, made natively and a hundred times faster.
   */
  readonly seed?: Buffer;
}

// ASN.1 headers of raw X25519 and Ed25519 keys (RFC 8410); node:crypto takes no raw keys.
const PRIVATE_X25519 = Buffer.from("302e020100300506032b656e04220420", "hex");
const PUBLIC_X25519 = Buffer.from("302a300506032b656e032100", "hex");
const PRIVATE_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");
const PUBLIC_ED25519 = Buffer.from("302a300506032b6570032100", "hex");
const FIELD = 2n ** 255n - 19n;

function privateKey(raw: Uint8Array) {
  return createPrivateKey({ key: Buffer.concat([PRIVATE_X25519, raw]), format: "der", type: "pkcs8" });
}

function publicKey(raw: Uint8Array) {
  return createPublicKey({ key: Buffer.concat([PUBLIC_X25519, rawPublic(raw)]), format: "der", type: "spki" });
}

/** Strips Signal's type byte 0x05 where it stands; throws for anything that is no Curve25519 public key. */
export function rawPublic(key: Uint8Array): Buffer {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  if (bytes.length === 32) return bytes;
  if (bytes.length === 33 && bytes[0] === 5) return bytes.subarray(1);
  throw new Error(`not a Curve25519 public key: ${bytes.length} bytes`);
}

/** The 33-byte form that Signal signs and sends: 0x05 and the key. */
export function typedPublic(key: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([5]), rawPublic(key)]);
}

/** A key pair from 32 bytes of secret (RFC 7748, clamped here as libraries of Signal store it). */
export function keyPairFrom(secret: Uint8Array): KeyPair {
  const clamped = Buffer.from(secret);
  clamped[0] = (clamped[0] ?? 0) & 248;
  clamped[31] = ((clamped[31] ?? 0) & 127) | 64;
  const spki = createPublicKey(privateKey(clamped)).export({ format: "der", type: "spki" });
  return { private: clamped, public: Buffer.from(spki.subarray(PUBLIC_X25519.length)) };
}

export function newKeyPair(random: Random): KeyPair {
  const seed = random.bytes(32);
  const scalar = createHash("sha512").update(seed).digest().subarray(0, 32); // RFC 8032, section 5.1.5
  return { ...keyPairFrom(scalar), seed };
}

/** X25519 (RFC 7748): the 32-byte secret shared by the owners of the two keys. */
export function agree(ours: KeyPair, theirs: Uint8Array): Buffer {
  return diffieHellman({ privateKey: privateKey(ours.private), publicKey: publicKey(theirs) });
}

/** XEdDSA signature (64 bytes) by a Curve25519 key. Throws for one that was not made from a seed. */
export function sign(signer: KeyPair, message: Uint8Array): Buffer {
  if (!signer.seed) throw new Error("a key pair without its seed signs nothing");
  const key = createPrivateKey({ key: Buffer.concat([PRIVATE_ED25519, signer.seed]), format: "der", type: "pkcs8" });
  const edwards = createPublicKey(key).export({ format: "der", type: "spki" });
  const signature = signEd25519(null, message, key);
  signature[63] = (signature[63] ?? 0) | ((edwards.at(-1) ?? 0) & 0x80);
  return signature;
}

/**
 * Checks an XEdDSA signature: the Montgomery key is turned into its Edwards twin, y = (u - 1) / (u + 1), whose sign
 * bit travels in the signature's last bit, and the rest is Ed25519. False for anything malformed.
 */
export function verify(signer: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  try {
    const edwards = edwardsPublic(rawPublic(signer), (signature[63] ?? 0) & 0x80);
    const plain = Buffer.from(signature);
    plain[63] = (plain[63] ?? 0) & 0x7f;
    const key = createPublicKey({ key: Buffer.concat([PUBLIC_ED25519, edwards]), format: "der", type: "spki" });
    return verifyEd25519(null, message, key, plain);
  } catch {
    return false;
  }
}

function edwardsPublic(montgomery: Buffer, signBit: number): Buffer {
  const u = BigInt(`0x${reversed(montgomery).toString("hex")}`) & (2n ** 255n - 1n);
  const y = mod((u - 1n) * inverse(mod(u + 1n)));
  const bytes = reversed(Buffer.from(y.toString(16).padStart(64, "0"), "hex"));
  bytes[31] = (bytes[31] ?? 0) | signBit;
  return bytes;
}

/** Curve25519 counts its bytes from the little end. */
function reversed(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toReversed());
}

function mod(n: bigint): bigint {
  const rest = n % FIELD;
  return rest < 0n ? rest + FIELD : rest;
}

function inverse(n: bigint): bigint {
  let [r0, r1, t0, t1] = [FIELD, n, 0n, 1n];
  while (r1 !== 0n) {
    const q = r0 / r1;
    [r0, r1] = [r1, r0 - q * r1];
    [t0, t1] = [t1, t0 - q * t1];
  }
  return mod(t0);
}
