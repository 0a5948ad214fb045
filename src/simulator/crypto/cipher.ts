import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, pbkdf2Sync } from "node:crypto";

const NOTHING = Buffer.alloc(0);
const TAG = 16;

export function sha1(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha1");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export function sha256(...parts: Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export function hmac(key: Uint8Array, ...parts: Uint8Array[]): Buffer {
  const mac = createHmac("sha256", key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

/** HKDF-SHA256 (RFC 5869). An empty salt is 32 zero bytes. */
export function hkdf(secret: Uint8Array, length: number, info: string, salt: Uint8Array = NOTHING): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, salt, info, length));
}

/** AES-256-GCM; the 16-byte tag stands behind the ciphertext. */
export function sealGcm(key: Uint8Array, iv: Uint8Array, plain: Uint8Array, extra: Uint8Array = NOTHING): Buffer {
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  cipher.setAAD(extra);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Opens what `sealGcm` made; throws when the tag does not fit. */
export function openGcm(key: Uint8Array, iv: Uint8Array, sealed: Uint8Array, extra: Uint8Array = NOTHING): Buffer {
  if (sealed.length < TAG) throw new Error("sealed text shorter than its tag");
  const cipher = createDecipheriv("aes-256-gcm", key, iv);
  cipher.setAAD(extra);
  cipher.setAuthTag(sealed.subarray(sealed.length - TAG));
  return Buffer.concat([cipher.update(sealed.subarray(0, sealed.length - TAG)), cipher.final()]);
}

export function sealCbc(key: Uint8Array, iv: Uint8Array, plain: Uint8Array): Buffer {
  const cipher = createCipheriv("aes-256-cbc", key, iv);
  return Buffer.concat([cipher.update(plain), cipher.final()]);
}

export function openCbc(key: Uint8Array, iv: Uint8Array, sealed: Uint8Array): Buffer {
  const cipher = createDecipheriv("aes-256-cbc", key, iv);
  return Buffer.concat([cipher.update(sealed), cipher.final()]);
}

/** AES-256-CTR is its own inverse. */
export function applyCtr(key: Uint8Array, iv: Uint8Array, bytes: Uint8Array): Buffer {
  const cipher = createCipheriv("aes-256-ctr", key, iv);
  return Buffer.concat([cipher.update(bytes), cipher.final()]);
}

/** The key a pairing code stands for: PBKDF2-SHA256 with 2^17 rounds over the eight characters. */
export function pairingCodeKey(code: string, salt: Uint8Array): Buffer {
  return pbkdf2Sync(code, salt, 2 << 16, 32, "sha256");
}
