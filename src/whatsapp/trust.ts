import { WA_CERT_DETAILS } from "@whiskeysockets/baileys";

/**
 * Makes Baileys accept the Noise certificates of another root than WhatsApp's: the simulator's. Baileys keeps the
 * root in one mutable object, so this holds for the whole process.
 */
export function trustRoot(rootKey: string): void {
  WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(rootKey, "hex");
}
