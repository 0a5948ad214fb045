import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";

/**
 * What is sealed with the secret of the message it is for, and the words its key is derived with (whatsmeow msgsecret.go,
 * whatsapp-rust secret_enc_addon.rs, zapo addon-crypto.ts, 2026-08).
 */
export const additionUses = {
  poll_vote: "Poll Vote",
  event_response: "Event Response",
  event_edit: "Event Edit",
  message_edit: "Message Edit",
  poll_edit: "Poll Edit",
  poll_option: "Poll Add Option",
  reaction: "Enc Reaction",
  comment: "Enc Comment",
} as const;
export type SealedUse = keyof typeof additionUses;

/** These name message and editor beside the ciphertext, too. */
const bound: ReadonlySet<SealedUse> = new Set<SealedUse>(["poll_vote", "event_response"]);

/** Whom an addition is for and by. */
export interface SealNames {
  /** WhatsApp's id of the message it is for. */
  id: string;
  /** Who wrote that message and who adds to it, as JIDs without device. */
  author: string;
  editor: string;
}

export interface SealedBytes {
  encPayload?: Uint8Array | null | undefined;
  encIv?: Uint8Array | null | undefined;
}

const ivLength = 12;
const tagLength = 16;

/** HKDF-SHA256 of one block without salt; the parts of `info` stand in it without separators. */
export function sealKey(secret: Uint8Array, use: SealedUse, { id, author, editor }: SealNames): Buffer {
  return derivedKey(secret, `${id}${author}${editor}${additionUses[use]}`);
}

/** 32 bytes. */
export function derivedKey(secret: Uint8Array, info: string): Buffer {
  const extracted = createHmac("sha256", Buffer.alloc(32)).update(secret).digest();
  return createHmac("sha256", extracted)
    .update(Buffer.concat([Buffer.from(info), Buffer.from([1])]))
    .digest();
}

export function sealWithSecret(plain: Uint8Array, secret: Uint8Array, use: SealedUse, names: SealNames) {
  const encIv = randomBytes(ivLength);
  const cipher = createCipheriv("aes-256-gcm", sealKey(secret, use, names), encIv).setAAD(boundTo(use, names));
  return { encPayload: Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]), encIv };
}

/** Null when it was sealed for another message, by other names, or with another secret; nothing tells these apart. */
export function openWithSecret(
  sealed: SealedBytes,
  secret: Uint8Array,
  use: SealedUse,
  names: SealNames,
): Buffer | null {
  return openAesGcm(sealed, sealKey(secret, use, names), boundTo(use, names));
}

/** AES-256-GCM with the tag at the end. */
export function openAesGcm({ encPayload, encIv }: SealedBytes, key: Uint8Array, beside: Uint8Array): Buffer | null {
  if (!encPayload || encPayload.length < tagLength || encIv?.length !== ivLength) return null;
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, encIv);
    decipher.setAAD(beside).setAuthTag(encPayload.subarray(-tagLength));
    return Buffer.concat([decipher.update(encPayload.subarray(0, -tagLength)), decipher.final()]);
  } catch {
    return null;
  }
}

const boundTo = (use: SealedUse, { id, editor }: SealNames): Buffer =>
  Buffer.from(bound.has(use) ? `${id}\0${editor}` : "");
