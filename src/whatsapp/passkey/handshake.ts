import { createHash, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { aesEncryptGCM, bytesToCrockford, Curve, proto } from "@whiskeysockets/baileys";
import "../wire/curve.ts";

// The ceremony that WhatsApp Web calls Shortcake, from whatsmeow `pair-passkey.go` (33cfac51, 2026-08-21) and whatsapp-rust
// `wacore/src/shortcake.rs` (2026-08-21), which agree with WhatsApp Web's own on all that is computed here.

const handoffInfo = "shortcake-passkey-handoff-v1";
const pairingInfo = "Pairing Information Encryption Key";
const keyBytes = 32;
const codeBytes = 5;

const sha256 = (...parts: Uint8Array[]): Buffer => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const hkdf = (secret: Uint8Array, salt: string, info: string): Buffer =>
  Buffer.from(hkdfSync("sha256", secret, salt, info, keyBytes));

/** What this side makes up. */
export interface HandshakeSecrets {
  /** X25519, both halves 32 bytes. */
  ephemeral: { private: Uint8Array; public: Uint8Array };
  nonce: Uint8Array;
}

export const newSecrets = (): HandshakeSecrets => ({
  ephemeral: Curve.generateKeyPair(),
  nonce: randomBytes(keyBytes),
});

/** Proves, to the phone that scanned the QR with this secret, that it is the same companion. `advSecret`: 32 bytes. */
export const handoffKey = (advSecret: Uint8Array): Buffer => hkdf(advSecret, "", handoffInfo);

/** The phone's half of the exchange. */
export interface PrimaryIdentity {
  publicKey: Uint8Array;
  nonce: Uint8Array;
}

/** What stands in `primary_ephemeral_identity`; null when it is not two times 32 bytes. */
export function primaryIdentity(bytes: Uint8Array): PrimaryIdentity | null {
  try {
    const { publicKey, nonce } = proto.PrimaryEphemeralIdentity.decode(bytes);
    return publicKey?.length === keyBytes && nonce?.length === keyBytes ? { publicKey, nonce } : null;
  } catch {
    return null;
  }
}

/** The keys that the phone is to sign for, and the secret that it is to sign with. */
export interface PairingKeys {
  noise: Uint8Array;
  identity: Uint8Array;
  advSecret: Uint8Array;
}

/** One exchange between companion and phone. `deviceType`: the platform that the companion registered as. */
export class PasskeyHandshake {
  readonly #deviceType: proto.DeviceProps.PlatformType;
  readonly #ref: string;
  readonly #secrets: HandshakeSecrets;

  constructor(deviceType: proto.DeviceProps.PlatformType, ref: string, secrets: HandshakeSecrets = newSecrets()) {
    this.#deviceType = deviceType;
    this.#ref = ref;
    this.#secrets = secrets;
  }

  get nonce(): Uint8Array {
    return this.#secrets.nonce;
  }

  /** `prologue_payload`: who we are, and a commitment to the nonce that is shown later. */
  prologue(): Buffer {
    const companionEphemeralIdentity = proto.CompanionEphemeralIdentity.encode({
      publicKey: this.#secrets.ephemeral.public,
      deviceType: this.#deviceType,
      ref: this.#ref,
    }).finish();
    const commitment = { hash: sha256(companionEphemeralIdentity, this.nonce) };
    return Buffer.from(proto.ProloguePayload.encode({ companionEphemeralIdentity, commitment }).finish());
  }

  /** `pairing_handoff_proof` over the payload. */
  static proof(key: Uint8Array, prologue: Uint8Array): Buffer {
    return createHmac("sha256", key).update(prologue).digest();
  }

  /** What the phone shows too, `XXXX-XXXX`. */
  code({ publicKey, nonce }: PrimaryIdentity): string {
    const digest = sha256(this.nonce, publicKey);
    const mixed = Buffer.from(digest.subarray(0, codeBytes).map((byte, at) => byte ^ (nonce[at] ?? 0)));
    const code = bytesToCrockford(mixed);
    return `${code.slice(0, 4)}-${code.slice(4)}`;
  }

  /** `encrypted_pairing_request`. `iv`: 12 bytes. */
  sealedKeys(phone: PrimaryIdentity, keys: PairingKeys, iv: Uint8Array = randomBytes(12)): Buffer {
    const shared = Curve.sharedKey(this.#secrets.ephemeral.private, phone.publicKey);
    // The sentence is the salt, and the words that look like one are the info.
    const key = hkdf(shared, `Companion Pairing ${this.#deviceType} with ref ${this.#ref}`, pairingInfo);
    const request = proto.PairingRequest.encode({
      companionPublicKey: keys.noise,
      companionIdentityKey: keys.identity,
      advSecret: keys.advSecret,
    }).finish();
    const encryptedPayload = aesEncryptGCM(request, key, iv, new Uint8Array());
    return Buffer.from(proto.EncryptedPairingRequest.encode({ encryptedPayload, iv }).finish());
  }
}
