import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import { SignalError } from "./signal-error.ts";

/** HMAC-SHA256 (RFC 2104), 32 bytes. */
export function hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  const mac = new Bun.CryptoHasher("sha256", key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

/** HKDF-SHA256 (RFC 5869). */
export function hkdfSha256(secret: Uint8Array, salt: Uint8Array, info: string | Uint8Array, length: number): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, salt, info, length));
}

/** AES-256-CBC with PKCS#7 padding. */
export function encryptCbc(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array): Buffer {
  const cipher = createCipheriv("aes-256-cbc", key, iv);
  return Buffer.concat([cipher.update(plaintext), cipher.final()]);
}

/** Throws `malformed` when the padding does not fit. */
export function decryptCbc(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Buffer {
  const cipher = createDecipheriv("aes-256-cbc", key, iv);
  try {
    return Buffer.concat([cipher.update(ciphertext), cipher.final()]);
  } catch (cause) {
    throw new SignalError("malformed", "The ciphertext is no whole number of padded blocks.", { cause });
  }
}

/** Overwrites secrets that are no longer needed. JavaScript may have copied them before; these copies go. */
export function wipe(...secrets: readonly (Uint8Array | null | undefined)[]): void {
  for (const secret of secrets) secret?.fill(0);
}
