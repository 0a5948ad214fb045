import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from "node:crypto";
import { SignalError } from "./signal-error.ts";

/** A key pair of Curve25519; both halves are 32 raw bytes. */
export interface CurvePair {
  readonly public: Buffer;
  readonly private: Buffer;
}

// node:crypto takes no raw keys: these are the ASN.1 headers of RFC 8410.
const privateHeader = Buffer.from("302e020100300506032b656e04220420", "hex");
const publicHeader = Buffer.from("302a300506032b656e032100", "hex");

/** The byte before a public key where Signal sends or signs it. */
const curveType = 5;

/** Importing a private key costs half of an agreement, since its public half is computed: long-lived ones stay imported. */
const imported = new WeakMap<Uint8Array, KeyObject>();

function importPrivate(raw: Uint8Array): KeyObject {
  const key = Buffer.concat([privateHeader, raw]);
  try {
    return createPrivateKey({ key, format: "der", type: "pkcs8" });
  } finally {
    key.fill(0);
  }
}

/** `raw` is imported once for as long as the very same bytes object lives; it must not change meanwhile. */
export function keepImported(raw: Uint8Array): void {
  if (!imported.has(raw)) imported.set(raw, importPrivate(raw));
}

export function generateCurvePair(): CurvePair {
  const pair = generateKeyPairSync("x25519");
  return {
    private: pair.privateKey.export({ format: "der", type: "pkcs8" }).subarray(privateHeader.length),
    public: pair.publicKey.export({ format: "der", type: "spki" }).subarray(publicHeader.length),
  };
}

/** The 32 raw bytes of a public key with or without its type byte. Throws `malformed` for anything else. */
export function rawPublicKey(key: Uint8Array): Buffer {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  if (bytes.length === 32) return bytes;
  if (bytes.length === 33 && bytes[0] === curveType) return bytes.subarray(1);
  throw new SignalError(
    "malformed",
    `A public key has 32 bytes, or 33 that begin with 5; this one has ${bytes.length}.`,
  );
}

/** The 33 bytes in which Signal sends, signs and authenticates a public key. */
export function typedPublicKey(raw: Uint8Array): Buffer {
  const typed = Buffer.allocUnsafe(33);
  typed[0] = curveType;
  typed.set(raw, 1);
  return typed;
}

/** The public key of a private one (RFC 7748, section 5); the private one need not be clamped. */
export function publicKeyOf(raw: Uint8Array): Buffer {
  const spki = createPublicKey(imported.get(raw) ?? importPrivate(raw)).export({ format: "der", type: "spki" });
  return spki.subarray(publicHeader.length);
}

/** X25519 (RFC 7748): the secret of two keys, 32 bytes. Throws `malformed` for a public key of small order. */
export function agreement(privateKey: Uint8Array, publicKey: Uint8Array): Buffer {
  try {
    return diffieHellman({
      privateKey: imported.get(privateKey) ?? importPrivate(privateKey),
      publicKey: createPublicKey({ key: Buffer.concat([publicHeader, publicKey]), format: "der", type: "spki" }),
    });
  } catch (cause) {
    throw new SignalError("malformed", "The public key has no agreement: it is of small order.", { cause });
  }
}
