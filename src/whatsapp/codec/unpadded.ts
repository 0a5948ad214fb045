/**
 * A decrypted message without its padding, whose last byte says how long that is (1 to 16, as senders make it). A view of the
 * same bytes, since each message is looked at several times. Throws for what has none.
 */
export function unpadded(plaintext: Uint8Array): Uint8Array {
  const padding = plaintext.at(-1);
  if (padding === undefined || padding > plaintext.length) throw new RangeError("a message without padding");
  return plaintext.subarray(0, plaintext.length - padding);
}
