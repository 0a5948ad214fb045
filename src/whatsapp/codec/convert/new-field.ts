import { wireFields } from "../fields/wire-fields.ts";

/** Beside what a message says: keys of groups (2, 15), the copy of what another own device sent (31), context (35). */
const known: ReadonlySet<number> = new Set([2, 15, 31, 35]);

/** True of an encoded message with a field of a newer WhatsApp, which decoding leaves out. */
export function hasNewField(wire: Uint8Array): boolean {
  return wireFields(wire).some(({ number }) => !known.has(number));
}
