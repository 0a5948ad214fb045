/** What a QR tells the phone that scans it; the keys are 32 bytes each. */
export interface QrContent {
  readonly ref: string;
  readonly noiseKey: Buffer;
  readonly identity: Buffer;
  readonly advSecret: Buffer;
}

/** Reads `[https://wa.me/settings/linked_devices#]ref,noise,identity,secret[,platform]`. Throws with a sentence. */
export function parseQr(text: string): QrContent {
  const [ref, noise, identity, secret] = text.slice(text.indexOf("#") + 1).split(",");
  const keys = [noise, identity, secret].map((part) => Buffer.from(part ?? "", "base64"));
  const [noiseKey, identityKey, advSecret] = keys;
  if (!ref || !noiseKey || !identityKey || !advSecret || keys.some((key) => key.length !== 32)) {
    throw new Error("this is no QR code of WhatsApp: it should hold a reference and three keys of 32 bytes");
  }
  return { ref, noiseKey, identity: identityKey, advSecret };
}
