import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";
import { WA_CERT_DETAILS } from "@whiskeysockets/baileys";

/**
 * Makes Baileys accept the Noise certificates of another root than WhatsApp's: the simulator's. Baileys keeps the
 * root in one mutable object, so this holds for the whole process.
 */
export function trustRoot(rootKey: string): void {
  WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(rootKey, "hex");
}

/** The usual authorities and those of a PEM file: what names its own replaces the usual ones. */
export function authorities(file: string): string[] {
  return [...rootCertificates, readFileSync(file, "utf8")];
}
