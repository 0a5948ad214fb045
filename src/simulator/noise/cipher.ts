import { hkdf, openGcm, sealGcm, sha256 } from "../crypto/cipher.ts";

/** The handshakes WhatsApp knows: a first one, one resumed with the server's known key, one that falls back from that. */
export type NoisePattern = "XX" | "IK" | "XXfallback";

// Noise protocol specification, revision 34, section 5: a name of exactly 32 bytes is its own hash.
function initialHash(pattern: NoisePattern): Buffer {
  const name = Buffer.from(`Noise_${pattern}_25519_AESGCM_SHA256`);
  return name.length > 32 ? sha256(name) : Buffer.concat([name, Buffer.alloc(32 - name.length)]);
}

function nonce(counter: number): Buffer {
  const iv = Buffer.alloc(12);
  iv.writeUInt32BE(counter, 8);
  return iv;
}

/** One direction of the encrypted transport: AES-256-GCM with a counter as its nonce and no associated data. */
export class TransportCipher {
  readonly #key: Buffer;
  #counter = 0;

  constructor(key: Buffer) {
    this.#key = key;
  }

  seal(plain: Uint8Array): Buffer {
    return sealGcm(this.#key, nonce(this.#counter++), plain);
  }

  open(sealed: Uint8Array): Buffer {
    return openGcm(this.#key, nonce(this.#counter++), sealed);
  }
}

/** Noise's SymmetricState: the running hash, the chaining key and the key of the moment. */
export class SymmetricState {
  #hash: Buffer;
  #chaining: Buffer;
  #key: Buffer;
  #counter = 0;

  constructor(pattern: NoisePattern, prologue: Uint8Array) {
    const initial = initialHash(pattern);
    this.#hash = sha256(initial, prologue);
    this.#chaining = initial;
    this.#key = initial;
  }

  mixHash(bytes: Uint8Array): void {
    this.#hash = sha256(this.#hash, bytes);
  }

  mixKey(secret: Uint8Array): void {
    const keys = hkdf(secret, 64, "", this.#chaining);
    this.#chaining = keys.subarray(0, 32);
    this.#key = keys.subarray(32);
    this.#counter = 0;
  }

  sealAndHash(plain: Uint8Array): Buffer {
    const sealed = sealGcm(this.#key, nonce(this.#counter++), plain, this.#hash);
    this.mixHash(sealed);
    return sealed;
  }

  openAndHash(sealed: Uint8Array): Buffer {
    const plain = openGcm(this.#key, nonce(this.#counter++), sealed, this.#hash);
    this.mixHash(sealed);
    return plain;
  }

  /** The two transport keys: first the one the initiator writes with, then the one the responder writes with. */
  split(): [Buffer, Buffer] {
    const keys = hkdf(Buffer.alloc(0), 64, "", this.#chaining);
    return [keys.subarray(0, 32), keys.subarray(32)];
  }
}
